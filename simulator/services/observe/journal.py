"""Keeping the journal: written behind the answers, in batches, and read as if it were not.

Entries wait in memory for at most a twentieth of a second, so a crash can lose those of the last 100 ms;
whoever reads the journal first has what waits written. When more wait than is good, requests wait too:
nothing is left out. While the database is away or full, entries are kept until it is back, up to a number
and a size; those that come after that are a gap, of which whoever reads the journal is told.
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
from simulator.storage.errors import DatabaseUnavailableError, UnknownOutcomeError
from simulator.storage.journal import entries
from simulator.storage.journal.coverage import counts
from simulator.storage.journal.entries import SandboxJournal

T = TypeVar("T")

log: Final = logging.getLogger(__name__)

LINGER: Final = 0.05
"""Seconds that entries wait for company."""

_FULL: Final = 5_000
_LARGEST: Final = 32 * 1024 * 1024
"""Bytes that are kept of entries while they cannot be written."""
_OF_ENTRY: Final = 2_048
"""Bytes of an entry, beside its bodies."""
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
# Of whatever generation the sandbox is in by then.
_LATEST: Final = 2**62
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
        # The last attempt to write has failed; what is kept since then, in bytes, and what was not.
        self._failing = False
        self._kept = 0
        self._gaps: dict[int, tuple[int, int]] = {}
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
        if self._failing and not self._keep(entry):
            return
        self._waiting.append(entry)
        self._recorded += 1
        self._wake.set()
        if len(self._waiting) >= _FEW and not self._failing:
            # These are company enough: a little now holds up the devices less than more later.
            self._flush_requested.set()

    def miss(self) -> None:
        """A request came of which nobody knows, or can find out now, in which sandbox."""
        self._drop(entries.EVERY_SANDBOX, _LATEST)
        self._wake.set()

    async def wait_for_capacity(self) -> None:
        """Wait while too many entries wait to be written, and can be."""
        while self.full and not self._failing:
            await self.flush()

    async def flush(self) -> None:
        """Return once all that was recorded before is written, or that has failed."""
        goal = self._recorded
        while self._stored < goal:
            self._flush_requested.set()
            await self._written.wait()
            if self._failing:
                return

    async def up_to_date(self) -> None:
        """Return once whatever was answered before, here or by another process, can be read."""
        await self.flush()
        if self._engine.shared:
            await asyncio.sleep(2 * LINGER)

    async def query(self, sandbox: int, question: Callable[[SandboxJournal], T]) -> T:
        """The answer to `question` from what is written by now of the sandbox with this number."""
        unwritten = self._unwritten(sandbox)
        return await self._engine.query(
            lambda connection: question(SandboxJournal(connection, sandbox, unwritten))
        )

    async def wait_for_write(self, timeout: float) -> None:  # noqa: ASYNC109 - not to be told is no error
        """Return when something was written, at the latest after `timeout` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._written.wait()

    async def run(self) -> None:
        """Write what is recorded, until `end`."""
        try:
            while self._waiting or not self._ended or self._gaps:
                if not self._waiting and not self._gaps:
                    self._wake.clear()
                    await self._wake.wait()
                    continue
                if len(self._waiting) < _FEW and not self._ended:
                    await self._pause(LINGER)
                self._flush_requested.clear()
                many = len(self._waiting) > _BATCH
                await self._write(self._waiting[: _BATCH if many else _FEW])
        finally:
            if self._waiting or self._gaps:
                self._give_up()

    def stop_waiting(self) -> None:
        """Tell those who wait for more that there will be none: the instance stops."""
        self.closing = True
        self._wake_waiting()

    def end(self) -> None:
        """Let `run` write what is left, and end; to be cancelled only when it does not get on any more."""
        self._ended = True
        self._flush_requested.set()
        self._wake.set()

    async def _pause(self, seconds: float) -> None:
        """Return after so many seconds, or as soon as somebody waits for what is written."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._flush_requested.wait()

    async def _write(self, batch: list[Entry | Event]) -> None:
        """Write the first of what waits; return when that is written, or never will be."""
        self._mark_full(batch)
        again = False
        while True:
            gaps = {**self._gaps}
            work = partial(
                entries.write,
                entries=batch,
                full=self._full,
                most=self._most,
                limit=_TRIMMED,
                gaps=gaps,
                again=again,
            )
            try:
                trimmed = await self._engine.transact(work, quick=_quick(batch), moves=())
            except DatabaseUnavailableError as error:
                again = again or isinstance(error, UnknownOutcomeError)
                self._fail(error)
                if self._ended:
                    self._give_up()
                    return
                self._flush_requested.clear()
                await self._pause(_PAUSE)
            except Exception:
                # What cannot be written now never can, and must not stand in the way of the others.
                log.exception("%d journal entries could not be written", len(batch))
                await self._write_apart(batch)
                return
            else:
                for sandbox in trimmed:
                    del self._since_trim[sandbox]
                    self._full.remove(sandbox)
                self._forget(gaps)
                self._done(len(batch))
                return

    def _mark_full(self, batch: list[Entry | Event]) -> None:
        """Note which sandboxes have got so many entries that the oldest may have to go."""
        for each in batch:
            new = self._since_trim[each.sandbox] = self._since_trim.get(each.sandbox, 0) + 1
            # Often, and therefore a little each time: whoever writes meanwhile waits for it.
            if new * _TRIMS >= self._most:
                self._full.add(each.sandbox)

    async def _write_apart(self, batch: list[Entry | Event]) -> None:
        """Write one by one what cannot be written together; what cannot even so is a gap."""
        if len(batch) > 1:
            for each in batch:
                await self._write([each])
            return
        for each in batch:
            self._drop(each.sandbox, each.generation)
        if not batch:
            self._gaps.clear()
        self._done(len(batch))

    def _done(self, number: int) -> None:
        """So many of what waits need not be written any more."""
        if self._failing:
            self._failing = False
            log.info("the journal is written again; %d entries wait", len(self._waiting))
        # Only now: what is being written still counts as waiting.
        del self._waiting[:number]
        self._stored += number
        self._wake_waiting()

    def _fail(self, error: DatabaseUnavailableError) -> None:
        """Keep what waits, as much as may be, and let go whoever waits for it to be written."""
        if not self._failing:
            self._failing = True
            self._kept = sum(map(_size, self._waiting))
            log.warning("%d journal entries wait for the database: %s", len(self._waiting), error)
        self._wake_waiting()

    def _keep(self, entry: Entry | Event) -> bool:
        """Whether there is still room to keep `entry` while nothing can be written; else it is a gap."""
        self._kept += _size(entry)
        if self._kept <= _LARGEST and len(self._waiting) < _FULL:
            return True
        if entry.sandbox not in self._gaps:
            log.error("the journal of sandbox number %d has a gap from now on", entry.sandbox)
        self._drop(entry.sandbox, entry.generation)
        return False

    def _drop(self, sandbox: int, generation: int) -> None:
        number, latest = self._gaps.get(sandbox, (0, 0))
        self._gaps[sandbox] = (number + 1, max(latest, generation))

    def _forget(self, gaps: entries.Gaps) -> None:
        """Forget gaps that have been written down, but for what has come to them since."""
        for sandbox, before in gaps.items():
            now = self._gaps.pop(sandbox)
            if now != before:
                self._gaps[sandbox] = (now[0] - before[0], now[1])

    def _give_up(self) -> None:
        """The instance ends, and so does what could not be written."""
        log.error(
            "%d journal entries are lost, and %d gaps are not told of",
            len(self._waiting),
            len(self._gaps),
        )
        self._gaps.clear()
        self._failing = False
        self._done(len(self._waiting))

    def _unwritten(self, sandbox: int) -> int | None:
        """The latest generation of the sandbox's entries that could not be written; None when all are."""
        found = [
            latest
            for number, (_, latest) in self._gaps.items()
            if number in {sandbox, entries.EVERY_SANDBOX}
        ]
        if self._failing:
            found += [each.generation for each in self._waiting if each.sandbox == sandbox]
        return max(found, default=None)

    def _wake_waiting(self) -> None:
        written, self._written = self._written, asyncio.Event()
        written.set()

    async def sweep(self) -> None:
        """Drop entries that are too old, and those of sandboxes that are gone, one bite of each."""
        before = self._clock.now() - self._longest
        await self._engine.transact(partial(entries.drop_old, before=before, limit=_BITE), moves=())
        await self._engine.transact(partial(entries.drop_orphans, limit=_BITE), moves=())
        await self._engine.transact(counts.fold, moves=())


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


def _size(entry: Entry | Event) -> int:
    """About how many bytes an entry takes while it waits."""
    if not isinstance(entry, Entry):
        return _OF_ENTRY
    exchange = entry.exchange
    bodies = len(exchange.request_body or b"") + len(exchange.response_body or b"")
    return _OF_ENTRY + len(exchange.target) + bodies
