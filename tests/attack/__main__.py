"""`make attack`: what is done to the simulator that nobody should do, and how often it gave way.

Everything stays on loopback, with a PostgreSQL cluster of its own. Ends with a table, and with status 1 where
anything but zeros stands in it.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.report import table

from . import crowds, disk, ends, fuzz
from .cluster import Cluster, cluster
from .tally import HEAD, Tally, row


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """How often each attack is tried."""

    kills: int
    kills_on_postgresql: int
    terminations: int
    restarts: int
    fuzzed: int
    idle: int
    bombs: int
    full_disks: int


AMOUNTS: Final[Mapping[str, Amounts]] = {
    "short": Amounts(
        kills=2, kills_on_postgresql=1, terminations=10, restarts=1,
        fuzzed=2_000, idle=300, bombs=5, full_disks=1,
    ),
    "usual": Amounts(
        kills=30, kills_on_postgresql=15, terminations=100, restarts=4,
        fuzzed=60_000, idle=2_000, bombs=20, full_disks=5,
    ),
    "full": Amounts(
        kills=200, kills_on_postgresql=100, terminations=500, restarts=20,
        fuzzed=1_000_000, idle=5_000, bombs=100, full_disks=20,
    ),
}  # fmt: skip

Attack = Callable[[Path, Cluster, Amounts], Awaitable[Tally]]

ON_POSTGRESQL: Final[Mapping[str, Attack]] = {
    "kills-postgresql": lambda at, own, many: ends.of_postgresql(at, own, many.kills_on_postgresql),
    "terminations": lambda at, own, many: ends.terminations(at, own, many.terminations),
    "restarts": lambda at, own, many: ends.restarts(at, own, many.restarts),
}
OTHERS: Final[Mapping[str, Callable[[Path, Amounts], Awaitable[Tally]]]] = {
    "kills": lambda at, many: ends.of_file(at, many.kills),
    "fuzz": lambda at, many: fuzz.fuzz(at, many.fuzzed),
    "idle": lambda at, many: crowds.idle(at, many.idle),
    "bombs": lambda at, many: crowds.bombs(at, many.bombs),
    "disk": lambda at, many: disk.full(at, many.full_disks),
}


def attack(names: list[str], amounts: Amounts) -> list[Tally]:
    """Carry out the attacks of these names, or all."""
    found = []
    for name, begin in OTHERS.items():
        if name in names or not names:
            with tempfile.TemporaryDirectory() as scratch:
                found.append(asyncio.run(_finished(begin(Path(scratch), amounts))))
    wanted = [name for name in ON_POSTGRESQL if name in names or not names]
    if not wanted:
        return found
    with tempfile.TemporaryDirectory() as scratch, cluster(Path(scratch)) as own:
        for name in wanted:
            if own is None:
                found.append(Tally(attack=name, note="skipped: PostgreSQL is not installed"))
                continue
            with tempfile.TemporaryDirectory() as folder:
                found.append(
                    asyncio.run(_finished(ON_POSTGRESQL[name](Path(folder), own, amounts)))
                )
    return found


async def _finished(attacking: Awaitable[Tally]) -> Tally:
    return await attacking


def main() -> int:
    """Print the table; the exit status."""
    parser = argparse.ArgumentParser(prog="make attack", description=__doc__)
    names = [*OTHERS, *ON_POSTGRESQL]
    parser.add_argument(
        "words",
        nargs="*",
        choices=[*names, *AMOUNTS, []],
        metavar="WORD",
        help=f"any of {', '.join(names)}, all if none is named; and {', '.join(AMOUNTS)}",
    )
    words = parser.parse_args().words
    amounts = next((AMOUNTS[word] for word in words if word in AMOUNTS), AMOUNTS["usual"])
    found = attack([word for word in words if word in names], amounts)
    print("\n".join(table(HEAD, [row(each) for each in found])))
    return int(any(each.failures for each in found))


if __name__ == "__main__":
    sys.exit(main())
