"""What goes on by itself: leases end, and layers that nobody holds are swept away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final, TypeVar

from simulator.clock import SystemClock
from simulator.services.context import AppContext
from simulator.storage.errors import DatabaseError, DatabaseUnavailableError
from simulator.storage.worlds import codes, merging, sweeping

from . import leases

T = TypeVar("T")

log: Final = logging.getLogger(__name__)

# Requests that began before a layer was let go of may still be answered from it for this long.
GRACE: Final = 30_000
_PAUSE: Final = 1.0
# Rows in one bite: a millisecond or two of writing, which whoever comes meanwhile has to wait for.
_BITE: Final = 200
# What a bite took, this many times, is left to the devices before the next one.
_REST: Final = 9
# What comes in as fast as it goes must not pile up: each bite of a row adds so much to the haste, by
# which bites grow and rests shrink; up to some milliseconds a bite, and as long a rest.
_HASTE: Final = 0.1
_MOST_HASTE: Final = 20
_MOST_CODES: Final = 10_000


async def run_housekeeping(simulator: AppContext) -> None:
    """Keep house until cancelled."""
    now = simulator.clock.now()
    for once in (
        partial(sweeping.remember_forgotten, now=now),
        partial(codes.forget_old, now=now, limit=_MOST_CODES),
    ):
        done = False
        while not done:
            done = await _tried(partial(simulator.engine.transact, once, moves=()))
            await asyncio.sleep(0 if done else _PAUSE)
    # Leases end in time, however much there is to sweep.
    async with asyncio.TaskGroup() as group:
        group.create_task(_over_and_over(lambda: leases.give_back_due(simulator)))
        group.create_task(_over_and_over(lambda: _sweep_up(simulator)))


async def _over_and_over(chore: Callable[[], Awaitable[object]]) -> None:
    while True:
        await _tried(chore)
        await asyncio.sleep(_PAUSE)


async def _tried(chore: Callable[[], Awaitable[object]]) -> bool:
    """Whether it could be done; else it will be tried again."""
    try:
        await chore()
    except DatabaseUnavailableError as error:
        # Of which the engine tells itself.
        log.debug("housekeeping waits for the database: %s", error)
        return False
    except DatabaseError:
        log.exception("housekeeping failed; it will be tried again")
        return False
    return True


async def _sweep_up(simulator: AppContext) -> None:
    await sweep(simulator, before=simulator.clock.now() - GRACE)
    await simulator.journal.sweep()


class Pace:
    """Bites and the rests between them, for as long as there is something to do.

    `pause` is the rest that is due before the next bite, in seconds.
    """

    def __init__(self, clock: SystemClock) -> None:
        self.pause = 0.0
        self._clock = clock
        self._haste = 1.0

    @contextmanager
    def bite(self) -> Iterator[int]:
        """Measure what a bite takes, which may be as many rows as this says.

        To have waited for others is no part of it: under load, less and less would be swept.
        """
        started = self._clock.elapsed()
        try:
            yield int(_BITE * self._haste)
        finally:
            rest = (self._clock.elapsed() - started) * max(1, _REST / self._haste)
            self.pause = min(rest, _PAUSE)
            self._haste = min(self._haste + _HASTE, _MOST_HASTE)

    def measured(self, work: Callable[..., T]) -> Callable[..., T]:
        """`work`, with as many rows as its `limit` as a bite may be, measured where it is carried out."""

        def bite(*transaction: object) -> T:
            with self.bite() as rows:
                return work(*transaction, limit=rows)

        return bite

    async def rest(self) -> None:
        """Wait until it is time for the next bite."""
        await asyncio.sleep(self.pause)


async def sweep(simulator: AppContext, *, before: int, pace: Pace | None = None) -> int:
    """Sweep or merge the layers that were let go of before an instant, and say how many went."""
    engine, clock, gone = simulator.engine, simulator.clock, 0
    pace = pace or Pace(clock)

    while await engine.query(partial(sweeping.anything_ripe, before=before), quick=True):
        await pace.rest()
        bite = partial(sweeping.bite, before=before, now=clock.now())
        found, swept = await engine.transact(pace.measured(bite), moves=())
        gone += swept
        if not found:
            layer = await engine.query(partial(merging.next_to_merge, before=before))
            if layer is None:
                break
            await _merge(simulator, layer, pace)
            gone += 1
    if gone:
        await _shrink(simulator, pace)
    return gone


async def _merge(simulator: AppContext, layer: int, pace: Pace) -> None:
    bite, done = pace.measured(partial(merging.merge, layer_id=layer)), False
    while not done:
        await pace.rest()
        done = await simulator.engine.transact_alone(bite)


async def _shrink(simulator: AppContext, pace: Pace) -> None:
    more = True
    while more:
        await pace.rest()
        with pace.bite():
            more = await simulator.engine.shrink()
