"""Two revisions beside each other: `python -m tests.bench.revisions CHECKOUT [CASE ...]`, the other first.

A case is played to both before the next one comes, so a machine that is busy for a while is busy for both.
p99 is also in units of the disk's own fsync, measured before each round in the folder of the databases, since
that is what a durable change waits for. `--postgres` has them work on databases there instead of files.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from simulator.cli.server.loops import run

from .cases import CASES, Case
from .hot import PIECES, ROUNDS, one, reset, set_stages
from .load import CLOCK, Driver, Measured, driving
from .postgres import at_hand
from .processes import Watched
from .report import machine, table, times
from .server import benched

_NAMES: Final = {case.name: case for case in CASES}
_FSYNCS: Final = 50
_PAGE: Final = bytes(4_096)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What each case took, by round and then by server; and by round an fsync, in milliseconds."""

    cases: dict[str, list[list[Measured]]]
    fsyncs: list[float]


def fsync(scratch: Path) -> float:
    """What it takes the disk below `scratch` to keep a page for good: the median, in milliseconds."""
    took = []
    with (scratch / "fsync").open("wb", buffering=0) as file:
        for _ in range(_FSYNCS):
            file.write(_PAGE)
            began = CLOCK.elapsed()
            os.fsync(file.fileno())
            took.append((CLOCK.elapsed() - began) * 1e3)
    return median(took)


def measure(
    driver: Driver, servers: Sequence[Watched], cases: Sequence[Case], rounds: int, scratch: Path
) -> Compared:
    """Play every case to every server, round by round; a first round warms up and does not count."""
    stages = [run(set_stages(each.origin, PIECES)) for each in servers]
    found = Compared(cases={case.name: [] for case in cases}, fsyncs=[])
    for number in range(rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
        if number:
            found.fsyncs.append(fsync(scratch))
        for each, (stage, _) in zip(servers, stages, strict=True):
            run(reset(each.origin, stage))
        for case in cases:
            # Who comes first changes from round to round.
            turn = [*range(len(servers))][:: 1 if number % 2 else -1]
            took = {
                each: one(driver, servers[each], stages[each], case, PIECES, number)
                for each in turn
            }
            if number:
                found.cases[case.name].append([took[each] for each in sorted(took)])
    return found


def rows(found: Compared) -> list[tuple[str, ...]]:
    """A line of the table for each case; the ratios are medians of those of the rounds."""
    made: list[tuple[str, ...]] = []
    for name, rounds in found.cases.items():
        other, own = (Measured.typical([each[place] for each in rounds]) for place in (0, 1))
        cpu = median(mine.cpu / theirs.cpu for theirs, mine in rounds)
        p99 = median(mine.p99 / theirs.p99 for theirs, mine in rounds)
        figures = f"{other.cpu:,.0f} µs", f"{own.cpu:,.0f} µs", times(cpu)
        waits = [
            f"{median(each[place].p99 / unit for each, unit in zip(rounds, found.fsyncs, strict=True)):.1f}"
            for place in (0, 1)
        ]
        made.append(
            (name, *figures, f"{other.p99:.1f} ms", f"{own.p99:.1f} ms", *waits, times(p99))
        )
    return made


@contextmanager
def _databases(scratch: Path, *, on_postgres: bool) -> Iterator[tuple[str, str]]:
    """Where the other one and our own keep their state."""
    if not on_postgres:
        yield str(scratch / "other.db"), str(scratch / "own.db")
        return
    postgres = at_hand()
    if postgres is None:
        sys.exit(1)
    with postgres.database() as other, postgres.database() as own:
        yield postgres.of(other), postgres.of(own)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.revisions", description=__doc__)
    parser.add_argument("checkout", type=Path, help="where the other revision is checked out")
    parser.add_argument("cases", nargs="*", choices=[*_NAMES, []], metavar="CASE")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    cases = [_NAMES[name] for name in asked.cases] or CASES
    with (
        tempfile.TemporaryDirectory() as scratch,
        driving() as driver,
        _databases(Path(scratch), on_postgres=asked.postgres) as (there, here),
        benched(there, asked.checkout.resolve()) as other,
        benched(here) as own,
    ):
        found = measure(driver, (other, own), cases, asked.rounds, Path(scratch))
    head = (
        "case", "CPU there", "CPU here", "ratio",
        "p99 there", "p99 here", "in fsyncs there", "in fsyncs here", "ratio",
    )  # fmt: skip
    print("\n".join(table(head, rows(found))))
    print(f"\nAn fsync of the disk: {median(found.fsyncs):.2f} ms. {machine()}")


if __name__ == "__main__":
    main()
