"""How both transports speak HTTP: kept connections, trust, time limits, and what goes out as it stands."""

import asyncio
import datetime as dt
import ipaddress
import os
import select
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pass_simulator import AsyncSimulator, NoResponse, Simulator, UnexpectedResponse
from pass_simulator.transport.calls import exchange
from pass_simulator.transport.messages import Request
from pass_simulator.transport.sync_transport import SyncTransport

from .modes import Spoken, done
from .servers import answering


def test_a_connection_is_kept_for_the_next_call() -> None:
    with answering() as (address, seen), Simulator(f"http://{address}/") as simulator:
        for _ in range(3):
            assert simulator.version() == "x"
    assert len(seen) == 3
    assert len({each.split()[0] for each, _ in seen}) == 1


def test_a_connection_that_the_server_gave_up_is_not_used_again() -> None:
    with answering(closing=True) as (address, seen), Simulator(f"http://{address}") as simulator:
        for _ in range(3):
            assert simulator.version() == "x"
            [[kept]] = simulator._sync_transport._idle.values()
            # Its end is on the way.
            assert select.select([kept.sock], [], [], 10)[0]
    assert len({each.split()[0] for each, _ in seen}) == 3


def test_threads_share_a_client() -> None:
    with (
        answering(pause=0.02) as (address, seen),
        Simulator(f"http://{address}") as simulator,
        ThreadPoolExecutor(8) as threads,
    ):
        found = [*threads.map(lambda _: simulator.version(), range(32))]
    assert found == ["x"] * 32
    assert len(seen) == 32
    assert 1 < len({each.split()[0] for each, _ in seen}) <= 8


def test_a_request_is_under_way_before_its_answer_is_waited_for() -> None:
    transport = SyncTransport()
    with answering() as (address, _):
        first, second = (
            transport.start(exchange(Request(method="GET", url=f"http://{address}/{number}")))
            for number in range(2)
        )
        # Each has a connection of its own until it is answered.
        assert [second().status, first().status] == [200, 200]
        transport.close()


@pytest.mark.parametrize("kind", [Simulator, AsyncSimulator])
async def test_an_answer_that_takes_too_long_is_given_up(kind: Spoken) -> None:
    with (
        answering(pause=0.5) as (address, _),
        pytest.raises(NoResponse, match=r"(?i)timeout|timed out"),
    ):
        await done(kind(f"http://{address}", timeout=0.05).version())


@pytest.mark.parametrize("kind", [Simulator, AsyncSimulator])
@pytest.mark.parametrize("body", [b"<h1>hello</h1>", b"[1]"])
async def test_what_is_no_simulator_is_told_apart(kind: Spoken, body: bytes) -> None:
    with (
        answering(body=body) as (address, _),
        pytest.raises(UnexpectedResponse, match="with something else"),
    ):
        await done(kind(f"http://{address}").version())


@pytest.mark.parametrize("kind", [Simulator, AsyncSimulator])
async def test_headers_go_out_as_they_are_said(kind: Spoken) -> None:
    with answering() as (address, seen):
        device = kind(f"http://{address}").default.device("tv").sending({"X-Mine": "Zürich"})
        device._app.token = "a.b.c"
        await done(device.request("GET", "/a%2Fb?c=%20d&to=https://app.example"))
    [(asked, headers)] = seen
    assert asked.split()[1] == "/s/default/a%2Fb?c=%20d&to=https://app.example"
    assert headers["X-Mine"].encode("latin-1").decode() == "Zürich"
    assert headers["Authorization"] == "Bearer a.b.c"
    assert headers["User-Agent"] == "pass-simulator-client"
    assert "Content-Type" not in headers


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begin = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=36_500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "both.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.mark.parametrize("kind", [Simulator, AsyncSimulator])
async def test_a_certificate_is_trusted_if_its_authority_is_named(
    kind: Spoken, authority: Path
) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(authority)
    with answering(tls) as (address, _):
        trusting = kind(f"https://{address}", cafile=str(authority))
        for _ in range(2):
            assert await done(trusting.version()) == "x"
        if kind is Simulator:
            trusting.close()
        with pytest.raises(NoResponse, match="certificate verify failed"):
            await done(kind(f"https://{address}").version())


@pytest.mark.parametrize("kind", [Simulator, AsyncSimulator])
async def test_what_stands_around_an_address_and_a_token_does_no_harm(kind: Spoken) -> None:
    with answering() as (address, seen):
        client = kind(f" http://{address}/\r\n", admin_token="a-good-token\r\n")
        assert client.url == f"http://{address}"
        await done(client.version())
    [(_, headers)] = seen
    assert headers["Authorization"] == "Bearer a-good-token"


# In a process that was forked


def _in_a_child(work: Callable[[], str]) -> str:
    """What `work` comes to in a child of this process."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        # Nothing of the tests may go on here.
        try:
            os.write(writing, work().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:  # noqa: PTH123 - a descriptor
        found = pipe.read()
    os.waitpid(child, 0)
    return found


def _asked(kind: Spoken, client: Spoken) -> str:
    """The answer to a call of either mode, outside of any event loop."""
    found = client.version() if kind is Simulator else asyncio.run(client.version())
    return str(found)


@pytest.mark.parametrize("kind", [Simulator, AsyncSimulator])
def test_a_child_has_connections_of_its_own(kind: Spoken) -> None:
    with answering() as (address, seen):
        client = kind(f"http://{address}")
        assert _asked(kind, client) == "x"
        assert [_in_a_child(lambda: _asked(kind, client)) for _ in range(3)] == ["x"] * 3
        assert _asked(kind, client) == "x"
        if kind is Simulator:
            client.close()
    ports = [each.split()[0] for each, _ in seen]
    assert len(ports) == 5
    if kind is Simulator:
        # The parent goes on with its own.
        assert ports[0] == ports[4]
        assert len({*ports}) == 4


def test_a_child_does_not_wait_for_a_thread_that_stayed_with_its_parent() -> None:
    with answering() as (address, _), Simulator(f"http://{address}") as client:
        with client._sync_transport._lock:
            assert _in_a_child(lambda: str(client.version())) == "x"
        assert client.version() == "x"


def test_a_child_that_closes_a_client_leaves_the_connections_to_its_parent() -> None:
    def work() -> str:
        client.close()
        return "closed"

    with answering() as (address, seen), Simulator(f"http://{address}") as client:
        client.version()
        assert _in_a_child(work) == "closed"
        client.version()
    assert len({each.split()[0] for each, _ in seen}) == 1
