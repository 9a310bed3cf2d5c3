"""SQLite through aiosqlite: one hand-over for a whole unit of work, one commit for many units.

What costs time here is neither SQL nor the disk alone, but a thread hand-over for each statement and
an fsync for each request. So a unit is shipped whole to the connection's thread, and units that wait
while a commit is under way share the next one, each inside a savepoint of its own.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeVar

import aiosqlite
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from simulator.clock import SystemClock
from simulator.domain.tally import Tally

from . import schema, statistics
from .engine import Engine
from .errors import StorageError
from .locations import SqliteLocation
from .sandboxes import Head

T = TypeVar("T")

_READERS: Final = 2
# Bounds how long the first of the waiting units can be held up by the others.
_BATCH: Final = 64
_BATCH_BOUNDS: Final = (1, 2, 4, 8, 16, 32, 64)
_PAGES_BEFORE_CHECKPOINT: Final = 1_000
_PAGES_KEPT_FREE: Final = 256
_PAGES_GIVEN_BACK: Final = 128


class _Waiting(NamedTuple):
    work: Callable[[Connection], Any]
    future: "asyncio.Future[Any]"


class _Failed(NamedTuple):
    error: BaseException


class _Lane:
    """One connection, its thread, and the units that wait for it."""

    def __init__(self, connection: aiosqlite.Connection, sync: Connection, *, writes: bool) -> None:
        self._connection = connection
        self._sync = sync
        self._run = self._commit_together if writes else self._read_together
        self._waiting: list[_Waiting] = []
        self._pump: asyncio.Task[None] | None = None
        self.on_lost_commit: Callable[[], None] = lambda: None
        self.batches = Tally(_BATCH_BOUNDS)
        self._under_way = 0

    @classmethod
    async def open(cls, path: Path | None, *, writes: bool) -> Self:
        """Connect; `path` None is a database in memory."""
        connection = aiosqlite.connect(path or ":memory:", isolation_level=None)
        try:
            await connection
        except BaseException:
            # On its way out the thread still calls the event loop, which must not be closed by then.
            connection._thread.join()  # noqa: SLF001 - aiosqlite does not wait for it
            raise
        try:
            sync = await _on_thread(connection, lambda: _sqlalchemy_on(connection, writes=writes))
        except BaseException:
            await connection.close()
            raise
        return cls(connection, sync, writes=writes)

    @property
    def waiting(self) -> int:
        """How many units are not done yet."""
        return len(self._waiting) + self._under_way

    @property
    def load(self) -> int:
        """How many units are in front of a new one."""
        return len(self._waiting) + (self._pump is not None)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on this lane's connection and return what it returns."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(work, future))
        if self._pump is None:
            self._pump = asyncio.create_task(self._drain())
        return await future

    async def alone(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run `function` between two transactions."""
        return await _on_thread(self._connection, lambda: function(self._connection._conn))  # noqa: SLF001

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                self._under_way = len(batch)
                self.batches.add(len(batch))
                await self._deliver(batch)
        finally:
            self._under_way = 0
            self._pump = None

    async def _deliver(self, batch: list[_Waiting]) -> None:
        try:
            outcomes = await _on_thread(self._connection, partial(self._run, batch))
        except Exception as error:  # noqa: BLE001 - a failed commit fails every unit that shared it
            self.on_lost_commit()
            outcomes = [_Failed(error)] * len(batch)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if future.done():
                continue
            if isinstance(outcome, _Failed):
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome)

    def _commit_together(self, batch: list[_Waiting]) -> list[Any]:
        execute = self._connection._conn.execute  # noqa: SLF001 - we are on its thread
        execute("BEGIN IMMEDIATE")
        try:
            outcomes = []
            for unit in batch:
                execute("SAVEPOINT unit")
                outcome = _attempt(unit.work, self._sync)
                if isinstance(outcome, _Failed):
                    execute("ROLLBACK TO unit")
                execute("RELEASE unit")
                outcomes.append(outcome)
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            raise
        return outcomes

    def _read_together(self, batch: list[_Waiting]) -> list[Any]:
        execute = self._connection._conn.execute  # noqa: SLF001 - we are on its thread
        execute("BEGIN")
        try:
            return [_attempt(unit.work, self._sync) for unit in batch]
        finally:
            execute("COMMIT")

    async def close(self) -> None:
        """Wait for the units under way and close the connection."""
        while self._pump is not None:
            await asyncio.wait([self._pump])
        await _on_thread(self._connection, self._sync.close)
        # aiohttp remembers closed applications for a while; they need not keep their statements.
        self._sync.engine.clear_compiled_cache()
        await self._connection.close()


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


async def _on_thread(connection: aiosqlite.Connection, function: Callable[[], T]) -> T:
    """Run `function` in the connection's thread.

    aiosqlite has no public way to ship a function of one's own; its own methods all go through this.
    """
    result: T = await connection._execute(function)  # type: ignore[no-untyped-call]  # noqa: SLF001
    return result


