"""Connections to SQLite, each with the queue of units of work that wait for it.

What costs time here is neither SQL nor the disk alone, but a thread hand-over for each statement and
an fsync for each request. So a quick unit, some look-ups and changes of a few microseconds each, runs
to its end on the event loop's own thread, where no other thread contends for the interpreter; only the
commit, which waits for the disk, is handed to the connection's thread. Units that come while one is
under way share the next, each inside a savepoint of its own. A long unit runs whole in the thread.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from functools import partial
from itertools import islice, takewhile
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeAlias, TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from simulator.domain.histogram import Histogram
from simulator.storage.statements import DirectConnection, from_json

from .sqlite_thread import ConnectionThread, Done

T = TypeVar("T")

# Bounds how long the first of the waiting units can be held up by the others.
_BATCH: Final = 64
_BATCH_BOUNDS: Final = (1, 2, 4, 8, 16, 32, 64)
_PAGES_BEFORE_CHECKPOINT: Final = 1_000
# Milliseconds that another process may hold the database for, and how many of them at a time.
_PATIENCE: Final = 10_000
_SLICE: Final = 250
# Seconds in which at least one of the units that are left has to come to its end.
_LAST: Final = 0.5

# None needs no adapter, but sqlite3 looks for one each time, which takes longer than all else that it does
# with a parameter; so it is given one that answers None.
_NOTHING: Final[dict[None, None]] = {}
sqlite3.register_adapter(type(None), _NOTHING.get)


class _Manner(Enum):
    """How a unit runs: on the event loop's thread, in the connection's, or there between transactions."""

    QUICK = auto()
    LONG = auto()
    ALONE = auto()


class _Failed(NamedTuple):
    error: BaseException


# A unit, who waits for it, and its manner.
_Waiting: TypeAlias = tuple[Callable[..., Any], "asyncio.Future[Any]", _Manner]


class QueuedConnection:
    """One connection, its thread, and the units that wait for it; `under_way` says how many have begun."""

    def __init__(
        self, thread: ConnectionThread, sync: Connection, *, writes: bool, on_disk: bool
    ) -> None:
        self._thread = thread
        self._on_disk = on_disk
        self._raw = thread.raw
        self._sync = sync
        self._run = self._commit_together if writes else self._read_together
        self._waiting: list[_Waiting] = []
        self._awake = False
        self.on_lost_commit: Callable[[], None] = lambda: None
        # A transaction has ended, whichever way, and nobody was told of its outcome yet.
        self.on_end: Callable[[], None] = lambda: None
        self.batches = Histogram(_BATCH_BOUNDS)
        self.under_way = 0
        self._reading_now = False
        self._closing = False

    @classmethod
    async def open(cls, path: Path | None, *, writes: bool) -> Self:
        """Connect; `path` None is a database in memory."""
        thread = await ConnectionThread.open(path)
        try:
            sync = await thread.run(partial(_sqlalchemy_on, thread.raw, writes=writes))
        except BaseException:
            await thread.close()
            raise
        return cls(thread, sync, writes=writes, on_disk=path is not None)

    @property
    def waiting(self) -> int:
        """How many units are not done yet."""
        return len(self._waiting) + self.under_way

    def read_now(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which only reads, on this thread at once; not while units are `under_way`.

        Another connection would have to read anew, after each commit of this one, what this one holds
        in memory. Nobody else may be writing: what is begun here lasts until a unit comes along.
        """
        if not self._reading_now:
            self._raw.execute("BEGIN")
            self._reading_now = True
        before = self._raw.total_changes
        try:
            return work(self._sync)
        finally:
            # To let SQLite see to it, by query_only, has it compile every statement anew.
            if self._raw.total_changes != before:
                self._reading_now = False
                self._roll_back()
                message = "a unit that only reads has written"
                raise sqlite3.ProgrammingError(message)

    def _end_reading_now(self) -> None:
        if self._reading_now:
            self._reading_now = False
            # SQLite ends a transaction itself where a disk fails.
            if self._raw.in_transaction:
                self._raw.execute("COMMIT")

    def run(self, work: Callable[[Connection], T], *, quick: bool = False) -> "asyncio.Future[T]":
        """Run `work` on this connection: what it returns, for whoever waits for it."""
        return self._enter(work, _Manner.QUICK if quick else _Manner.LONG)

    def alone(self, function: Callable[[sqlite3.Connection], T]) -> "asyncio.Future[T]":
        """Run `function` between two transactions."""
        return self._enter(function, _Manner.ALONE)

    def _enter(self, work: Callable[..., T], manner: _Manner) -> "asyncio.Future[T]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, future, manner))
        if not self._awake:
            self._awake = True
            loop.call_soon(self._go_on)
        return future

    def _go_on(self) -> None:
        """Begin with those of the units that come next, if there are any."""
        if not self._waiting:
            self._awake = False
            return
        manner = self._waiting[0][2]
        most = 1 if manner is _Manner.ALONE else _BATCH
        alike = takewhile(lambda each: each[2] is manner, self._waiting)
        batch = [*islice(alike, most)]
        del self._waiting[: len(batch)]
        self.under_way = len(batch)
        ended = partial(self._ended, batch)
        try:
            self._end_reading_now()
            if manner is _Manner.QUICK:
                self._commit_behind(batch, ended)
            elif manner is _Manner.LONG:
                self._thread.hand_over(partial(self._run, batch), ended)
            else:
                self._thread.hand_over(partial(self._alone, batch[0][0]), ended)
        except BaseException as error:  # noqa: BLE001 - it travels to those who wait
            asyncio.get_running_loop().call_soon(ended, None, error)

    def _ended(
        self, batch: list[_Waiting], outcomes: list[Any] | None, error: BaseException | None
    ) -> None:
        """Tell those who wait for `batch` what became of it; an `error` is that of every unit."""
        if error is not None:
            self.on_lost_commit()
            outcomes = [_Failed(error)] * len(batch)
        self.on_end()
        self.under_way = 0
        for (_, future, _), outcome in zip(batch, outcomes or (), strict=True):
            if future.done():
                continue
            if isinstance(outcome, _Failed):
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome)
        self._go_on()

    def _commit_behind(self, batch: list[_Waiting], ended: Done) -> None:
        """Run quick units here, on the event loop's thread, and let the other one wait for the disk."""
        before = self._raw.total_changes
        try:
            self._raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            # Another process is writing; that is worth a hand-over to wait for it.
            self._thread.hand_over(partial(self._run, batch), ended)
            return
        outcomes = self._units(batch)
        if self._on_disk and self._raw.total_changes != before:
            self._thread.hand_over(partial(self._commit, outcomes), ended)
        else:
            # Nothing has to reach the disk.
            asyncio.get_running_loop().call_soon(ended, self._commit(outcomes), None)

    def _commit_together(self, batch: list[_Waiting]) -> list[Any]:
        self._begin()
        return self._commit(self._units(batch))

    def _read_together(self, batch: list[_Waiting]) -> list[Any]:
        self._raw.execute("BEGIN")
        try:
            return [_attempt(work, self._sync) for work, _, _ in batch]
        finally:
            if self._raw.in_transaction:
                self._raw.execute("COMMIT")

    def _units(self, batch: list[_Waiting]) -> list[Any]:
        self.batches.add(len(batch))
        outcomes = []
        try:
            for work, _, _ in batch:
                self._raw.execute("SAVEPOINT unit")
                outcome = _attempt(work, self._sync)
                if isinstance(outcome, _Failed):
                    self._undo(outcome)
                self._raw.execute("RELEASE unit")
                outcomes.append(outcome)
        except BaseException:
            self._roll_back()
            raise
        return outcomes

    def _begin(self) -> None:
        """Begin to write, when the other processes let us; never on the event loop's thread."""
        for left in reversed(range(max(1, _PATIENCE // _SLICE))):
            try:
                with _patience(self._raw, min(_SLICE, _PATIENCE)):
                    self._raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                # The instance stops, and whoever waits here is not waited for.
                if not left or self._closing or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
            else:
                return

    def _undo(self, failed: _Failed) -> None:
        """Undo a unit that failed, and nothing else; where that cannot be, raise its error for the others."""
        if not self._raw.in_transaction:
            # SQLite has undone all of the transaction itself, for the same reason.
            raise failed.error
        self._raw.execute("ROLLBACK TO unit")

    def _roll_back(self) -> None:
        """Undo the transaction, unless SQLite has done so, as it does where a disk is full or fails."""
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")

    def _commit(self, outcomes: list[Any]) -> list[Any]:
        try:
            self._raw.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        return outcomes

    def _alone(self, function: Callable[[sqlite3.Connection], T]) -> list[T]:
        with _patience(self._raw, _PATIENCE):
            return [function(self._raw)]

    async def close(self) -> None:
        """Wait for the units that are left, as long as they come to their end, and close the connection."""
        self._closing = True
        emptied, left = asyncio.ensure_future(self._emptied()), -1
        while not emptied.done():
            if self.waiting == left:
                # The statement that runs just now fails, and with it its unit.
                self._raw.interrupt()
            left = self.waiting
            await asyncio.wait([emptied], timeout=_LAST)
        emptied.result()
        self._end_reading_now()
        await self._thread.run(self._sync.close)
        # aiohttp remembers closed applications for a while; they need not keep their statements.
        self._sync.engine.clear_compiled_cache()
        await self._thread.close()

    async def _emptied(self) -> None:
        while self._awake:
            await self.alone(lambda _: None)


class ImmediateReader:
    """A connection for quick reads, which the event loop's own thread carries out at once.

    Under the write-ahead log a reader waits for nobody.
    """

    def __init__(self, path: Path) -> None:
        self._raw = sqlite3.connect(path, isolation_level=None)
        self._sync = _sqlalchemy_on(self._raw, writes=False)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads."""
        self._raw.execute("BEGIN")
        try:
            return work(self._sync)
        finally:
            if self._raw.in_transaction:
                self._raw.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._sync.close()
        self._sync.engine.clear_compiled_cache()
        self._raw.close()


def _attempt(work: Callable[[Connection], T], connection: Connection) -> T | _Failed:
    try:
        return work(connection)
    except StopIteration as error:
        # No future can carry this one: whoever awaits the unit would wait for ever.
        failure = RuntimeError("a unit of work raised StopIteration")
        failure.__cause__ = error
        return _Failed(failure)
    except Exception as error:  # noqa: BLE001 - it travels to whoever awaits the unit
        return _Failed(error)


@contextmanager
def _patience(raw: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Let SQLite wait for other processes; never on the event loop's thread."""
    raw.execute(f"PRAGMA busy_timeout={milliseconds}")
    try:
        yield
    finally:
        raw.execute("PRAGMA busy_timeout=0")


def _sqlalchemy_on(raw: sqlite3.Connection, *, writes: bool) -> Connection:
    """A synchronous SQLAlchemy connection over the same sqlite3 connection."""
    for pragma in _pragmas(writes=writes):
        raw.execute(f"PRAGMA {pragma}")
    engine = create_engine(
        "sqlite://",
        creator=lambda: raw,
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        json_deserializer=from_json,
    )
    return DirectConnection(engine, raw)


def _pragmas(*, writes: bool) -> list[str]:
    shared = [
        f"busy_timeout={_PATIENCE}",
        "foreign_keys=ON",
        "cache_size=-32768",
        "temp_store=MEMORY",
    ]
    if not writes:
        return [*shared, "query_only=ON"]
    return [
        *shared,
        # Only heeded before the first table is made; swept layers then give their pages back.
        "auto_vacuum=INCREMENTAL",
        "journal_mode=WAL",
        # With FULL each commit reaches the disk: an acknowledged write survives a power cut.
        "synchronous=FULL",
        f"wal_autocheckpoint={_PAGES_BEFORE_CHECKPOINT}",
        # Nothing is kept that would have to be wiped out, and wiping writes pages twice.
        "secure_delete=OFF",
        # From here on whoever begins says whether there is time to wait.
        "busy_timeout=0",
    ]
