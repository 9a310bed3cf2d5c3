"""What resetting, snapshots, restoring and cloning cost as worlds grow, and what seeding costs.

Run by `make bench`. Figures are medians in milliseconds; read the ratios, which compare within one
run. Seeding is compared with bare Core inserts of the same rows in one transaction.
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, insert

from simulator.clock import SystemClock
from simulator.ids import Ids
from simulator.keys import Keys
from simulator.scenarios import compiling
from simulator.scenarios.library import Library
from simulator.scenarios.loading import validate
from simulator.scenarios.models import ScenarioDocument
from simulator.services import sandboxes, seeding, snapshots
from simulator.services.sandboxes import Wanted
from simulator.services.simulator import Simulator
from simulator.storage import tables
from simulator.storage.engine import open_engine
from simulator.storage.kinds import BY_ENTITY
from simulator.storage.sandboxes import Head

SIZES = (10, 1_000, 100_000, 1_000_000)
ROUNDS = 60
CLOCK = SystemClock()


def world(profiles: int) -> ScenarioDocument:
    """A scenario of so many profiles, two to a household."""
    return validate(
        {
            "name": f"world-of-{profiles}",
            "service_providers": [{"id": "REF30"}],
            "mvpds": [{"id": "Cablevision"}],
            "integrations": [{"service_provider": "REF30", "mvpd": "Cablevision"}],
            "generate": {
                "seed": 7,
                "service_provider": "REF30",
                "mvpds": ["Cablevision"],
                "subscribers": profiles // 2,
                "devices_each": 2,
            },
        }
    )


async def measured(action: Callable[[], Awaitable[object]]) -> float:
    """How many milliseconds `action` takes."""
    started = CLOCK.elapsed()
    await action()
    return (CLOCK.elapsed() - started) * 1000


async def costs(simulator: Simulator, at: Head) -> dict[str, float]:
    """The median of each operation on the sandbox, a few changes made before each reset."""
    names = count()
    taken: dict[str, list[float]] = {"snapshot": [], "restore": [], "clone": [], "reset": []}
    for _ in range(ROUNDS):
        snapshot, clone = f"s{next(names)}", f"{at.name}-{next(names)}"
        taken["snapshot"].append(await measured(partial(snapshots.take, simulator, at, snapshot)))
        taken["restore"].append(await measured(partial(snapshots.restore, simulator, at, snapshot)))
        wanted = Wanted(name=clone, sandbox=at.name)
        taken["clone"].append(await measured(partial(sandboxes.create, simulator, wanted)))
        taken["reset"].append(await measured(partial(seeding.reset, simulator, at)))
        await snapshots.discard(simulator, at, snapshot)
        await sandboxes.delete(simulator, clone)
    return {name: statistics.median(values) for name, values in taken.items()}


def bare_inserts(document: ScenarioDocument, path: Path) -> float:
    """Seconds that plain Core inserts of the document's rows take, made beforehand."""
    rows: dict[str, list[dict[str, object]]] = {}
    for record in compiling.records(document):
        kind = BY_ENTITY[type(record)]
        rows.setdefault(kind.name, []).append(kind.row(record, layer=1, epoch=0))
    engine = create_engine(f"sqlite:///{path}")
    tables.metadata.create_all(engine)
    kinds = {kind.name: kind for kind in BY_ENTITY.values()}
    with engine.begin() as connection:
        connection.execute(insert(tables.layer), {"id": 1, "stack": "1", "created": 0})
        started = CLOCK.elapsed()
        for name, found in rows.items():
            connection.execute(insert(kinds[name].table), found)
        connection.commit()
        return CLOCK.elapsed() - started


async def main(sizes: tuple[int, ...], folder: Path) -> None:
    """Measure worlds of these sizes and print the tables."""
    engine = await open_engine(str(folder / "worlds.db"), CLOCK)
    ids = Ids()
    simulator = Simulator(
        engine=engine,
        keys=await Keys.load(engine, CLOCK, ids),
        clock=CLOCK,
        ids=ids,
        library=Library(),
    )
    try:
        found: dict[int, dict[str, float]] = {}
        for size in sizes:
            print(f"seeding {size:,} profiles …", file=sys.stderr, flush=True)
            at = await sandboxes.create(simulator, Wanted(name=f"world-{size}"))
            seconds = (await measured(partial(seeding.seed, simulator, at, world(size)))) / 1000
            found[size] = {**await costs(simulator, at), "seed": seconds}
        smallest = found[sizes[0]]
        print("\n| profiles | reset | snapshot | restore | clone | seeding |")
        print("|---|---|---|---|---|---|")
        for size, costs_of in found.items():
            cells = [
                f"{costs_of[name]:.2f} ms ({costs_of[name] / smallest[name]:.2f} x)"
                for name in ("reset", "snapshot", "restore", "clone")
            ]
            print(f"| {size:,} | {' | '.join(cells)} | {costs_of['seed']:.1f} s |")
        compared = 100_000 if 100_000 in sizes else sizes[-1]
        bare = bare_inserts(world(compared), folder / "bare.db")
        ratio = bare / found[compared]["seed"]
        print(
            f"\nSeeding {compared:,} profiles with their households: {found[compared]['seed']:.1f} s; "
            f"bare Core inserts of the same rows: {bare:.1f} s; {ratio:.2f} of their rate."
        )
    finally:
        await engine.close()


if __name__ == "__main__":
    chosen = tuple(int(each) for each in sys.argv[1:]) or SIZES
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(main(chosen, Path(scratch)))
