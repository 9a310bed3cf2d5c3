"""Keeping the journal: written behind the answers, in batches, and read as if it were not.

Entries wait in memory for at most a twentieth of a second, so a crash can lose those of the last 100 ms;
whoever reads the journal first has what waits written. When more wait than is good, requests wait too:
nothing is left out.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar

from simulator.clock import SystemClock
from simulator.domain.journal.entries import Entry, Event
from simulator.storage.engine.base import Engine
from simulator.storage.errors import DatabaseError, DatabaseUnavailableError
from simulator.storage.journal import entries
from simulator.storage.journal.entries import SandboxJournal

T = TypeVar("T")

log: Final = logging.getLogger(__name__)

LINGER: Final = 0.05
"""Seconds that entries wait for company."""

_FULL: Final = 5_000
_BATCH: Final = 500
# So many the event loop writes by itself, in one or two milliseconds: less than it costs when another
# thread contends for the interpreter, and the commit is shared with whatever else is written.
_FEW: Final = 50
_SMALL: Final = 64 * 1024
"""Bytes of bodies that the event loop goes through by itself."""

# How often a journal is trimmed while it is written anew, and the most entries that go at once.
_TRIMS: Final = 50
_TRIMMED: Final = 400

_PAUSE: Final = 0.5
# Entries in one bite of sweeping.
_BITE: Final = 500


class Journal:
    """The journal of an instance: `most` entries of each sandbox are kept, none longer than `longest` ms."""

    def __init__(
        self, engine: Engine, clock: SystemClock, *, most: int = 10_000, longest: int = 604_800_000
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._most = most
        self._longest = longest
        self._waiting: list[Entry | Event] = []
        self._recorded = 0
        self._stored = 0
        self._wake = asyncio.Event()
        self._flush_requested = asyncio.Event()
        self._written = asyncio.Event()
        # How many entries each sandbox got since its journal was trimmed, and whose may have too many.
        self._since_trim: dict[int, int] = {}
        self._full: set[int] = set()
        self._ended = False
        self.closing = False

    @property
    def waiting(self) -> int:
        """How many entries are not written yet."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether too many entries wait to be written."""
        return len(self._waiting) >= _FULL

    def record(self, entry: Entry | Event) -> None:
        """Remember `entry`; it will be written soon."""
        self._waiting.append(entry)
        self._recorded += 1
        self._wake.set()
        if len(self._waiting) >= _FEW:
            # These are company enough: a little now holds up the devices less than more later.
            self._flush_requested.set()

    async def wait_for_capacity(self) -> None:
        """Wait while too many entries wait to be written."""
        while self.full:
            await self.flush()

    async def flush(self) -> None:
        """Return once all that was recorded before is written."""
        goal = self._recorded
        while self._stored < goal:
            self._flush_requested.set()
            await self._written.wait()

    async def up_to_date(self) -> None:
        """Return once whatever was answered before, here or by another process, can be read."""
        await self.flush()
        if self._engine.shared:
            await asyncio.sleep(2 * LINGER)

    async def query(self, sandbox: int, question: Callable[[SandboxJournal], T]) -> T:
        """The answer to `question` from what is written by now of the sandbox with this number."""
        return await self._engine.query(
            lambda connection: question(SandboxJournal(connection, sandbox))
        )

    async def wait_for_write(self, timeout: float) -> None:  # noqa: ASYNC109 - not to be told is no error
        """Return when something was written, at the latest after `timeout` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._written.wait()

    async def run(self) -> None:
        """Write what is recorded, until `end`."""
        while self._waiting or not self._ended:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            if len(self._waiting) < _FEW and not self._ended:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LINGER):
                        await self._flush_requested.wait()
            self._flush_requested.clear()
            many = len(self._waiting) > _BATCH
            await self._write(self._waiting[: _BATCH if many else _FEW])

    def stop_waiting(self) -> None:
        """Tell those who wait for more that there will be none: the instance stops."""
        self.closing = True
        self._wake_waiting()

    def end(self) -> None:
        """Let `run` write what is left, and end.

        It must not be cancelled: what it is just writing would be written once more, or not at all.
        """
        self._ended = True
        self._flush_requested.set()
        self._wake.set()

    async def _write(self, batch: list[Entry | Event]) -> None:
        written = again = False
        for each in batch:
            new = self._since_trim[each.sandbox] = self._since_trim.get(each.sandbox, 0) + 1
            # Often, and therefore a little each time: whoever writes meanwhile waits for it.
            if new * _TRIMS >= self._most:
                self._full.add(each.sandbox)
        work = partial(
            entries.write, entries=batch, full=self._full, most=self._most, limit=_TRIMMED
        )
        while not written:
            try:
                for sandbox in await self._engine.transact(work, quick=_quick(batch), moves=False):
                    del self._since_trim[sandbox]
                    self._full.remove(sandbox)
                written = True
            except DatabaseUnavailableError:
                # The database is busy or away, which no answer hides either: it is tried again.
                log.warning("%d journal entries wait for the database", len(self._waiting))
                written = self._ended
                await asyncio.sleep(_PAUSE)
            except Exception as error:
                if isinstance(error, DatabaseError) and not again:
                    # Two processes that trim a journal at the same time can get into each other's way.
                    again = True
                    continue
                # What cannot be written now never can, and must not stand in the way of the others.
                log.exception("%d journal entries could not be written", len(batch))
                written = True
        # Only now: what is being written still counts as waiting.
        del self._waiting[: len(batch)]
        self._stored += len(batch)
        self._wake_waiting()

    def _wake_waiting(self) -> None:
        written, self._written = self._written, asyncio.Event()
        written.set()

    async def sweep(self) -> None:
        """Drop entries that are too old, and those of sandboxes that are gone, one bite of each."""
        before = self._clock.now() - self._longest
        await self._engine.transact(
            partial(entries.drop_old, before=before, limit=_BITE), moves=False
        )
        await self._engine.transact(partial(entries.drop_orphans, limit=_BITE), moves=False)


def _quick(batch: list[Entry | Event]) -> bool:
    """Whether writing these takes no longer than the event loop can spare."""
    if len(batch) > _FEW:
        return False
    bodies = 0
    for each in batch:
        if isinstance(each, Entry):
            exchange = each.exchange
            bodies += len(exchange.request_body or b"") + len(exchange.response_body or b"")
    return bodies <= _SMALL
