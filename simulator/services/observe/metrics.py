"""What the database and its engine say of themselves, for whoever watches the instance."""

from dataclasses import dataclass

from simulator.domain.histogram import Histogram
from simulator.services.context import AppContext
from simulator.storage.worlds import sandboxes, sweeping


@dataclass(frozen=True, kw_only=True, slots=True)
class Gauges:
    """Where the instance stands; `batches` is None on a database without group commit."""

    sandboxes: int
    layers_to_sweep: int
    writer_queue: int
    batches: Histogram | None


async def gauges(simulator: AppContext) -> Gauges:
    """Where the instance stands now."""
    engine = simulator.engine
    # Read before our own question joins the queue.
    queue = engine.waiting
    return Gauges(
        sandboxes=await engine.query(sandboxes.count),
        layers_to_sweep=await engine.query(sweeping.count_waiting),
        writer_queue=queue,
        batches=engine.batches,
    )
