"""Checks of this machine."""

import os
import shutil
import socket
from collections import namedtuple
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator.certificates.folder import Folder
from simulator.certificates.host_names import Names
from simulator.certificates.issuing import issue, leaf, make_authority
from simulator.cli.doctor import local_checks
from simulator.cli.doctor.findings import Status
from simulator.cli.doctor.local_checks import name_for
from simulator.clock import SystemClock
from simulator.settings import Settings
from tests.cli.checking import DAY, LAN, NOW, one


def test_a_port_that_something_else_has_fails() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = one(local_checks.ports(Settings(port=port)))
        assert (found.status, "--port" in found.hint) == (Status.FAILED, True)
        settings = Settings(port=0, tls="auto", tls_port=port, tls_bad=(f"expired={port}",))
        plain, secure, bad = local_checks.ports(settings)
        assert plain.status is Status.OK
        assert (secure.status, "--tls-port" in secure.hint) == (Status.FAILED, True)
        assert (bad.status, "--tls-bad" in bad.hint) == (Status.FAILED, True)


def test_an_address_of_another_machine_fails() -> None:
    found = one(local_checks.ports(Settings(host="198.51.100.1", port=0)))
    assert found.status is Status.FAILED
    assert "--host" in found.hint


def test_a_port_that_is_not_ours_to_take_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    found = one(local_checks.ports(Settings(port=80)))
    assert found.status is Status.FAILED
    assert "1023" in found.hint


def test_a_database_in_memory_is_well() -> None:
    assert one(local_checks.database(Settings(db=":memory:"))).status is Status.OK


@pytest.mark.parametrize("db", ["notes.txt", "missing/lab.db", "mysql://x/y", "folder"])
def test_a_database_that_cannot_be_used_fails(here: Path, db: str) -> None:
    (here / "notes.txt").write_text("notes" * 1000)
    (here / "folder").mkdir()
    found = one(local_checks.database(Settings(db=db)))
    assert found.status is Status.FAILED
    assert found.hint


def test_a_place_that_cannot_be_written_to_fails(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "lab.db").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "may not be written" in one(local_checks.database(Settings(db="lab.db"))).said

    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(local_checks.tempfile, "TemporaryFile", refuse)  # type: ignore[attr-defined]
    assert "Read-only" in one(local_checks.database(Settings(db="new.db"))).said


@pytest.mark.parametrize(
    ("free", "status"),
    [(10**10, Status.OK), (5 * 10**8, Status.WARNING), (10**7, Status.FAILED)],
)
def test_room_on_the_disk_is_needed(
    here: Path, monkeypatch: pytest.MonkeyPatch, free: int, status: Status
) -> None:
    usage = namedtuple("usage", "free")  # noqa: PYI024 - as shutil has it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(free))
    found = [(each.check, each.status) for each in local_checks.database(Settings(db="lab.db"))]
    assert found == [("database", Status.OK), ("disk", status)]


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        (datetime(1970, 1, 2, tzinfo=UTC), Status.FAILED),
        (datetime(2200, 1, 1, tzinfo=UTC), Status.FAILED),
        (None, Status.OK),
    ],
)
def test_a_clock_that_cannot_be_right_fails(shown: datetime | None, status: Status) -> None:
    now = SystemClock().now() if shown is None else int(shown.timestamp() * 1000)
    found = one(local_checks.system_clock(now))
    assert (found.status, bool(found.hint)) == (status, status is Status.FAILED)


def _secure(here: Path) -> Settings:
    return Settings(db=str(here / "lab.db"), tls="auto")


def test_without_certificates_nothing_is_wrong(here: Path, lan: None) -> None:
    assert "--tls auto" in one(local_checks.certificates(Settings(db="lab.db"), NOW)).said
    assert "makes an authority" in one(local_checks.certificates(_secure(here), NOW)).said


def test_good_certificates_are_told_so(here: Path, lan: None) -> None:
    folder = Folder(here / "pass-simulator-certificates")
    folder.server(Names.of(["localhost", LAN]), NOW)
    found = list(local_checks.certificates(_secure(here), NOW))
    assert [each.status for each in found] == [Status.OK, Status.OK]


@pytest.mark.parametrize(
    ("names", "now", "statuses", "said"),
    [
        (["localhost"], NOW, [Status.OK, Status.WARNING], f"not for {LAN}"),
        (["localhost", LAN], NOW + 390 * DAY, [Status.OK, Status.WARNING], "over"),
        (["localhost", LAN], NOW + 3630 * DAY, [Status.WARNING, Status.WARNING], "expires"),
        (["localhost", LAN], NOW + 4000 * DAY, [Status.FAILED, Status.WARNING], "expired"),
    ],
)
def test_certificates_that_do_not_fit_are_told(
    here: Path, lan: None, names: list[str], now: int, statuses: list[Status], said: str
) -> None:
    Folder(here / "pass-simulator-certificates").server(Names.of(names), NOW)
    found = list(local_checks.certificates(_secure(here), now))
    assert [each.status for each in found] == statuses
    assert said in " ".join(each.said for each in found)
    assert all(each.hint for each in found if each.status is not Status.OK)


