"""What a client sees on the wire under each fault, byte by byte; nobody else is the worse for it."""

import asyncio
import socket
import struct
from dataclasses import dataclass
from typing import Any, Final

import pytest

from simulator.edge.faults import APPLIED
from simulator.scenarios.models import ACTIONS
from tests.support.lab import App, Lab, device_header
from tests.support.worlds import BOX, TV, profile, world

PATH: Final = "/api/v2/LABSP/profiles"
_PATIENCE: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All that came over a connection until it ended, and whether it was reset."""

    raw: bytes
    reset: bool

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode()

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    def header(self, name: str) -> str | None:
        """The value of a header; None where it is not there."""
        for line in self.head.split("\r\n")[1:]:
            found, _, value = line.partition(": ")
            if found.lower() == name.lower():
                return value
        return None


@pytest.fixture
async def tv(lab: Lab) -> App:
    """A TV that is logged in."""
    await lab.seed(world(profiles=[profile("login")]))
    return await lab.app(TV, client="app-1")


def _connect(app: App) -> socket.socket:
    url = app.lab.client.make_url("/")
    assert url.host
    assert url.port
    connection = socket.create_connection((url.host, url.port), timeout=_PATIENCE)
    lines = [f"GET {PATH} HTTP/1.1", "Host: lab", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in app.headers.items()]
    connection.sendall("\r\n".join((*lines, "", "")).encode())
    return connection


def _read(connection: socket.socket) -> Seen:
    raw = b""
    try:
        while received := connection.recv(65_536):
            raw += received
    except ConnectionResetError:
        return Seen(raw=raw, reset=True)
    finally:
        connection.close()
    return Seen(raw=raw, reset=False)


async def _see(app: App) -> Seen:
    return await asyncio.to_thread(lambda: _read(_connect(app)))


async def _under(app: App, action: dict[str, Any], **members: Any) -> Seen:  # noqa: ANN401 - JSON
    await app.lab.admin("POST", "faults", {"action": action, **members})
    return await _see(app)


def test_each_kind_of_action_that_can_be_ordered_is_applied() -> None:
    assert APPLIED.keys() == ACTIONS.keys()


async def test_without_a_fault_all_is_well(tv: App) -> None:
    seen = await _see(tv)
    assert (seen.status, seen.reset) == (200, False)
    assert len(seen.body) == int(seen.header("Content-Length") or 0)


async def test_error(tv: App) -> None:
    seen = await _under(tv, {"kind": "error", "code": "invalid_integration"})
    assert seen.status == 400
    assert b'"code":"invalid_integration"' in seen.body
    assert seen.header("Content-Type") == "application/json;charset=UTF-8"


async def test_status(tv: App) -> None:
    action = {"kind": "status", "status": 503, "body": "away", "headers": {"Retry-After": "9"}}
    seen = await _under(tv, action)
    assert (seen.status, seen.body) == (503, b"away")
    assert (seen.header("Retry-After"), seen.header("Content-Type")) == ("9", "text/html")


async def test_throttle(tv: App) -> None:
    seen = await _under(tv, {"kind": "throttle"})
    assert seen.head.startswith("HTTP/1.1 429 Too Many Requests")
    assert b"<center>openresty</center>" in seen.body
    assert seen.header("Server") == "openresty"
    assert seen.header("Retry-After") is None
    assert str(seen.header("Content-Type")).startswith("text/html")


async def test_reset(tv: App) -> None:
    assert await _under(tv, {"kind": "reset"}) == Seen(raw=b"", reset=True)


async def test_close(tv: App) -> None:
    assert await _under(tv, {"kind": "close"}) == Seen(raw=b"", reset=False)


async def test_hang(tv: App) -> None:
    assert await _under(tv, {"kind": "hang", "seconds": 0.3}) == Seen(raw=b"", reset=False)


async def test_truncate(tv: App) -> None:
    whole = await _see(tv)
    seen = await _under(tv, {"kind": "truncate", "after": 7})
    assert (seen.status, seen.body) == (200, whole.body[:7])
    assert seen.header("Content-Length") == str(len(whole.body))


async def test_garble(tv: App) -> None:
    whole = await _see(tv)
    seen = await _under(tv, {"kind": "garble"})
    assert seen.status == 200
    assert seen.header("Content-Type") == whole.header("Content-Type")
    assert bytes(each ^ 0xFF for each in seen.body) == whole.body


async def test_slow_body(tv: App) -> None:
    whole = await _see(tv)
    await tv.lab.admin(
        "POST", "faults", {"action": {"kind": "slow_body", "seconds": 0.2, "pieces": 4}}
    )
    connection = await asyncio.to_thread(_connect, tv)
    # The head comes before the body has begun, which the shortest read can tell.
    first = await asyncio.to_thread(connection.recv, 65_536)
    assert first.startswith(b"HTTP/1.1 200")
    rest = await asyncio.to_thread(_read, connection)
    body = (first + rest.raw).partition(b"\r\n\r\n")[2]
    assert body == whole.body
    assert first.partition(b"\r\n\r\n")[2] != whole.body


async def test_delay(tv: App) -> None:
    whole = await _see(tv)
    seen = await _under(tv, {"kind": "delay", "seconds": 0.05})
    assert (seen.status, seen.body) == (200, whole.body)


async def test_fail_twice_then_work(tv: App) -> None:
    await tv.lab.admin("POST", "faults", {"times": 2, "action": "internal_server_error"})
    assert [(await _see(tv)).status for _ in range(4)] == [500, 500, 200, 200]


async def test_a_fault_that_is_skipped_first(tv: App) -> None:
    await tv.lab.admin("POST", "faults", {"skip": 1, "times": 1, "action": {"kind": "close"}})
    raws = [(await _see(tv)).raw for _ in range(3)]
    assert [bool(each) for each in raws] == [True, False, True]


# Nobody else waits


@pytest.mark.parametrize(
    "action",
    [
        {"kind": "delay", "seconds": 600},
        {"kind": "hang"},
        {"kind": "slow_body", "seconds": 600},
    ],
    ids=lambda each: str(each["kind"]),
)
async def test_a_device_that_waits_holds_up_nobody(tv: App, action: dict[str, Any]) -> None:
    lab = tv.lab
    fault = {"id": "slow", "match": {"device": TV}, "action": action}
    await lab.admin("POST", "faults", fault)
    waiting = [await asyncio.to_thread(_connect, tv) for _ in range(20)]
    while (await lab.admin("GET", "faults/slow"))["struck"] < 20:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    box = await lab.app(BOX, client="app-2")
    for _ in range(50):
        assert (await box.get("profiles")).status == 200
        assert (await lab.ask("GET", "profiles")).status == 200
    # All of that came while these were still waiting.
    answered = [each for each in waiting if _ended(each)]
    assert answered == []
    for each in waiting:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        each.close()
    # Those under a delay would be answered when it is over, long after the test.
    await lab.admin("DELETE", "faults/slow")


def _ended(connection: socket.socket) -> bool:
    """Whether the whole answer has come."""
    connection.setblocking(False)
    raw = b""
    try:
        while received := connection.recv(65_536):
            raw += received
    except BlockingIOError:
        return False
    return True


# The throttle


async def test_the_throttle_call_by_call(tv: App) -> None:
    """One regular call in each second from the first on, and ten more once (Adobe: throttling, THR1)."""
    lab = tv.lab
    await lab.settings(throttle=True)
    # Calls in each second, and how many of them are answered: the burst does not refill.
    table = [(1, 1), (3, 3), (1, 1), (5, 5), (0, 0), (4, 4), (3, 2), (2, 1), (1, 1), (0, 0), (3, 1)]
    burst = 10
    for second, (calls, admitted) in enumerate(table):
        statuses = [(await tv.get("profiles")).status for _ in range(calls)]
        assert statuses == [200] * admitted + [429] * (calls - admitted), f"second {second}"
        burst -= max(admitted - 1, 0)
        lab.clock.advance(seconds=1)
    assert burst == 0
    # Another device has a burst of its own, told apart by the address that it is called from.
    other = tv.sending(X_Forwarded_For="203.0.113.7")
    assert [(await other.get("profiles")).status for _ in range(12)] == [200] * 11 + [429]


async def test_the_throttle_counts_registration_and_what_is_not_there_but_no_page(tv: App) -> None:
    lab = tv.lab
    await lab.settings(throttle=True)
    headers = {"AP-Device-Identifier": device_header(TV)}
    for method, path in [("POST", "/o/client/register"), ("POST", "/o/client/token")] * 5:
        assert (await lab.call(method, path, headers)).status == 400
    assert (await lab.call("GET", "/api/v2/nothing")).status == 404
    assert (await lab.call("GET", "/api/v2/nothing")).status == 429
    for path in ("/adobe-services/logout", "/livez", "/admin/v1/clock"):
        assert (await lab.call("GET", path)).status != 429
