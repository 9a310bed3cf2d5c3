"""Whether the instance can answer devices, and making it so at the first start."""

import logging
from functools import partial
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError

from simulator.storage import sandboxes
from simulator.storage.sandboxes import DEFAULT, UnknownSandbox

from . import seeding
from .simulator import Simulator

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


async def is_ready(simulator: Simulator) -> bool:
    """Whether the database answers and the sandbox `default` is seeded."""
    try:
        await simulator.engine.query(partial(sandboxes.head, name=DEFAULT))
    except (UnknownSandbox, DBAPIError):
        return False
    return True


async def prepare(simulator: Simulator, scenario: str) -> None:
    """Make the sandbox `default` from `scenario` where there is none yet.

    A restart keeps the state. Raises `UnknownScenario` or `ScenarioError`.
    """
    if await is_ready(simulator):
        return
    library = simulator.library
    document = library.resolve(library.load(scenario))
    baseline, counts = await seeding.lay(simulator, document, _Told(scenario))
    make = partial(sandboxes.create, name=DEFAULT, baseline=baseline, now=simulator.clock.now())
    try:
        await simulator.engine.transact(make)
    except IntegrityError:
        log.info("another process has made the sandbox %s meanwhile", DEFAULT)
    else:
        log.info("seeded", extra={"sandbox": DEFAULT, "scenario": scenario, "records": counts})
