"""How quick seeding a large world is, beside bare Core inserts of the same rows in one transaction."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from sqlalchemy import create_engine, insert

from simulator.cli.server.loops import run
from simulator.ids import Ids
from simulator.keys import Keys
from simulator.scenarios import compiling
from simulator.scenarios.library import Library
from simulator.scenarios.loading import validate
from simulator.scenarios.models import ScenarioDocument
from simulator.services.context import AppContext
from simulator.services.control import sandboxes, seeding
from simulator.services.control.sandboxes import Wanted
from simulator.services.observe.journal import Journal
from simulator.storage import tables
from simulator.storage.engine.opening import open_engine
from simulator.storage.worlds.entity_mapping import BY_ENTITY, KINDS

from .growth import generated
from .load import CLOCK
from .report import Section, times

PROFILES: Final = 100_000
ROUNDS: Final = 3


def world(profiles: int) -> ScenarioDocument:
    """A scenario of so many profiles, without the samples."""
    lists: dict[str, Any] = {
        "service_providers": [{"id": "REF30"}],
        "mvpds": [{"id": "Cablevision"}],
        "integrations": [{"service_provider": "REF30", "mvpd": "Cablevision"}],
    }
    members = {name: each for name, each in generated(profiles).items() if name != "extends"}
    return validate(members | lists)


async def seeded(document: ScenarioDocument, db: Path) -> float:
    """Seconds that seeding takes, with somebody watching how far it is."""
    engine = await open_engine(str(db), CLOCK)
    try:
        ids = Ids()
        simulator = AppContext(
            engine=engine,
            keys=await Keys.load(engine, CLOCK, ids),
            clock=CLOCK,
            ids=ids,
            library=Library(),
            journal=Journal(engine, CLOCK),
        )
        at = (await sandboxes.create(simulator, Wanted(name="large"))).details.ref
        shown: list[int] = []
        began = CLOCK.elapsed()
        await seeding.seed(simulator, at, document, lambda done, _total: shown.append(done))
        seconds = CLOCK.elapsed() - began
        if len(shown) < document_size(document) // 10_000:
            raise AssertionError("nobody could have watched the progress")
        return seconds
    finally:
        await engine.close()


def document_size(document: ScenarioDocument) -> int:
    """About how many records a document has."""
    return compiling.count_hint(document)


def inserted(document: ScenarioDocument, db: Path) -> float:
    """Seconds that plain Core inserts of the document's rows take, which are made beforehand."""
    rows: dict[str, list[dict[str, object]]] = {}
    for record in compiling.records(document):
        kind = BY_ENTITY[type(record)]
        rows.setdefault(kind.name, []).append(kind.row(record, layer=1, epoch=0))
    engine = create_engine(f"sqlite:///{db}")
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(tables.layer), {"id": 1, "stack": "1", "created": 0})
        began = CLOCK.elapsed()
        for kind in KINDS:
            if found := rows.get(kind.name):
                connection.execute(insert(kind.table), found)
        connection.commit()
        return CLOCK.elapsed() - began


def _rounds(folder: Path, profiles: int) -> Iterator[tuple[float, float]]:
    document = world(profiles)
    for number in range(ROUNDS):
        seconds = run(partial(seeded, document, folder / f"seeded-{number}.db")())
        yield seconds, inserted(document, folder / f"inserted-{number}.db")


def section(folder: Path, profiles: int = PROFILES) -> Section:
    """The table."""
    rounds = [*_rounds(folder, profiles)]
    ours, bare = (median(column) for column in zip(*rounds, strict=True))
    ratio = median(inserts / seeds for seeds, inserts in rounds)
    return Section(
        title="Seeding",
        text=(
            f"A scenario of {profiles:,} generated profiles with their households and devices, seeded "
            "with its progress watched: making the records, checking them, and storing them, a thousand "
            "at a time, so that devices have their turn. Beside it, bare Core `insert`s of the same "
            f"rows, made beforehand, in one transaction. Medians of {ROUNDS} interleaved rounds."
        ),
        head=("profiles", "seeding", "bare inserts", "rate, bare inserts are 1"),
        rows=((f"{profiles:,}", f"{ours:.1f} s", f"{bare:.1f} s", times(ratio)),),
    )
