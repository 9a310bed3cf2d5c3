"""HTTPS that stays good: what is shown is renewed while the instance runs."""

import asyncio
import contextlib
import os
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.certificates.bad_kinds import BAD
from simulator.certificates.errors import CertificateError
from simulator.certificates.folder import Folder
from simulator.certificates.host_names import Names
from simulator.certificates.https import Https, MadeHttps, OwnHttps, bad_context
from simulator.certificates.issuing import Pair, covered, issue, leaf, make_authority, pem_of
from simulator.certificates.trust import Trust
from simulator.cli.server import listening
from simulator.cli.server.listening import Ports
from simulator.clock import SystemClock
from simulator.settings import Settings
from tests.support.tls import handshake, verifying

DAY = 86_400_000


class Machine:
    """A machine whose names and time a test decides."""

    def __init__(self) -> None:
        self.names = Names.of(["localhost"])
        self.now = SystemClock().now()


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def made(machine: Machine, tmp_path: Path) -> MadeHttps:
    https = MadeHttps(Trust(), Folder(tmp_path), lambda: machine.names, lambda: machine.now)
    assert https.refresh()
    return https


@contextlib.contextmanager
def _served(https: Https) -> Iterator[int]:
    """The port of a server that shakes hands and hangs up."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    ended = asyncio.Event()
    port = 0

    async def serve() -> None:
        nonlocal port
        async with await asyncio.start_server(
            lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=https.context
        ) as server:
            port = server.sockets[0].getsockname()[1]
            started.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    started.wait(10)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


def _shown(https: Https) -> list[str]:
    assert https.trust.certificate
    return covered(https.trust.certificate)


def test_a_good_certificate_is_left_alone(made: MadeHttps, machine: Machine) -> None:
    before = made.trust.certificate
    machine.now += 100 * DAY
    assert not made.refresh()
    assert made.trust.certificate is before


def test_a_machine_that_moves_gets_a_certificate_for_its_new_address(
    made: MadeHttps, machine: Machine, tmp_path: Path
) -> None:
    trusting = verifying(tmp_path / "authority.pem")
    # Asked for by name, so that the host's own resolver has no say.
    with _served(made) as port:
        handshake(port, trusting)
        with pytest.raises(ssl.SSLCertVerificationError):
            handshake(port, trusting, "192.0.2.9")
        machine.names = Names.of(["localhost", "192.0.2.9"])
        assert made.refresh()
        handshake(port, trusting, "192.0.2.9")
    assert _shown(made) == ["localhost", "192.0.2.9"]


def test_a_certificate_is_renewed_before_its_end(made: MadeHttps, machine: Machine) -> None:
    before = made.trust.certificate
    machine.now += 365 * DAY
    assert made.refresh()
    assert made.trust.certificate != before


def test_an_authority_that_is_gone_is_told_of_and_the_certificate_stays(
    made: MadeHttps, machine: Machine, tmp_path: Path
) -> None:
    before = made.trust.certificate
    (tmp_path / "authority-private.pem").write_text("notes")
    with pytest.raises(CertificateError):
        made.refresh()
    assert made.trust.certificate is before


def _write(here: Path, *names: str) -> Pair:
    authority = make_authority("somebody else's", SystemClock().now())
    text = issue(leaf(Names.of([*names]), SystemClock().now()), authority).pem()
    cut = text.index(b"-----BEGIN CERTIFICATE")
    (here / "key.pem").write_bytes(text[:cut])
    (here / "cert.pem").write_bytes(text[cut:])
    return authority


def test_a_certificate_of_ones_own_is_read_anew_when_it_is_replaced(tmp_path: Path) -> None:
    _write(tmp_path, "old.lab")
    https = OwnHttps(Trust(), tmp_path / "cert.pem", tmp_path / "key.pem")
    assert https.refresh()
    assert not https.refresh()
    authority = _write(tmp_path, "localhost")
    # Some file systems have coarse times.
    for name in ("cert.pem", "key.pem"):
        os.utime(tmp_path / name, ns=(1, 1))
    assert https.refresh()
    assert _shown(https) == ["localhost"]
    with _served(https) as port:
        handshake(port, verifying(pem_of(authority.certificate).decode()))


def test_half_a_replacement_changes_nothing(tmp_path: Path) -> None:
    _write(tmp_path, "old.lab")
    https = OwnHttps(Trust(), tmp_path / "cert.pem", tmp_path / "key.pem")
    https.refresh()
    (tmp_path / "key.pem").write_text("notes")
    with pytest.raises(CertificateError):
        https.refresh()
    assert _shown(https) == ["old.lab"]


def test_keys_of_bad_certificates_do_not_stay_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    now = SystemClock().now()
    authority = make_authority("x", now)
    for kind in BAD:
        bad_context(kind, authority, Names.of(["localhost"]), now)
    assert list(tmp_path.iterdir()) == []


async def test_the_certificate_is_looked_after_while_the_server_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks, told = 0, threading.Event()

    def certificate_names(_: Settings) -> Names:
        nonlocal looks
        looks += 1
        if looks > 3:
            # What the third look found has been told of by now.
            told.set()
        if looks > 2:
            raise CertificateError("The disk is full.", "Make room.")
        return Names.of(["localhost", "192.0.2.9"][:looks])

    monkeypatch.setattr(listening, "_LOOKED_AFTER", 0)
    monkeypatch.setattr(listening, "certificate_names", certificate_names)
    ports = Ports(Settings(tls="auto", tls_dir=tmp_path), SystemClock())
    await asyncio.to_thread(ports.prepare)
    https = ports._https
    assert https
    keeper = asyncio.create_task(ports._look_after(https))
    with caplog.at_level("INFO", "simulator"):
        assert await asyncio.to_thread(told.wait, 60)
    keeper.cancel()
    await asyncio.wait([keeper])
    assert _shown(https) == ["localhost", "192.0.2.9"]
    assert "a new certificate" in caplog.text
    assert "The disk is full." in caplog.text