def test_a_key_that_others_may_read_fails(here: Path, lan: None) -> None:
    folder = Folder(here / "pass-simulator-certificates")
    folder.server(Names.of(["localhost", LAN]), NOW)
    folder.authority_key_file.chmod(0o644)
    found = [
        each
        for each in local_checks.certificates(_secure(here), NOW)
        if each.status is Status.FAILED
    ]
    [key] = found
    assert key.hint == f"chmod 600 {folder.authority_key_file}"


def test_certificates_that_cannot_be_read_fail(here: Path, lan: None) -> None:
    folder = Folder(here / "pass-simulator-certificates")
    folder.authority(NOW)
    folder.authority_key_file.write_text("notes")
    found = one(local_checks.certificates(_secure(here), NOW))
    assert found.status is Status.FAILED


def _own(here: Path, *names: str) -> Settings:
    pair = issue(leaf(Names.of([*names]), NOW), make_authority("somebody else's", NOW))
    (here / "cert.pem").write_bytes(pair.pem())
    return Settings(tls_cert=here / "cert.pem", tls_key=here / "key.pem", port=1, tls_port=2)


@pytest.mark.parametrize(
    ("now", "resolved", "status", "said"),
    [
        (NOW, LAN, Status.OK, "sim.lab.example"),
        (NOW, "198.51.100.9", Status.WARNING, "none of that leads"),
        (NOW, None, Status.WARNING, "none of that leads"),
        (NOW + 380 * DAY, LAN, Status.WARNING, "expires"),
        (NOW + 400 * DAY, LAN, Status.FAILED, "only"),
        (NOW - 9 * DAY, LAN, Status.FAILED, "only"),
    ],
)
def test_a_certificate_of_ones_own_is_looked_at(
    here: Path,
    lan: None,
    monkeypatch: pytest.MonkeyPatch,
    now: int,
    resolved: str | None,
    status: Status,
    said: str,
) -> None:
    def resolve(*_: object) -> list[tuple[object, ...]]:
        if resolved is None:
            raise socket.gaierror
        return [(2, 1, 6, "", (resolved, 0))]

    settings = _own(here, "sim.lab.example")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    found = one(local_checks.certificates(settings, now))
    assert found.status is status
    assert said in found.said
    assert local_checks.base_urls(settings) == (f"http://{LAN}:1", "https://sim.lab.example:2")


@pytest.mark.parametrize("text", [None, "notes"])
def test_a_certificate_of_ones_own_that_is_none_fails(
    here: Path, lan: None, text: str | None
) -> None:
    settings = _own(here, "x")
    (here / "cert.pem").unlink()
    if text is not None:
        (here / "cert.pem").write_text(text)
    assert one(local_checks.certificates(settings, NOW)).status is Status.FAILED
    assert local_checks.base_urls(settings) == (f"http://{LAN}:1", f"https://{LAN}:2")


@pytest.mark.parametrize(
    ("host", "names", "chosen"),
    [
        (LAN, ["localhost", LAN], LAN),
        (LAN, ["*.lab", "localhost", "sim.lab"], "sim.lab"),
        (LAN, ["*.lab"], LAN),
        (LAN, [], LAN),
    ],
)
def test_devices_are_told_a_name_that_the_certificate_is_for(
    host: str, names: list[str], chosen: str
) -> None:
    assert name_for(host, names) == chosen


def test_listening_to_oneself_is_no_good_for_devices(
    lan: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = one(local_checks.addresses(Settings()))
    assert (found.status, "--host 0.0.0.0" in found.hint) == (Status.WARNING, True)
    assert one(local_checks.addresses(Settings(host=LAN))).status is Status.OK
    monkeypatch.setattr(local_checks, "lan_addresses", list)
    assert "network" in one(local_checks.addresses(Settings(host=LAN))).hint


def test_who_may_use_the_admin_api_is_told() -> None:
    told = local_checks.admin_api(
        Settings(allowed_host=("lab.local",), admin_origin=("http://localhost:3000",))
    )
    assert told.status is Status.OK
    for each in ("localhost", "lab.local", "http://localhost:3000", "--allowed-host"):
        assert each in told.said
    for settings in (Settings(admin_token="a long secret"), Settings(host="0.0.0.0")):  # noqa: S104 - as a lab does
        assert "asks for its token" in local_checks.admin_api(settings).said
