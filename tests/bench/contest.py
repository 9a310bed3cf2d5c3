"""`make bench-peers`: the same work, in the same run, beside other mocks."""

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from pass_simulator.errors import NoResponse
from simulator.cli.server.loops import run
from tests.support.server import ask, environment

from .cases import LOGOUT, READ
from .hot import set_stages
from .load import CLOCK, Driver, Measured, driving
from .peers import OURS, PEERS, Peer
from .picture import Bar, Chart
from .processes import Watched, descendants
from .report import FOLDER, Section, write
from .wire import Wire

PIECES: Final = 1_000
ROUNDS: Final = 5
_WARM_UP: Final = 4_000
_STARTS: Final = 5
_RESETS: Final = 30
_PATIENCE: Final = 60.0
_MOMENT: Final = 0.004
_KINDS: Final = ("read", "change", "reset")


@dataclass(kw_only=True)
class Result:
    """What was measured of a peer; a kind of work that it cannot do is missing in `work`."""

    peer: Peer
    start: float = 0.0
    idle: int = 0
    after: int = 0
    work: dict[str, list[Measured]] = field(default_factory=dict)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def started(peer: Peer, folder: Path) -> Iterator[tuple[Watched, float]]:
    """The peer once it answers, and how many milliseconds that took from its command on."""
    folder.mkdir(exist_ok=True)
    for name, text in peer.files.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text())
    port = _free_port()
    origin, began = f"http://127.0.0.1:{port}", CLOCK.elapsed()
    with subprocess.Popen(
        peer.command(port),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _until_it_answers(origin + peer.probe, process)
            taken = (CLOCK.elapsed() - began) * 1e3
            yield Watched(origin=origin, processes=descendants(process.pid)), taken
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = CLOCK.elapsed() + _PATIENCE
    while CLOCK.elapsed() < until and process.poll() is None:
        try:
            ask(url, "GET", "")
        except NoResponse:
            time.sleep(_MOMENT)
        else:
            return
    raise RuntimeError(f"nobody answers at {url}")


async def _prepared(origin: str, peer: Peer) -> None:
    wire = await Wire.to(origin)
    for call in peer.prepare:
        await wire.must(call)
    wire.close()


def _staged(server: Watched) -> Peer:
    """Ourselves as a peer, with a world to work on."""
    stage, _ = run(set_stages(server.origin, PIECES))
    return replace(
        OURS,
        read=partial(READ.play, stage),
        change=partial(LOGOUT.play, stage),
        reset=partial(_reset_by_wire, stage.admin("POST", "reset", {})),
    )


async def _reset_by_wire(call: bytes, wire: Wire, _number: int) -> None:
    await wire.must(call)


def measure(driver: Driver, folder: Path) -> list[Result]:
    """Start all of them, and measure them in interleaved rounds."""
    results, servers = [], {}
    for peer in (OURS, *PEERS):
        print(f"starting {peer.name}", file=sys.stderr, flush=True)
        starts = []
        for number in range(_STARTS):
            with started(peer, folder / f"{peer.name}-{number}") as (_, taken):
                starts.append(taken)
        results.append(Result(peer=peer, start=median(starts)))
    with ExitStack() as stack:
        for result in results:
            server, _ = stack.enter_context(started(result.peer, folder / result.peer.name))
            servers[result.peer.name] = server
        time.sleep(2)
        for result in results:
            server = servers[result.peer.name]
            result.idle = server.memory()
            run(_prepared(server.origin, result.peer))
            if result.peer is OURS:
                result.peer = _staged(server)
            print(f"warming up {result.peer.name}", file=sys.stderr, flush=True)
            _round(driver, server, result.peer, _WARM_UP)
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", file=sys.stderr, flush=True)
            for result in results:
                server = servers[result.peer.name]
                for kind, measured in _round(driver, server, result.peer, PIECES).items():
                    result.work.setdefault(kind, []).append(measured)
        for result in results:
            result.after = servers[result.peer.name].memory()
    return results


def _round(driver: Driver, server: Watched, peer: Peer, pieces: int) -> dict[str, Measured]:
    found = {}
    for kind in _KINDS:
        script = getattr(peer, kind)
        if script is None:
            continue
        many = pieces
        if kind == "reset":
            many = _RESETS
        elif peer.name == OURS.name:
            # There are only so many logins until the next reset.
            many = min(pieces, PIECES)
        connections = 1 if kind == "reset" else 16
        found[kind] = driver.drive(server, script, range(many), connections=connections)
    return found


def sections(results: list[Result]) -> list[Section]:
    """The tables and the pictures."""
    work, rest = [], []
    for result in results:
        typical = {kind: Measured.typical(rounds) for kind, rounds in result.work.items()}
        name = f"{result.peer.name} {result.peer.version()}"
        cells = [name]
        for kind in ("read", "change"):
            one = typical.get(kind)
            cells += (
                [f"{one.per_second:,.0f}", f"{one.cpu:,.0f} µs", f"{one.p99:.1f} ms"]
                if one
                else ["none"] * 3
            )
        work.append(tuple(cells))
        reset = typical.get("reset")
        rest.append(
            (
                name,
                f"{reset.p50:.1f} ms" if reset else "none",
                f"{result.start:,.0f} ms",
                f"{result.idle / 2**20:,.0f} MiB",
                f"{result.after / 2**20:,.0f} MiB",
                result.peer.notes,
            )
        )
    return [
        Section(
            title="Reading and changing state",
            text=(
                "Sixteen connections, each with the next call as soon as the last one is answered; "
                f"medians of {ROUNDS} interleaved rounds of {PIECES:,} calls, after {_WARM_UP:,} to "
                "warm up. CPU is that of the peer's processes, in all their threads, per call."
            ),
            head=("peer", "reads/s", "CPU", "p99", "changes/s", "CPU", "p99"),
            rows=tuple(work),
            charts=(
                _chart(results, "change", "cpu", "CPU per change of state", "µs"),
                _chart(results, "change", "p99", "p99 of a change of state", "ms"),
            ),
        ),
        Section(
            title="Resetting, starting, memory",
            text=(
                f"The median of {_RESETS} resets by one client, round by round; of {_STARTS} starts, from "
                "the command to the first answer; memory before anybody called, and after the run."
            ),
            head=("peer", "reset", "cold start", "idle", "after", "its work"),
            rows=tuple(rest),
        ),
    ]


def _chart(results: list[Result], kind: str, figure: str, title: str, unit: str) -> Chart:
    bars = []
    for result in results:
        if kind in result.work:
            value = getattr(Measured.typical(result.work[kind]), figure)
            ours = result.peer.name == OURS.name
            bars.append(
                Bar(name=result.peer.name, value=value, text=f"{value:,.0f} {unit}", ours=ours)
            )
    return Chart(title=title, bars=tuple(bars))


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="make bench-peers", description=__doc__)
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder for the table and picture")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, driving() as driver:
        found = sections(measure(driver, Path(scratch)))
    print(write("peers", "make bench-peers", found, asked.to))


if __name__ == "__main__":
    main()