def _sqlalchemy_on(connection: aiosqlite.Connection, *, writes: bool) -> Connection:
    """A synchronous SQLAlchemy connection over the same sqlite3 connection, for use in its thread."""
    raw: sqlite3.Connection = connection._conn  # noqa: SLF001 - we are on its thread
    for pragma in _pragmas(writes=writes):
        raw.execute(f"PRAGMA {pragma}")
    engine = create_engine(
        "sqlite://", creator=lambda: raw, poolclass=StaticPool, isolation_level="AUTOCOMMIT"
    )
    return engine.connect()


def _pragmas(*, writes: bool) -> list[str]:
    shared = ["busy_timeout=10000", "foreign_keys=ON", "cache_size=-32768", "temp_store=MEMORY"]
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
    ]


def _prepare(connection: Connection, description: str) -> bool:
    new = schema.prepare(connection, description)
    statistics.tell(connection)
    return new


def _give_pages_back(raw: sqlite3.Connection) -> bool:
    """Shorten the file by some free pages; False when there are few left, which new rows will fill."""
    (free,) = raw.execute("PRAGMA freelist_count").fetchone()
    if free <= _PAGES_KEPT_FREE:
        return False
    # The pragma gives back one page with each step, and only a script is stepped to its end.
    raw.executescript(f"PRAGMA incremental_vacuum({_PAGES_GIVEN_BACK})")
    (left,) = raw.execute("PRAGMA freelist_count").fetchone()
    # A file that somebody else has begun may not be of the sort that can be shortened.
    return bool(left < free)


class SqliteEngine(Engine):
    """One writing lane, and reading lanes beside it that the write-ahead log keeps out of its way."""

    def __init__(self, clock: SystemClock, writer: _Lane, readers: list[_Lane]) -> None:
        super().__init__(clock)
        self._writer = writer
        self._readers = readers
        writer.on_lost_commit = self._catalogues.forget
        self.batches = writer.batches

    @classmethod
    async def open(cls, location: SqliteLocation, clock: SystemClock) -> Self:
        """Open or make the database. Raises `StorageError`."""
        path = location.path
        description = f"The database {path}" if path else "The database in memory"
        if path and not path.absolute().parent.is_dir():
            message = f"The directory of the database, {path.absolute().parent}, does not exist."
            raise StorageError(message, "Make it, or give another path with --db.")
        lanes: list[_Lane] = []
        try:
            lanes.append(await _Lane.open(path, writes=True))
            new = await lanes[0].run(partial(_prepare, description=description))
            # A database in memory belongs to one connection, so that one serves the readers too.
            for _ in range(_READERS if path else 0):
                lanes.append(await _Lane.open(path, writes=False))  # noqa: PERF401 - what is open must be known below
        except BaseException as error:
            # Whatever is open has to be closed: a thread that is left keeps the process alive.
            for lane in lanes:
                await lane.close()
            if problem := _problem(error, description):
                raise problem from error
            raise
        engine = cls(clock, lanes[0], lanes[1:] or lanes)
        engine.was_new = new
        return engine

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """See `Engine`."""
        return await self._writer.run(work)

    async def transact_alone(self, work: Callable[[Connection], T]) -> T:
        """See `Engine`; on the one writing lane, everything is alone."""
        return await self._writer.run(work)

    async def query(self, work: Callable[[Connection], T]) -> T:
        """See `Engine`."""
        lane = min(self._readers, key=lambda each: each.load)
        return await lane.run(work)

    @property
    def waiting(self) -> int:
        """See `Engine`."""
        return self._writer.waiting

    def _take_turn(self, connection: Connection, at: Head) -> None:
        """See `Engine`; on the one writing lane, units pass one after another anyway."""

    async def shrink(self) -> None:
        """See `Engine`."""
        more = True
        while more:
            # Between two bites, whoever waits for the writer has its turn.
            more = await self._writer.alone(_give_pages_back)

    async def close(self) -> None:
        """See `Engine`."""
        # Readers first: a unit of theirs that turns out to write moves on to the writer.
        for lane in dict.fromkeys((*self._readers, self._writer)):
            await lane.close()
        self._catalogues.forget()


def _problem(error: BaseException, description: str) -> StorageError | None:
    """What to tell about an error of SQLite while opening, or None for any other error."""
    cause = error.__cause__ if not isinstance(error, sqlite3.Error) else error
    if not isinstance(cause, sqlite3.Error):
        return None
    if isinstance(cause, sqlite3.OperationalError):
        hint = (
            "Check that the file and its directory may be written to (SQLite keeps two more files "
            "beside it), or give another path with --db."
        )
        return StorageError(f"{description} cannot be opened for writing: {cause}.", hint)
    hint = "Give another path with --db, or remove the file."
    return StorageError(f"{description} cannot be read: {cause}.", hint)
