"""Whether the instance can answer devices, and making it so at the first start."""

import asyncio
import logging
from functools import partial
from typing import Final

from simulator.clock import SystemClock
from simulator.scenarios.library import Library
from simulator.storage.engine.base import Engine
from simulator.storage.errors import ConflictError, DatabaseError
from simulator.storage.worlds import layers, lifecycle, sandboxes
from simulator.storage.worlds.sandboxes import DEFAULT, UnknownSandbox

log: Final = logging.getLogger(__name__)


class _Told:
    """Progress in the log, at each tenth of a world that is large enough to wait for."""

    def __init__(self, scenario: str) -> None:
        self._scenario = scenario
        self._tenths = 0

    def __call__(self, done: int, total: int) -> None:
        tenths = 10 * done // total
        if total >= _LARGE and self._tenths < tenths:
            self._tenths = tenths
            told = {"scenario": self._scenario, "done": done, "total": total}
            log.info("seeding", extra=told)


_LARGE: Final = 20_000


_PATIENCE: Final = 1.5


async def problem(engine: Engine) -> str | None:
    """Why devices cannot be answered now, found out within two seconds; None when they can be."""
    if engine.supervisor.problem is not None:
        return f"the database is {engine.supervisor.condition}: {engine.supervisor.problem}"
    asked = asyncio.ensure_future(_is_seeded(engine))
    await asyncio.wait([asked], timeout=_PATIENCE)
    if not asked.done():
        engine.supervisor.suspect()
        asked.add_done_callback(lambda late: late.cancelled() or late.exception())
        return f"the database has not answered for {_PATIENCE} seconds"
    try:
        return None if asked.result() else f"there is no sandbox '{DEFAULT}'"
    except DatabaseError as error:
        return f"the database does not answer: {error}"


async def _is_seeded(engine: Engine) -> bool:
    try:
        await engine.query(partial(sandboxes.ref, name=DEFAULT))
    except UnknownSandbox:
        return False
    return True


async def prepare(engine: Engine, clock: SystemClock, library: Library, scenario: str) -> None:
    """Make the sandbox `default` from the `scenario` of `library` where there is none yet.

    A restart keeps the state. Raises `UnknownScenario`, `ScenarioError` or `DatabaseError`.
    """
    if await _is_seeded(engine):
        return
    document, sound = await asyncio.to_thread(library.examine, scenario)
    # A restart seeds nothing, and has no use for all that it takes.
    from . import seeding

    baseline = await seeding.lay(engine, clock, document, sound, _Told(scenario))
    counts = await engine.query(partial(layers.rows_in, layer_id=baseline.layer))
    make = partial(lifecycle.create, name=DEFAULT, baseline=baseline, now=clock.now())
    try:
        await engine.transact(make, moves=(DEFAULT,))
    except ConflictError:
        log.info("another process has made the sandbox %s meanwhile", DEFAULT)
    else:
        log.info("seeded", extra={"sandbox": DEFAULT, "scenario": scenario, "records": counts})
        for each in sound.warnings:
            log.warning("%s", each.as_warning(), extra={"scenario": scenario})
