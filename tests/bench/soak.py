"""Whether a simulator that is used for long stays as quick and as small as it was.

Run by `python -m tests.bench.soak [rounds]`: seed, an app's journey, and a reset, over and over, in one
process on one database file. Each round takes a minute by the simulator's clock, so that what it leaves
behind is swept away meanwhile, as in earnest. Read the ratios, which compare within one run.
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from simulator.app import create_app
from simulator.middleware.endpoints import SIMULATOR
from simulator.services.housekeeping import GRACE, sweep
from simulator.settings import Settings
from tests.sandboxes.journeys import journey
from tests.sandboxes.places import Place, marked, open_place
from tests.support.clock import ManualClock
from tests.support.lab import Lab

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROUNDS: Final = 500
SAMPLE: Final = 50
"""So many rounds at the beginning are compared with as many at the end."""

STEPS: Final = ("seed", "journey", "reset")
_STATM: Final = Path("/proc/self/statm")
_PAGE: Final = 4096


@dataclass(frozen=True, kw_only=True)
class Soaked:
    """What the rounds took, by step in milliseconds, and what they left."""

    taken: Mapping[str, list[float]] = field(default_factory=lambda: {name: [] for name in STEPS})
    memory: list[int] = field(default_factory=list)
    database: list[int] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        return len(self.taken["seed"])

    def medians(self, step: str) -> tuple[float, float]:
        """The median of the first and of the last rounds."""
        taken, size = self.taken[step], min(SAMPLE, self.rounds)
        return statistics.median(taken[:size]), statistics.median(taken[-size:])


def memory() -> int:
    """The resident set of this process in bytes; 0 where the system does not tell."""
    if not _STATM.exists():
        return 0
    return int(_STATM.read_text().split()[1]) * _PAGE


def sizes(db: Path) -> int:
    """The bytes of a database with the files that SQLite keeps beside it."""
    return sum(each.stat().st_size for each in db.parent.glob(f"{db.name}*"))


@asynccontextmanager
async def laboratory(db: Path) -> "AsyncIterator[Lab]":
    """A simulator on the database file `db`, whose time a round moves on."""
    clock = ManualClock()
    app = create_app(Settings(db=str(db), scenario="logout-samples"), clock=clock)
    client: TestClient[web.Request, web.Application] = TestClient(TestServer(app))
    async with client:
        yield Lab(client=client, clock=clock)


async def soak(lab: Lab, db: Path, rounds: int) -> Soaked:
    """So many rounds in one sandbox, each with a world of its own."""
    place = await open_place(lab, "soak")
    found = Soaked()
    for number in range(rounds):
        await _round(place, f"round-{number}", found)
        lab.clock.advance(minutes=1)
        # The test client keeps every answer until it is closed, which would be all that grows.
        lab.client._responses.clear()
        found.memory.append(memory())
        found.database.append(sizes(db))
    assert lab.client.app is not None
    simulator = lab.client.app[SIMULATOR]
    await sweep(simulator, before=lab.clock.now() + GRACE)
    found.database.append(sizes(db))
    return found


async def _round(place: Place, mark: str, found: Soaked) -> None:
    clock = place.clock
    began = clock.elapsed()
    await place.seed(marked(mark))
    seeded = clock.elapsed()
    await journey(place, mark)
    used = clock.elapsed()
    await place.admin("POST", "reset")
    for step, seconds in zip(
        STEPS, (seeded - began, used - seeded, clock.elapsed() - used), strict=True
    ):
        found.taken[step].append(seconds * 1000)


def table(found: Soaked) -> Iterable[str]:
    """The figures as a table."""
    size = min(SAMPLE, found.rounds)
    yield f"| {found.rounds} rounds | first {size} | last {size} | ratio |"
    yield "|---|---|---|---|"
    for step in STEPS:
        first, last = found.medians(step)
        yield f"| {step}, median | {first:.1f} ms | {last:.1f} ms | {last / first:.2f} |"
    for name, values in (("memory", found.memory), ("database", found.database)):
        # The first rounds fill caches, so they are no measure.
        start, end = values[min(size, len(values)) - 1], values[-1]
        ratio = f"{end / start:.2f}" if start else "-"
        yield f"| {name} | {start / 2**20:.1f} MiB | {end / 2**20:.1f} MiB | {ratio} |"
    yield ""
    yield f"The database was {max(found.database) / 2**20:.1f} MiB at most."


async def main(rounds: int, folder: Path) -> None:
    """Soak, and print the table."""
    db = folder / "soak.db"
    async with laboratory(db) as lab:
        found = await soak(lab, db, rounds)
    for line in table(found):
        print(line)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS, Path(scratch)))
