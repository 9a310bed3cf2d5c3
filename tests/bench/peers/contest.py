"""The leagues: the same work, in the same run, of all that take part with their journals on, or off."""

import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from simulator.cli.server.loops import run
from tests.bench.cases import LOGOUT, READ
from tests.bench.hot import set_stages
from tests.bench.load import Driver, Measured
from tests.bench.picture import Bar, Chart
from tests.bench.processes import Watched
from tests.bench.report import Section
from tests.bench.wire import Wire

from .peer import Peer, started

_KINDS: Final = ("read", "change", "reset")


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is done: rounds, and in each of them calls of a kind, resets and lives of tests.

    Those to warm up do not count: a Java machine compiles what it has run some thousand times.
    """

    warm_up: int = 4
    rounds: int = 5
    calls: int = 1_000
    resets: int = 30
    starts: int = 5
    lives: int = 200


@dataclass(kw_only=True)
class Result:
    """What was measured of a peer; a kind of work that it cannot do is missing in `work`."""

    peer: Peer
    start: float = 0.0
    idle: int = 0
    after: int = 0
    work: dict[str, list[Measured]] = field(default_factory=dict)

    def typical(self, kind: str) -> Measured | None:
        """The medians of a kind of work, where the peer can do it."""
        return Measured.typical(self.work[kind]) if kind in self.work else None


def measure(driver: Driver, folder: Path, peers: Iterable[Peer], size: Size) -> dict[Peer, Result]:
    """Start all of them, and measure them in interleaved rounds."""
    results = {peer: Result(peer=peer) for peer in peers}
    for number, (peer, result) in enumerate(results.items()):
        _tell(f"starting {peer.label}")
        result.start = median(_starts(peer, folder / f"start-{number}", size.starts))
    with ExitStack() as stack:
        servers = {
            peer: stack.enter_context(started(peer, folder / f"run-{number}"))[0]
            for number, peer in enumerate(results)
        }
        time.sleep(2)
        for peer, result in results.items():
            _tell(f"warming up {peer.label}")
            result.idle = servers[peer].memory()
            result.peer = _prepared(servers[peer], peer, size)
            for _ in range(size.warm_up):
                _round(driver, servers[peer], result.peer, size)
        for number in range(size.rounds):
            _tell(f"round {number + 1} of {size.rounds}")
            for peer, result in results.items():
                for kind, measured in _round(driver, servers[peer], result.peer, size).items():
                    result.work.setdefault(kind, []).append(measured)
        for peer, result in results.items():
            result.after = servers[peer].memory()
            if peer.check:
                peer.check(servers[peer].origin)
    return results


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _starts(peer: Peer, folder: Path, times: int) -> list[float]:
    taken = []
    folder.mkdir()
    for number in range(times):
        with started(peer, folder / str(number)) as (_, milliseconds):
            taken.append(milliseconds)
    return taken


def _prepared(server: Watched, peer: Peer, size: Size) -> Peer:
    """The peer with a state to work on."""
    if peer.ours:
        return _staged(server, peer, size)
    run(_send(server.origin, peer.prepare))
    return peer


async def _send(origin: str, calls: Sequence[bytes]) -> None:
    wire = await Wire.to(origin)
    for call in calls:
        await wire.must(call)
    wire.close()


def _staged(server: Watched, peer: Peer, size: Size) -> Peer:
    """A simulator with a world that has a login for each call of a round, which a reset brings back."""
    stage, _ = run(set_stages(server.origin, size.calls))
    return replace(
        peer,
        read=partial(READ.play, stage),
        change=partial(LOGOUT.play, stage),
        reset=partial(_reset_by_wire, stage.admin("POST", "reset", {})),
    )


async def _reset_by_wire(call: bytes, wire: Wire, _number: int) -> None:
    await wire.must(call)


def _round(driver: Driver, server: Watched, peer: Peer, size: Size) -> dict[str, Measured]:
    scripts = {kind: getattr(peer, kind) for kind in _KINDS}
    return {
        kind: driver.drive(
            server,
            script,
            range(size.resets if kind == "reset" else size.calls),
            connections=1 if kind == "reset" else 16,
        )
        for kind, script in scripts.items()
        if script is not None
    }


def sections(title: str, league: Sequence[Result], size: Size) -> list[Section]:
    """The tables and the pictures of a league; its title says how journals are."""
    return [
        Section(
            title=f"{title}: reading and changing state",
            text=(
                "Sixteen connections, each with the next call as soon as the last one is answered; "
                f"medians of {size.rounds} interleaved rounds of {size.calls:,} calls, after "
                f"{size.warm_up} to warm up. CPU is that of the peer's processes, in all their threads, "
                "per call."
            ),
            head=("peer", "reads/s", "CPU", "p99", "changes/s", "CPU", "p99"),
            rows=tuple(_work_row(each) for each in league),
            charts=(
                _chart(f"{title}: CPU per change of state", league, "cpu", "µs"),
                _chart(f"{title}: p99 of a change of state", league, "p99", "ms"),
            ),
        ),
        Section(
            title=f"{title}: resetting, starting, memory",
            text=(
                f"The median of {size.resets} resets by one client, round by round; of {size.starts} "
                "starts, from the command to the first answer; memory before anybody called, and after "
                "the run."
            ),
            head=("peer", "reset", "cold start", "idle", "after", "its journal", "its work"),
            rows=tuple(_rest_row(each) for each in league),
        ),
    ]


def _work_row(result: Result) -> tuple[str, ...]:
    cells = [result.peer.title]
    for kind in ("read", "change"):
        found = result.typical(kind)
        cells += (
            [f"{found.per_second:,.0f}", f"{found.cpu:,.0f} µs", f"{found.p99:.1f} ms"]
            if found
            else ["none"] * 3
        )
    return tuple(cells)


def _rest_row(result: Result) -> tuple[str, ...]:
    reset = result.typical("reset")
    return (
        result.peer.title,
        f"{reset.p50:.1f} ms" if reset else "none",
        f"{result.start:,.0f} ms",
        f"{result.idle / 2**20:,.0f} MiB",
        f"{result.after / 2**20:,.0f} MiB",
        result.peer.journal,
        result.peer.work,
    )


def _chart(title: str, league: Sequence[Result], figure: str, unit: str) -> Chart:
    bars = []
    for result in league:
        if found := result.typical("change"):
            value = getattr(found, figure)
            text = f"{value:,.0f} {unit}"
            bars.append(Bar(name=result.peer.label, value=value, text=text, ours=result.peer.ours))
    return Chart(title=title, bars=tuple(bars))
