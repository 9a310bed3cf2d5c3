"""Every device request writes exactly one entry, whatever becomes of it."""

import asyncio
import re
import socket
from contextlib import suppress
from typing import Any, Final

import pytest
from aiohttp import ClientError

from simulator import routes
from simulator.http.endpoint import Endpoint
from simulator.http.request_counts import REQUEST_COUNTS
from tests.contract.walk import LEGS, RecordingLab
from tests.support.lab import Lab, device_header
from tests.support.replies import Json
from tests.support.worlds import TV

DEVICE: Final = [each for each in routes.ENDPOINTS if each.operation is not None]
HEADERS: Final = {"AP-Device-Identifier": device_header(TV)}
SEGMENTS: Final = {"service_provider": "REF30", "mvpd": "Dish", "code": "AAAA222"}

Asked = tuple[str, str, str | None]


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    """Entries say that they are of `default`, whatever the request looks like."""
    return default_lab


def _asked(endpoint: Endpoint) -> Asked:
    path = re.sub(r"\{(\w+)\}", lambda found: SEGMENTS.get(found[1], "x"), endpoint.path)
    return endpoint.method, path, endpoint.operation


ROUTED: Final[list[Asked]] = [*map(_asked, DEVICE)]
UNROUTED: Final[list[Asked]] = [
    ("GET", "/api/v2/REF30/nothing", None),
    ("GET", "/api/v1/tokens/authn", "legacy"),
    ("GET", "/api/v3/tokens/authn", None),
    ("POST", "/o/client/scopes", None),
    ("PUT", "/api/v2/REF30/profiles", None),
    ("DELETE", "/o/client/register", None),
    ("OPTIONS", "/api/v2/REF30/profiles", None),
    ("GET", "/s/default/api/v2/REF30/nothing", None),
]


async def _items(lab: Lab) -> list[Json]:
    found = (await lab.admin("GET", "requests?limit=1000"))["items"]
    return [*found]


@pytest.mark.parametrize(("method", "path", "operation"), [*ROUTED, *UNROUTED], ids=str)
async def test_a_request_that_fails(
    lab: Lab, method: str, path: str, operation: str | None
) -> None:
    reply = await lab.call(method, path, HEADERS)
    (entry,) = await _items(lab)
    assert entry["id"] == reply.headers["X-Sim-Request-Id"]
    told = (entry["operation"], entry["method"], entry["status"])
    assert told == (operation, method, reply.status)


async def test_a_walk_over_all_that_is_answered(lab: Lab) -> None:
    for leg in LEGS.values():
        recording = RecordingLab(client=lab.client, clock=lab.clock)
        await recording.seed("qa-catalogue")
        await leg(recording)
        asked = [
            (each.method, each.reply.status)
            for each in recording.seen
            if not each.path.startswith("/admin/")
        ]
        entries = await _items(lab)
        assert sorted((each["method"], each["status"]) for each in entries) == sorted(asked)
        await lab.admin("DELETE", "requests")


ACTIONS: Final[list[dict[str, Any]]] = [
    {"kind": "error", "code": "internal_server_error"},
    {"kind": "status", "status": 503},
    {"kind": "delay", "seconds": 0.01},
    {"kind": "hang", "seconds": 0.01},
    {"kind": "reset"},
    {"kind": "close"},
    {"kind": "truncate", "after": 1},
    {"kind": "garble"},
    {"kind": "slow_body", "seconds": 0.01},
    {"kind": "throttle"},
]
NOBODY_THERE: Final = frozenset({"hang", "reset", "close", "truncate"})


@pytest.mark.parametrize("action", ACTIONS, ids=lambda each: str(each["kind"]))
async def test_requests_that_a_fault_strikes(lab: Lab, action: dict[str, Any]) -> None:
    fault = await lab.admin("POST", "faults", {"id": "broken", "action": action})
    for method, path, _ in ROUTED:
        with suppress(ClientError):
            # A connection of its own: one that was cut off must not lose the next request as well.
            await lab.call(method, path, {**HEADERS, "Connection": "close"})
    # Who is cut off knows it before the entry is written. None is there twice, either.
    entries = await _arrived(lab, len(ROUTED))
    assert [each["operation"] for each in entries] == [each[2] for each in ROUTED]
    for each in entries:
        assert each["faults"] == [{"id": fault["id"], "kind": action["kind"]}]
        assert (each["status"] is None) is (action["kind"] in NOBODY_THERE)


async def _arrived(lab: Lab, number: int) -> list[Json]:
    wanted = {"for": {"request": {"at_least": number}}, "timeout": "PT20S"}
    assert (await lab.admin("POST", "requests/wait", wanted))["met"]
    return await _items(lab)


async def test_requests_whose_client_hangs_up(lab: Lab) -> None:
    await lab.admin("POST", "faults", {"id": "hang", "action": {"kind": "hang"}})
    sockets = [_send(lab, method, path) for method, path, _ in ROUTED]
    while (await lab.admin("GET", "faults/hang"))["struck"] < len(ROUTED):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    for each in sockets:
        each.close()
    entries = await _arrived(lab, len(ROUTED))
    assert sorted(each["operation"] for each in entries) == sorted(
        str(operation) for _, _, operation in ROUTED
    )
    assert {each["status"] for each in entries} == {None}
    for each in entries:
        assert "nobody was there any more to be answered" in each["explanation"]


async def test_a_request_that_ends_in_the_middle_of_its_body(lab: Lab) -> None:
    cut = b"Content-Length: 100\r\nContent-Type: application/json\r\n\r\n{"
    connection = _send(lab, "POST", "/o/client/register", cut)
    observed = lab.client.server.app[REQUEST_COUNTS]  # type: ignore[attr-defined]
    while observed.under_way == 0:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    connection.close()
    (entry,) = await _arrived(lab, 1)
    assert (entry["operation"], entry["status"]) == ("register", None)


def _send(lab: Lab, method: str, path: str, rest: bytes = b"\r\n") -> socket.socket:
    """A connection on which this request was sent, and that nobody reads from."""
    url = lab.client.make_url("/")
    assert url.host
    assert url.port
    connection = socket.create_connection((url.host, url.port), timeout=10)
    head = f"{method} {path} HTTP/1.1\r\nHost: lab\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    connection.sendall(head.encode() + rest)
    return connection


async def test_what_is_no_device_request_writes_none(lab: Lab) -> None:
    for path in ("/livez", "/metrics", "/admin/v1/profiles", "/admin/v1/nothing", "/nothing"):
        await lab.call("GET", path)
    assert await _items(lab) == []


async def test_a_request_for_a_sandbox_that_is_not_there_is_in_nobodys_journal(lab: Lab) -> None:
    reply = await lab.call("GET", "/s/nowhere/api/v2/REF30/profiles", HEADERS)
    assert reply.status == 404
    assert await _items(lab) == []
