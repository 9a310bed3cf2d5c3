"""`make attack`: what is done to the simulator that nobody should do, and how often it gave way.

Everything stays on loopback, with a PostgreSQL cluster of its own. Ends with a table, and with status 1 where
anything but zeros stands in it.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tests.bench.report import table

from . import crowds, disk, ends, fuzz, races, slow
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
    minutes: float
    idle: int
    slow: int
    malformed: int
    races: int
    bombs: int
    full_disks: int


AMOUNTS: Final[Mapping[str, Amounts]] = {
    "short": Amounts(
        kills=2, kills_on_postgresql=1, terminations=10, restarts=1,
        fuzzed=3_000, minutes=0.4, idle=300, slow=21, malformed=300, races=3, bombs=5, full_disks=1,
    ),
    "usual": Amounts(
        kills=30, kills_on_postgresql=15, terminations=100, restarts=4,
        fuzzed=100_000, minutes=3, idle=2_000, slow=210, malformed=5_000, races=50, bombs=20, full_disks=5,
    ),
    "full": Amounts(
        kills=200, kills_on_postgresql=100, terminations=500, restarts=20,
        fuzzed=1_000_000, minutes=60, idle=5_000, slow=700, malformed=50_000, races=500, bombs=100,
        full_disks=20,
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
    "fuzz": lambda at, many: fuzz.fuzz(at, many.fuzzed, many.minutes),
    "idle": lambda at, many: crowds.idle(at, many.idle),
    "slow": lambda at, many: slow.clients(at, many.slow),
    "malformed": lambda at, many: slow.malformed(at, many.malformed),
    "races": lambda at, many: races.races(at, many.races),
    "bombs": lambda at, many: crowds.bombs(at, many.bombs),
    "disk": lambda at, many: disk.full(at, many.full_disks),
}


def attack(names: list[str], amounts: Amounts) -> list[Tally]:
    """Carry out the attacks of these names, or all."""
    found = []
    for name, begin in OTHERS.items():
        if name in names or not names:
            with tempfile.TemporaryDirectory() as scratch:
                found.append(asyncio.run(_finished(name, begin(Path(scratch), amounts))))
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
                    asyncio.run(_finished(name, ON_POSTGRESQL[name](Path(folder), own, amounts)))
                )
    return found


async def _finished(name: str, attacking: Awaitable[Tally]) -> Tally:
    """What an attack came to, also where it was the attack itself that could not go on."""
    try:
        found = await attacking
    except Exception as error:  # noqa: BLE001 - the others go on
        found = Tally(attack=name, hangs=1, note=f"it could not go on: {error!r}"[:200])
    print(f"\r{' '.join(row(found))}", file=sys.stderr, flush=True)
    return found


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
    parser.add_argument("--minutes", type=float, help="how long the fuzz may take, at most")
    given = parser.parse_args()
    words = given.words
    amounts = next((AMOUNTS[word] for word in words if word in AMOUNTS), AMOUNTS["usual"])
    if given.minutes is not None:
        amounts = replace(amounts, minutes=given.minutes)
    found = attack([word for word in words if word in names], amounts)
    print("\n".join(table(HEAD, [row(each) for each in found])))
    return int(any(each.failures for each in found))


if __name__ == "__main__":
    sys.exit(main())
