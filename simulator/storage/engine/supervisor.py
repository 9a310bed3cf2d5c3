"""The condition of the database: noticed by what fails, and asked for until it is well again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Final

from simulator.storage.errors import DatabaseFullError, DatabaseUnavailableError

log: Final = logging.getLogger(__name__)

PATIENCE: Final = 1.5
"""Seconds within which a database that is there answers the simplest question."""

# Seconds from one look to the next while it is not well.
_PAUSE: Final = 0.25
# Whoever writes shows that it is full; the journal, which always has something to write then, tries
# again every half second.
_PAUSE_WHEN_FULL: Final = 1.25
# Seconds in which at least one of the units under way should come to its end.
_STRIDE: Final = 0.5


class Condition(StrEnum):
    """How the database is."""

    READY = "ready"
    SLOW = "slow"
    AWAY = "away"
    FULL = "full"


class Supervisor:
    """Knows the condition of a database, and `problem`, what is wrong while it is away or full.

    `check` asks the database the simplest question, and raises whatever keeps it from an answer. It is not
    asked while all goes well: whoever fails says so with `failed`, and it is looked at until it is
    back. `on_away` is called each time that it is found to be away.
    """

    def __init__(
        self, check: Callable[[], Awaitable[None]], *, on_away: Callable[[], None] | None = None
    ) -> None:
        self.condition = Condition.READY
        self.problem: DatabaseUnavailableError | None = None
        self.under_way = 0
        """Units that have begun, where `watch` is to look after them."""
        self.ended = 0
        """How many have ended so far."""
        self._check = check
        self._on_away = on_away
        self._suspected = False
        self._stopped = False
        self._looking: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._asked: asyncio.Future[None] | None = None

    @property
    def away(self) -> bool:
        """Whether nobody needs to try."""
        return self.condition is Condition.AWAY

    def failed(self, error: DatabaseUnavailableError) -> None:
        """Take note of an error: that it is full is known by that, all else is looked into."""
        if isinstance(error, DatabaseFullError) and not self.away:
            self._become(Condition.FULL, error)
        self.suspect()

    def suspect(self) -> None:
        """Look at the database soon, and until it is well."""
        self._suspected = True
        if not self._stopped and (self._looking is None or self._looking.done()):
            self._looking = asyncio.get_running_loop().create_task(self._look())

    def watch(self) -> None:
        """From now on look at the database as well when none of the units under way comes to its end."""
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Look no more."""
        self._stopped = True
        tasks = [each for each in (self._looking, self._watching) if each is not None]
        for each in tasks:
            each.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._asked is not None:
            self._asked.cancel()

    async def _look(self) -> None:
        while self._suspected:
            self._suspected = False
            if self.condition is Condition.FULL:
                await asyncio.sleep(_PAUSE_WHEN_FULL)
            problem = await self._found()
            if problem is not None:
                full = isinstance(problem, DatabaseFullError)
                self._become(Condition.FULL if full else Condition.AWAY, problem)
                self._suspected = True
            elif not self._suspected:
                self._become(Condition.READY, None)
            if self._suspected:
                await asyncio.sleep(_PAUSE)

    async def _found(self) -> DatabaseUnavailableError | None:
        """What is wrong with the database, found out within `PATIENCE`."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.ensure_future(self._check())
            # It may fail when nobody waits for it any more.
            self._asked.add_done_callback(lambda late: late.cancelled() or late.exception())
        # It goes on: what cannot be given up, as a thread that waits for a disk, is asked once only.
        done, _ = await asyncio.wait([self._asked], timeout=PATIENCE)
        try:
            if done:
                self._asked.result()
                return None
        except TimeoutError:
            pass
        except DatabaseUnavailableError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no answer
            return DatabaseUnavailableError(str(error) or type(error).__name__)
        return DatabaseUnavailableError(f"it has not answered for {PATIENCE} seconds")

    async def _watch(self) -> None:
        while True:
            ended, waited = self.ended, self.under_way > 0
            await asyncio.sleep(_STRIDE)
            stuck = waited and self.under_way > 0 and self.ended == ended
            if stuck and not self.away:
                if (problem := await self._found()) is not None:
                    self._become(Condition.AWAY, problem)
                    self.suspect()
                elif self.ended == ended:
                    self._become(Condition.SLOW, None)
            elif not stuck and self.condition is Condition.SLOW:
                self._become(Condition.READY, None)

    def _become(self, condition: Condition, problem: DatabaseUnavailableError | None) -> None:
        before, self.condition, self.problem = self.condition, condition, problem
        if condition is Condition.AWAY and self._on_away is not None:
            self._on_away()
        if condition is before:
            return
        if condition is Condition.READY:
            log.info("the database is back; it was %s", before.value)
        else:
            reason = f": {problem}" if problem is not None else ""
            log.warning("the database is %s%s", condition.value, reason)
