"""What the database and its engine say of themselves, for whoever watches the instance."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.domain.histogram import Histogram
from simulator.services.context import AppContext
from simulator.storage.engine.supervisor import Condition
from simulator.storage.errors import DatabaseError
from simulator.storage.worlds import sandboxes, sweeping


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauges:
    """Where the instance stands; `batches` is None on a database without group commit.

    `database` has each condition that the database can be in, and whether that is so. What it would have
    to be asked for is None while it does not answer.
    """

    database: Mapping[str, bool]
    sandboxes: int | None
    layers_to_sweep: int | None
    writer_queue: int
    batches: Histogram | None


async def gauges(simulator: AppContext) -> Gauges:
    """Where the instance stands now."""
    engine = simulator.engine
    # Read before our own question joins the queue.
    queue = engine.waiting
    found: list[int | None] = []
    for question in (sandboxes.count, sweeping.count_waiting):
        try:
            found.append(await engine.query(question))
        except DatabaseError:
            found.append(None)
    return Gauges(
        database={each.value: each is engine.supervisor.condition for each in Condition},
        sandboxes=found[0],
        layers_to_sweep=found[1],
        writer_queue=queue,
        batches=engine.batches,
    )
