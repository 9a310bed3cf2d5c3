"""SQLite: one connection for all that writes, and beside it connections that only read."""

import sqlite3
from collections.abc import Callable, Collection
from functools import partial
from typing import Final, Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from simulator.clock import SystemClock
from simulator.storage.errors import StorageError
from simulator.storage.worlds.resolution import SandboxCache
from simulator.storage.worlds.sandboxes import SandboxState, current

from . import schema, sqlite_planner
from .base import Engine, unusable
from .file_lock import FileLock, make_private, narrow
from .locations import SqliteLocation
from .sqlite_connection import ImmediateReader, QueuedConnection

T = TypeVar("T")

# Those of units are SQLAlchemy's, those of transactions the driver's own.
_ERRORS: Final = (DBAPIError, sqlite3.Error)
_PAGES_KEPT_FREE: Final = 256
_PAGES_GIVEN_BACK: Final = 128


def _prepare(connection: Connection, description: str) -> None:
    schema.prepare(connection, description)
    sqlite_planner.set_statistics(connection)


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
    """All writes go through one connection; the write-ahead log keeps readers out of its way.

    A database in memory belongs to one connection, so there `read_now` and `reader` are missing.
    """

    def __init__(
        self,
        clock: SystemClock,
        writer: QueuedConnection,
        reader: QueuedConnection | None,
        read_now: ImmediateReader | None,
        ownership: FileLock | None,
    ) -> None:
        super().__init__(clock)
        self._writer = writer
        self._reader = reader
        self._immediate_reader = read_now
        self._ownership = ownership
        # A database in memory is nobody else's.
        self._alone = ownership is not None or read_now is None
        self._sandbox_cache = SandboxCache(alone=self._alone)
        writer.on_lost_commit = self._configs.forget
        writer.on_end = self._sandbox_cache.transaction_ended
        self.batches = writer.batches

    @classmethod
    async def open(cls, location: SqliteLocation, clock: SystemClock) -> Self:
        """Open or make the database. Raises `StorageError`."""
        path = location.path
        if path and not path.absolute().parent.is_dir():
            message = f"The directory of the database, {path.absolute().parent}, does not exist."
            raise StorageError(message, "Make it, or give another path with --db.")
        ownership = FileLock.take(path) if path else None
        connections: list[QueuedConnection] = []
        try:
            if path:
                make_private(path)
            connections.append(await QueuedConnection.open(path, writes=True))
            await connections[0].run(partial(_prepare, description=location.description))
            if path:
                narrow(path)
                connections.append(await QueuedConnection.open(path, writes=False))
            read_now = ImmediateReader(path) if path else None
        except BaseException as error:
            # Whatever is open has to be closed: a thread that is left keeps the process alive.
            for connection in connections:
                await connection.close()
            if ownership is not None:
                ownership.release()
            if isinstance(error, _ERRORS):
                raise unusable(location.description, error) from error
            raise
        writer, *readers = connections
        return cls(clock, writer, readers[0] if readers else None, read_now, ownership)

    async def transact(
        self,
        work: Callable[[Connection], T],
        *,
        quick: bool = False,
        moves: Collection[str] | None = None,
        before_again: Callable[[], None] | None = None,
    ) -> T:
        """See `Engine`; a file is not lost on the way, and nothing is run again."""
        del before_again
        try:
            if moves is None or moves:
                work = partial(self._moving, moves, work)
            return await self._writer.run(work, quick=quick)
        except _ERRORS as error:
            raise self._failure(error) from error

    async def transact_alone(self, work: Callable[[Connection], T]) -> T:
        """See `Engine`; on the one writing connection, everything is alone."""
        return await self.transact(work)

    def _moving(
        self, names: Collection[str] | None, work: Callable[[Connection], T], connection: Connection
    ) -> T:
        self._sandbox_cache.may_change(names)
        return work(connection)

    async def query(
        self,
        work: Callable[[Connection], T],
        *,
        quick: bool = False,
        before_again: Callable[[], None] | None = None,
    ) -> T:
        """See `Engine`."""
        del before_again
        try:
            if quick and self._alone and not self._writer.under_way:
                return self._writer.read_now(work)
            if quick and self._immediate_reader is not None:
                return self._immediate_reader.read(work)
            return await (self._reader or self._writer).run(work, quick=quick)
        except _ERRORS as error:
            raise self._failure(error) from error

    @property
    def waiting(self) -> int:
        """See `Engine`."""
        return self._writer.waiting

    def _locked(self, connection: Connection, name: str) -> SandboxState:
        """See `Engine`; on the one writing connection, units run one after another anyway."""
        return current(connection, name)

    async def shrink(self) -> bool:
        """See `Engine`."""
        try:
            return await self._writer.alone(_give_pages_back)
        except _ERRORS as error:
            raise self._failure(error) from error

    async def _check(self) -> None:
        """See `Engine`: write a page, with nothing new in it."""
        await self.transact(
            lambda connection: connection.exec_driver_sql("PRAGMA user_version=0"), moves=()
        )

    def _give_up(self) -> None:
        """See `Engine`; whoever waits for a file has a time of its own to wait."""

    async def close(self) -> None:
        """See `Engine`."""
        await self.supervisor.stop()
        # Readers first: a unit of theirs that turns out to write moves on to the writer.
        for each in (self._reader, self._writer):
            if each is not None:
                await each.close()
        if self._immediate_reader is not None:
            self._immediate_reader.close()
        if self._ownership is not None:
            self._ownership.release()
        self._configs.forget()
