"""PostgreSQL through asyncpg: several processes may share one database."""

from collections.abc import Callable
from functools import partial
from typing import Self, TypeVar

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from simulator.clock import SystemClock
from simulator.storage.errors import DatabaseError, StorageError
from simulator.storage.worlds.resolution import SandboxHints, resolve
from simulator.storage.worlds.sandboxes import SandboxRef, sandbox

from . import schema
from .base import Engine, database_error
from .locations import PostgresLocation

T = TypeVar("T")

# What a process may keep open. As many as there may be, so that a connection whose statements are
# prepared is not closed as soon as fewer are needed; of those the last one is taken again first.
_CONNECTIONS = 20
# Of each connection: all that there are, at each number of layers that is common.
_STATEMENTS = 500

# Any numbers that no other application uses. The one lets one process at a time prepare the schema,
# the other is shared by the units that write, and kept from them by whoever moves rows.
_SCHEMA_LOCK = 8_642_001
_ROWS_LOCK = 8_642_002

# A statement of its own: one that had to wait would still show every other table as it was before.
_TURN = (
    select(sandbox.c.id, func.pg_advisory_xact_lock_shared(_ROWS_LOCK))
    .where(sandbox.c.id == bindparam("_id"))
    .with_for_update()
)


class PostgresEngine(Engine):
    """Units run through `AsyncConnection.run_sync`, each in a transaction of its own.

    A unit that writes locks its sandbox's row first, so the units of one sandbox pass one after
    another. A unit that reads sees one state from beginning to end (REPEATABLE READ).
    """

    shared = True

    def __init__(self, clock: SystemClock, engine: AsyncEngine) -> None:
        super().__init__(clock)
        self._writers = engine
        self._readers = engine.execution_options(isolation_level="REPEATABLE READ")
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._under_way = 0

    @classmethod
    async def open(cls, location: PostgresLocation, clock: SystemClock) -> Self:
        """Connect and bring the schema up to date. Raises `StorageError`."""
        description = f"The database {location.url.render_as_string(hide_password=True)}"
        try:
            engine = create_async_engine(
                location.url,
                pool_size=_CONNECTIONS,
                max_overflow=0,
                pool_use_lifo=True,
                connect_args={"prepared_statement_cache_size": _STATEMENTS},
            )
        except ModuleNotFoundError as error:
            message = "PostgreSQL needs the package asyncpg."
            raise StorageError(message, "pip install 'pass-simulator[postgres]'") from error
        opened = cls(clock, engine)
        try:
            await opened.transact(partial(_prepare, description=description))
        except BaseException as error:
            await engine.dispose()
            # A TypeError is a parameter of the URL that asyncpg does not know.
            if not isinstance(error, OSError | DatabaseError | TypeError):
                raise
            message = f"{description} cannot be used: {error}."
            hint = "Check that the server runs and the URL is right."
            raise StorageError(message, hint) from error
        return opened

    async def transact(
        self, work: Callable[[Connection], T], *, quick: bool = False, moves: bool = True
    ) -> T:
        """See `Engine`; nothing here runs on the event loop for long, and nothing is remembered."""
        del quick, moves
        self._under_way += 1
        try:
            return await _whole(self._writers, work)
        finally:
            self._under_way -= 1

    async def transact_alone(self, work: Callable[[Connection], T]) -> T:
        """See `Engine`."""

        def alone(connection: Connection) -> T:
            connection.execute(select(func.pg_advisory_xact_lock(_ROWS_LOCK)))
            return work(connection)

        return await _whole(self._writers, alone)

    async def query(self, work: Callable[[Connection], T], *, quick: bool = False) -> T:
        """See `Engine`."""
        del quick
        return await _whole(self._readers, work)

    async def resolve(self, hints: SandboxHints) -> SandboxRef:
        """See `Engine`.

        As a rule one statement finds the sandbox, and its configuration is kept: then a transaction
        would be two more round trips for nothing. What has to be of one moment is a configuration
        that is read.
        """
        kept = self._configs.kept

        def read_now(connection: Connection) -> SandboxRef | None:
            found = resolve(connection, hints, self._clock.now())
            return self._resolved(connection, found).ref if found.configuration in kept else None

        found = await _run(self._autocommit, read_now)
        return await super().resolve(hints) if found is None else found

    @property
    def waiting(self) -> int:
        """See `Engine`."""
        return self._under_way

    def _lock_sandbox(self, connection: Connection, at: SandboxRef) -> None:
        """See `Engine`."""
        connection.execute(_TURN, {"_id": at.id})

    async def shrink(self) -> bool:
        """See `Engine`; PostgreSQL has a vacuum of its own."""
        return False

    async def close(self) -> None:
        """See `Engine`."""
        await self._writers.dispose()


async def _whole(engine: AsyncEngine, work: Callable[[Connection], T]) -> T:
    """Run `work` in a transaction, from its beginning to its end in one go: each hand-over costs."""

    def run(connection: Connection) -> T:
        with connection.begin():
            return work(connection)

    return await _run(engine, run)


async def _run(engine: AsyncEngine, function: Callable[[Connection], T]) -> T:
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(function)
    except DBAPIError as error:
        raise database_error(error) from error


def _prepare(connection: Connection, *, description: str) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")
    schema.prepare(connection, description)
