"""The life of a test, in each one's terms: a clean state, a token, a logout, and a look whether it came.

What the test needs of a mock is laid as stubs, after a reset; with us it is a sandbox of a scenario, which
is deleted in the end. Each way is five calls, over one connection, as one test of a suite makes them.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tests.bench.load import Driver, Measured
from tests.bench.picture import Bar, Chart
from tests.bench.processes import Watched
from tests.bench.report import Section
from tests.bench.wire import Wire, request
from tests.bench.world import PROVIDER, Stage

from .contest import Size
from .peer import Peer, started

_SCENARIO: Final = "logout-samples"
_DEVICE: Final = "ba23d141-d715-561c-94f4-e9e4c966b1eb"
"""The one that the scenario has logged in."""

_TOKEN_PATH: Final = "/o/client/token"
_LOGOUT_PATH: Final = f"/api/v2/{PROVIDER}/logout/Cablevision"
_REDIRECT: Final = "?redirectUrl=" + quote("https://app.example/signed-out", safe="")
_DONE: Final = b'"actionName":"logout"'

# What the stubs answer: a token as long as ours, and a logout.
_TOKEN: Final = json.dumps({"access_token": "t" * 640, "token_type": "bearer", "expires_in": 21600})
_LOGOUT: Final = json.dumps(
    {"logouts": {"Cablevision": {"actionName": "logout", "mvpd": "Cablevision"}}},
    separators=(",", ":"),
)
_JSON: Final = {"Content-Type": "application/json"}


async def ours(wire: Wire, number: int) -> None:
    """With a sandbox of its own."""
    at = Stage(sandbox=f"life-{number}", tokens=(), statement="")
    wanted = {"id": at.sandbox, "scenario": _SCENARIO}
    await wire.must(request("POST", "/admin/v1/sandboxes", body=wanted))
    await _log_out(wire, at.admin("POST", "tokens", {}))
    expected = {"match": {"operation": "logout"}, "exactly": 1}
    await wire.must(at.admin("POST", "requests/verify", expected), b'"verified":true')
    await wire.must(request("DELETE", f"/admin/v1/sandboxes/{at.sandbox}"))


async def wiremock(wire: Wire, _number: int) -> None:
    """With stubs that are imported at once, and a count of the requests."""
    await wire.must(request("POST", "/__admin/reset"))
    stubs = [
        _wiremock_stub("POST", _TOKEN_PATH, _TOKEN),
        _wiremock_stub("GET", _LOGOUT_PATH, _LOGOUT),
    ]
    await wire.must(request("POST", "/__admin/mappings/import", body={"mappings": stubs}))
    await _log_out(wire, request("POST", _TOKEN_PATH))
    wanted = {"method": "GET", "urlPath": _LOGOUT_PATH}
    found = await wire.must(request("POST", "/__admin/requests/count", body=wanted))
    if found.json()["count"] != 1:
        raise AssertionError(f"WireMock counted {found.body!r}")


def _wiremock_stub(method: str, path: str, body: str) -> dict[str, object]:
    return {
        "request": {"method": method, "urlPath": path},
        "response": {"status": 200, "headers": _JSON, "body": body},
    }


async def mockserver(wire: Wire, _number: int) -> None:
    """With expectations that are laid at once, and a verification that is answered with a status."""
    await wire.must(request("PUT", "/mockserver/reset"))
    laid = [
        _mockserver_stub("POST", _TOKEN_PATH, _TOKEN),
        _mockserver_stub("GET", _LOGOUT_PATH, _LOGOUT),
    ]
    await wire.must(request("PUT", "/mockserver/expectation", body=laid))
    await _log_out(wire, request("POST", _TOKEN_PATH))
    wanted = {
        "httpRequest": {"method": "GET", "path": _LOGOUT_PATH},
        "times": {"atLeast": 1, "atMost": 1},
    }
    await wire.must(request("PUT", "/mockserver/verify", body=wanted))


def _mockserver_stub(method: str, path: str, body: str) -> dict[str, object]:
    headers = {name: [value] for name, value in _JSON.items()}
    return {
        "httpRequest": {"method": method, "path": path},
        "httpResponse": {"statusCode": 200, "headers": headers, "body": body},
    }


async def _log_out(wire: Wire, for_token: bytes) -> None:
    """What the app does, alike with all: get a token by this call, and log out with it."""
    token = (await wire.must(for_token)).json()["access_token"]
    app = Stage(sandbox="", tokens=(token,), statement="").headers(_DEVICE, 0)
    await wire.must(request("GET", _LOGOUT_PATH + _REDIRECT, app), _DONE)


def section(driver: Driver, folder: Path, peers: Sequence[Peer], size: Size) -> Section:
    """The table and the picture; each peer starts without what the leagues need of it."""
    lives = {peer: peer.life for peer in peers if peer.life}
    found: dict[Peer, list[Measured]] = {peer: [] for peer in lives}
    servers: dict[Peer, Watched] = {}
    with ExitStack() as stack:
        for number, peer in enumerate(lives):
            empty = replace(peer, files={})
            servers[peer], _ = stack.enter_context(started(empty, folder / f"life-{number}"))
        for number in range(size.warm_up + size.rounds):
            print(f"lives, round {number + 1}", file=sys.stderr, flush=True)
            numbers = range(number * size.lives, (number + 1) * size.lives)
            for peer, life in lives.items():
                measured = driver.drive(servers[peer], life, numbers, connections=1)
                if number >= size.warm_up:
                    found[peer].append(measured)
        memory = {peer: server.memory() for peer, server in servers.items()}
    return table(found, memory, size)


def table(found: Mapping[Peer, list[Measured]], memory: Mapping[Peer, int], size: Size) -> Section:
    """What was measured of each peer, round by round, and the bytes that it held in the end."""
    rows, bars = [], []
    for peer, rounds in found.items():
        typical = Measured.typical(rounds)
        cpu = f"{typical.cpu:,.0f} µs"
        rows.append(
            (
                peer.title,
                f"{typical.calls:.0f}",
                cpu,
                f"{typical.p50:.1f} ms",
                f"{typical.p99:.1f} ms",
                f"{memory[peer] / 2**20:,.0f} MiB",
            )
        )
        bars.append(Bar(name=peer.label, value=typical.cpu, text=cpu, ours=peer.ours))
    return Section(
        title="The life of a test",
        text=(
            "One test after another, over one connection: a clean state, a token, a logout, and a look "
            "whether that came once. A stub server is reset, is given its two stubs in one call, and "
            "verifies; the simulator makes a sandbox of a scenario, verifies, and deletes it. Medians of "
            f"{size.rounds} interleaved rounds of {size.lives:,} lives, after {size.warm_up} to warm up, "
            "with journals on. CPU is that of the peer's processes, in all their threads, per life."
        ),
        head=("peer", "calls", "CPU", "p50", "p99", "memory after"),
        rows=tuple(rows),
        charts=(Chart(title="CPU per life of a test", bars=tuple(bars)),),
    )
