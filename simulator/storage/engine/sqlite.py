"""SQLite: one connection for all that writes, and beside it connections that only read."""

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Final, Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from simulator.clock import SystemClock
from simulator.storage.errors import StorageError
from simulator.storage.worlds.resolution import SandboxCache
from simulator.storage.worlds.sandboxes import SandboxRef

from . import schema, sqlite_planner
from .base import Engine, database_error
from .file_lock import FileLock
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
        description = f"The database {path}" if path else "The database in memory"
        if path and not path.absolute().parent.is_dir():
            message = f"The directory of the database, {path.absolute().parent}, does not exist."
            raise StorageError(message, "Make it, or give another path with --db.")
        ownership = FileLock.take(path) if path else None
        connections: list[QueuedConnection] = []
        try:
            connections.append(await QueuedConnection.open(path, writes=True))
            await connections[0].run(partial(_prepare, description=description))
            if path:
                connections.append(await QueuedConnection.open(path, writes=False))
            read_now = ImmediateReader(path) if path else None
        except BaseException as error:
            # Whatever is open has to be closed: a thread that is left keeps the process alive.
            for connection in connections:
                await connection.close()
            if ownership is not None:
                ownership.release()
            if problem := _problem(error, description):
                raise problem from error
            raise
        writer, *readers = connections
        return cls(clock, writer, readers[0] if readers else None, read_now, ownership)

    async def transact(
        self, work: Callable[[Connection], T], *, quick: bool = False, moves: bool = True
    ) -> T:
        """See `Engine`."""
        try:
            return await self._writer.run(
                partial(self._moving, work) if moves else work, quick=quick
            )
        except _ERRORS as error:
            raise database_error(error) from error

    async def transact_alone(self, work: Callable[[Connection], T]) -> T:
        """See `Engine`; on the one writing connection, everything is alone."""
        return await self.transact(work)

    def _moving(self, work: Callable[[Connection], T], connection: Connection) -> T:
        self._sandbox_cache.may_change()
        return work(connection)

    async def query(self, work: Callable[[Connection], T], *, quick: bool = False) -> T:
        """See `Engine`."""
        try:
            if quick and self._alone and not self._writer.under_way:
                return self._writer.read_now(work)
            if quick and self._immediate_reader is not None:
                return self._immediate_reader.read(work)
            return await (self._reader or self._writer).run(work, quick=quick)
        except _ERRORS as error:
            raise database_error(error) from error

    @property
    def waiting(self) -> int:
        """See `Engine`."""
        return self._writer.waiting

    def _lock_sandbox(self, connection: Connection, at: SandboxRef) -> None:
        """See `Engine`; on the one writing connection, units run one after another anyway."""

    async def shrink(self) -> bool:
        """See `Engine`."""
        try:
            return await self._writer.alone(_give_pages_back)
        except _ERRORS as error:
            raise database_error(error) from error

    async def close(self) -> None:
        """See `Engine`."""
        # Readers first: a unit of theirs that turns out to write moves on to the writer.
        for each in (self._reader, self._writer):
            if each is not None:
                await each.close()
        if self._immediate_reader is not None:
            self._immediate_reader.close()
        if self._ownership is not None:
            self._ownership.release()
        self._configs.forget()


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
