"""What goes on by itself: leases end, and layers that nobody holds are swept away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from simulator.storage import codes, merging, sweeping

from . import leases
from .simulator import Simulator

log: Final = logging.getLogger(__name__)

# Requests that began before a layer was let go of may still be answered from it for this long.
GRACE: Final = 30_000
_PAUSE: Final = 1.0
# Rows in one bite: some milliseconds of writing, between which the devices have their turn.
_BITE: Final = 200
_MOST_CODES: Final = 10_000


async def keep_house(simulator: Simulator) -> None:
    """Keep house until cancelled."""
    await simulator.engine.transact(partial(sweeping.remember_forgotten, now=simulator.clock.now()))
    await simulator.engine.transact(
        partial(codes.forget_old, now=simulator.clock.now(), limit=_MOST_CODES)
    )
    while True:
        try:
            await leases.give_back_due(simulator)
            await sweep(simulator, before=simulator.clock.now() - GRACE)
            await simulator.journal.sweep()
        except DBAPIError:
            log.exception("housekeeping failed; it will be tried again")
        await asyncio.sleep(_PAUSE)


async def sweep(simulator: Simulator, *, before: int) -> int:
    """Sweep or merge the layers that were let go of before an instant, and say how many went."""
    engine, gone = simulator.engine, 0
    while await engine.query(partial(sweeping.anything_ripe, before=before)):
        layer = await engine.transact(partial(sweeping.next_to_sweep, before=before))
        if layer is not None:
            now = simulator.clock.now()
            bite = partial(sweeping.sweep, layer_id=layer, limit=_BITE, now=now)
            await _in_bites(simulator, engine.transact, bite)
        else:
            layer = await engine.transact(partial(merging.next_to_merge, before=before))
            if layer is None:
                break
            bite = partial(merging.merge, layer_id=layer, limit=_BITE)
            await _in_bites(simulator, engine.transact_alone, bite)
        gone += 1
    if gone:
        await engine.shrink()
    return gone


async def _in_bites(
    simulator: Simulator,
    transact: Callable[[Callable[[Connection], bool]], Awaitable[bool]],
    bite: Callable[[Connection], bool],
) -> None:
    """Repeat `bite` until it says that it is done; half of the time at most belongs to it."""
    done = False
    while not done:
        started = simulator.clock.elapsed()
        done = await transact(bite)
        await asyncio.sleep(0 if done else simulator.clock.elapsed() - started)
