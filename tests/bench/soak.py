"""Whether a simulator that is used for long stays as quick and as small as it was.

Run by `make bench ARGS=soak`: seed, an app's journey, and a reset, over and over, in one
process on one database file. Each round takes a minute by the simulator's clock, so that what it leaves
behind is swept away meanwhile, as in earnest. Read the ratios, which compare within one run.
"""

import os
import statistics
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from simulator.app import create_app
from simulator.cli.server.loops import run
from simulator.http.endpoint import CONTEXT
from simulator.services.control.housekeeping import GRACE, sweep
from simulator.settings import Settings
from simulator.storage.worlds import sweeping
from tests.sandboxes.journeys import journey
from tests.sandboxes.places import Place, marked, open_place
from tests.support.clock import ManualClock
from tests.support.lab import Lab

from .processes import database_size, resident
from .report import Section, times

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROUNDS: Final = 500
SAMPLE: Final = 50
"""So many rounds at the beginning are compared with as many at the end."""

STEPS: Final = ("seed", "journey", "reset")


@dataclass(frozen=True, kw_only=True)
class Soaked:
    """What the rounds took, by step in milliseconds, what they left, and how many layers were to be swept."""

    taken: Mapping[str, list[float]] = field(default_factory=lambda: {name: [] for name in STEPS})
    memory: list[int] = field(default_factory=list)
    database: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        return len(self.taken["seed"])

    def medians(self, step: str) -> tuple[float, float]:
        """The median of the first and of the last rounds."""
        taken, size = self.taken[step], min(SAMPLE, self.rounds)
        return statistics.median(taken[:size]), statistics.median(taken[-size:])


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
    assert lab.client.app is not None
    simulator = lab.client.app[CONTEXT]
    for number in range(rounds):
        await _round(place, f"round-{number}", found)
        found.waiting.append(await simulator.engine.query(sweeping.count_waiting))
        lab.clock.advance(minutes=1)
        # The test client keeps every answer until it is closed, which would be all that grows.
        lab.client._responses.clear()
        found.memory.append(resident(os.getpid()))
        found.database.append(database_size(db))
    await sweep(simulator, before=lab.clock.now() + GRACE)
    found.database.append(database_size(db))
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


def figures(found: Soaked) -> list[tuple[str, ...]]:
    """The figures: at first, in the end, and the ratio."""
    shown: list[tuple[str, ...]] = []
    for step in STEPS:
        first, last = found.medians(step)
        shown.append((f"{step}, median", f"{first:.1f} ms", f"{last:.1f} ms", times(last / first)))
    size = min(SAMPLE, found.rounds)
    for name, values in (("memory", found.memory), ("database", found.database)):
        # The first rounds fill caches, so they are no measure.
        start, end = values[min(size, len(values)) - 1], values[-1]
        ratio = times(end / start) if start else "-"
        shown.append((name, f"{start / 2**20:.1f} MiB", f"{end / 2**20:.1f} MiB", ratio))
    start, end = max(found.waiting[:size]), max(found.waiting[-size:])
    shown.append(("layers to be swept, at most", f"{start}", f"{end}", times(end / start)))
    return shown


def section(folder: Path, rounds: int = ROUNDS) -> Section:
    """Soak, and show the table."""
    found = run(_soaked(folder / "soak.db", rounds))
    size = min(SAMPLE, found.rounds)
    return Section(
        title="Soak",
        text=(
            f"{found.rounds} times seed, an app's journey and a reset in one process: the first {size} "
            f"rounds beside the last {size}, and what is held after round {size} and in the end. The "
            f"database was {max(found.database) / 2**20:.1f} MiB at most."
        ),
        head=("step", "at first", "in the end", "ratio"),
        rows=tuple(figures(found)),
    )


async def _soaked(db: Path, rounds: int) -> Soaked:
    async with laboratory(db) as lab:
        return await soak(lab, db, rounds)
