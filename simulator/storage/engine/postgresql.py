"""PostgreSQL through asyncpg: several processes may share one database."""

import asyncio
import os
import socket
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from simulator.clock import SystemClock
from simulator.storage.errors import (
    DatabaseError,
    DatabaseUnavailableError,
    StorageError,
    UnknownOutcomeError,
)
from simulator.storage.statements import Prepared
from simulator.storage.worlds.resolution import SandboxHints, resolve
from simulator.storage.worlds.sandboxes import (
    STATE_OF_SANDBOX,
    SandboxRef,
    SandboxState,
    UnknownSandbox,
    sandbox,
)

from . import schema
from .base import Engine, database_error
from .locations import PostgresLocation
from .supervisor import PATIENCE

T = TypeVar("T")

# Those of connecting come as they are.
_ERRORS: Final = (DBAPIError, NoConnectionError, OSError)
# Seconds that connecting may take, unless the URL says another number.
_CONNECTING: Final = 5.0
# Seconds in which the connections are closed in good order.
_LAST: Final = 0.5
# SQLSTATEs of two transactions that got in each other's way, one of which was undone.
_IN_THE_WAY: Final = frozenset({"40001", "40P01"})
# How often a unit is run again that certainly changed nothing.
_AGAIN: Final = 2
_CLOSED: Final = "the connection is closed"
# Seconds after which the system gives up a connection on whose other end nobody is.
_NOBODY_THERE: Final = 10

# What a process may keep open. As many as there may be, so that a connection whose statements are
# prepared is not closed as soon as fewer are needed; of those the last one is taken again first.
_CONNECTIONS = 20
# Of each connection: all that there are, at each number of layers that is common.
_STATEMENTS = 500

# Any numbers that no other application uses. The one lets one process at a time prepare the schema,
# the other is shared by the units that write, and kept from them by whoever moves rows.
_SCHEMA_LOCK = 8_642_001
_ROWS_LOCK = 8_642_002

# Whoever had to wait is shown the rows that are locked as they are now, and those alone: so both are.
_TURN = Prepared(
    STATE_OF_SANDBOX.add_columns(func.pg_advisory_xact_lock_shared(_ROWS_LOCK))
    .where(sandbox.c.name == bindparam("_name"))
    .with_for_update()
)


class PostgresEngine(Engine):
    """Units run through `AsyncConnection.run_sync`, each in a transaction of its own.

    A unit that writes locks its sandbox's row first, so the units of one sandbox pass one after
    another. A unit that reads sees one state from beginning to end (REPEATABLE READ).
    """

    shared = True

    def __init__(self, clock: SystemClock, location: PostgresLocation) -> None:
        super().__init__(clock)
        self._writers = engine = make_engine(
            location,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_use_lifo=True,
            connect_args={
                "prepared_statement_cache_size": _STATEMENTS,
                "async_creator_fn": self._connect,
            },
        )
        # The modules of SQLAlchemy and, within, of asyncpg, which is there by now.
        dialect: Any = engine.dialect.loaded_dbapi
        self._asyncpg = dialect.asyncpg
        _, said = engine.dialect.create_connect_args(location.url)
        self._arguments = {**said, **location.options}
        # The connections that there are, and those that are being made; whoever is away keeps none.
        self._connections: set[Any] = set()
        self._connecting: set[asyncio.Future[Any]] = set()
        self._closed = False
        self._readers = engine.execution_options(isolation_level="REPEATABLE READ")
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._under_way = 0

    @classmethod
    async def open(cls, location: PostgresLocation, clock: SystemClock) -> Self:
        """Connect and bring the schema up to date. Raises `StorageError`."""
        opened = cls(clock, location)
        try:
            await opened.transact(partial(_prepare, description=location.description))
        except BaseException as error:
            await opened.close()
            if not isinstance(error, DatabaseError):
                raise
            raise unusable(location, error) from error
        opened.supervisor.watch()
        return opened

    async def transact(
        self,
        work: Callable[[Connection], T],
        *,
        quick: bool = False,
        moves: Collection[str] | None = None,
        before_again: Callable[[], None] | None = None,
    ) -> T:
        """See `Engine`; nothing here runs on the event loop for long, and nothing is remembered."""
        del quick, moves
        self._under_way += 1
        try:
            return await self._run(self._writers, _whole(work), before_again)
        finally:
            self._under_way -= 1

    async def transact_alone(self, work: Callable[[Connection], T]) -> T:
        """See `Engine`."""

        def alone(connection: Connection) -> T:
            connection.execute(select(func.pg_advisory_xact_lock(_ROWS_LOCK)))
            return work(connection)

        return await self._run(self._writers, _whole(alone))

    async def query(
        self,
        work: Callable[[Connection], T],
        *,
        quick: bool = False,
        before_again: Callable[[], None] | None = None,
    ) -> T:
        """See `Engine`."""
        del quick
        return await self._run(self._readers, _whole(work, reads=True), before_again)

    async def resolve(self, hints: SandboxHints) -> SandboxRef:
        """See `Engine`.

        As a rule one statement finds the sandbox, and its configuration is kept: then a transaction
        would be two more round trips for nothing. What has to be of one moment is a configuration
        that is read.
        """
        kept = self._configs.kept

        def read_now(connection: Connection) -> SandboxRef | None:
            try:
                found = resolve(connection, hints, self._clock.now())
            except DBAPIError as error:
                _raise_if_undone(connection, error)
                raise
            return self._resolved(connection, found).ref if found.configuration in kept else None

        found = await self._run(self._autocommit, read_now)
        return await super().resolve(hints) if found is None else found

    @property
    def waiting(self) -> int:
        """See `Engine`."""
        return self._under_way

    def _locked(self, connection: Connection, name: str) -> SandboxState:
        """See `Engine`."""
        asked = {"_name": name}
        # Where it has got another layer while we waited, the two that were found first fit no longer; but
        # the sandbox is ours by then.
        row = _TURN.row(connection, asked) or _TURN.row(connection, asked)
        if row is None:
            raise UnknownSandbox(name)
        return SandboxState.read(row[:-1])

    async def shrink(self) -> bool:
        """See `Engine`; PostgreSQL has a vacuum of its own."""
        return False

    async def close(self) -> None:
        """See `Engine`."""
        await self.supervisor.stop()
        if self.supervisor.away:
            self._give_up()
        closing = asyncio.ensure_future(self._writers.dispose())
        await asyncio.wait([closing], timeout=_LAST)
        # Whoever is still at work, or does not answer, is not waited for.
        self._closed = True
        self._give_up()
        await asyncio.wait([closing], timeout=_LAST)

    async def _run(
        self,
        engine: AsyncEngine,
        function: Callable[[Connection], T],
        before_again: Callable[[], None] | None = None,
    ) -> T:
        """What `function` returns on a connection; on another one where the first is lost before a commit."""
        supervisor, left = self.supervisor, _AGAIN
        while True:
            if supervisor.away:
                raise DatabaseUnavailableError(str(supervisor.problem))
            supervisor.under_way += 1
            connected = False
            try:
                async with engine.connect() as connection:
                    connected = True
                    return await connection.run_sync(function)
            except _UndoneError as undone:
                if not left:
                    problem = DatabaseUnavailableError(str(database_error(undone.error)))
                    supervisor.failed(problem)
                    raise problem from undone.error
            except _ERRORS as error:
                # Where nobody takes connections, that will not help; where one has ended, it will.
                if connected or not left or isinstance(error, NoConnectionError | OSError):
                    raise self._failure(error) from error
            finally:
                supervisor.under_way -= 1
                supervisor.ended += 1
            left -= 1
            if before_again is not None:
                before_again()

    async def _connect(self, *_: object, **arguments: object) -> Any:  # noqa: ANN401 - asyncpg has no types
        """A new connection, for SQLAlchemy; given up when the database is found to be away meanwhile."""
        if self._closed or self.supervisor.away:
            raise DatabaseUnavailableError(str(self.supervisor.problem or _CLOSED))
        attempt = asyncio.ensure_future(self._asyncpg.connect(**arguments))
        self._connecting.add(attempt)
        try:
            await asyncio.wait([attempt])
        finally:
            self._connecting.discard(attempt)
            attempt.cancel()
        if attempt.cancelled():
            raise DatabaseUnavailableError(str(self.supervisor.problem or _CLOSED))
        connection = attempt.result()
        self._connections.add(connection)
        connection.add_termination_listener(self._on_end)
        _expect_an_end(connection)
        return connection

    def _on_end(self, connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        """A connection has ended; where that was not our doing, the others may have as well."""
        self._connections.discard(connection)
        self.supervisor.suspect()

    def _give_up(self) -> None:
        """See `Engine`: what waits for a connection fails by that, at once."""
        for connection in [*self._connections]:
            connection.terminate()
        for attempt in self._connecting:
            attempt.cancel()

    async def _check(self) -> None:
        """See `Engine`; a connection that ends in the middle, as many may just do, proves nothing."""
        async with asyncio.timeout(PATIENCE):
            try:
                await self._ask()
            except (self._asyncpg.PostgresError, self._asyncpg.InternalClientError):
                await self._ask()

    async def _ask(self) -> None:
        try:
            connection = await self._asyncpg.connect(**self._arguments)
        except self._asyncpg.TooManyConnectionsError:
            # It is there, and busy with those that we and others have.
            return
        try:
            await connection.fetchval("SELECT 1")
        finally:
            connection.terminate()


def make_engine(
    location: PostgresLocation,
    *,
    connect_args: dict[str, Any] | None = None,
    **options: Any,  # noqa: ANN401 - SQLAlchemy's
) -> AsyncEngine:
    """SQLAlchemy's engine for `location`, with its `options`. Raises `StorageError`."""
    arguments = {"timeout": _CONNECTING, **location.options, **(connect_args or {})}
    try:
        return create_async_engine(location.url, connect_args=arguments, **options)
    except ModuleNotFoundError as error:
        message = "PostgreSQL needs the package asyncpg."
        raise StorageError(message, "pip install 'pass-simulator[postgres]'") from error
    except ArgumentError as error:
        raise unusable(location, error) from error


def unusable(location: PostgresLocation, error: Exception) -> StorageError:
    """What to say of a database that cannot be used because of `error`."""
    cause = str(error) or "it did not answer in time"
    message = f"{location.description} cannot be used: {cause}."
    return StorageError(message, "Check that the server runs and the URL is right.")


class _UndoneError(Exception):
    """A unit met `error` before its transaction was to be committed, so that it has changed nothing."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__(str(error))


def _whole(work: Callable[[Connection], T], *, reads: bool = False) -> Callable[[Connection], T]:
    """`work` in a transaction, from its beginning to its end in one go: each hand-over costs.

    One that only `reads` can be run again whenever its connection is lost.
    """

    def run(connection: Connection) -> T:
        transaction = connection.begin()
        try:
            outcome = work(connection)
        except Exception as error:
            # To close the connection undoes the rest.
            _raise_if_undone(connection, error)
            raise
        try:
            transaction.commit()
        except DBAPIError as error:
            if reads:
                _raise_if_undone(connection, error)
            elif _is_lost(connection):
                message = "the connection was lost during the commit, which may have come about"
                raise UnknownOutcomeError(message) from error
            raise
        return outcome

    return run


def _raise_if_undone(connection: Connection, error: Exception) -> None:
    """Raise `_UndoneError` where a unit that met `error` can be run again."""
    cause = getattr(error, "orig", None)
    driver: Any = connection.dialect.loaded_dbapi
    if isinstance(cause, driver.InternalClientError):
        # asyncpg has lost count of what it waits for, as happens when a connection ends just then.
        connection.invalidate(error)
    if _is_lost(connection) or getattr(cause, "sqlstate", None) in _IN_THE_WAY:
        raise _UndoneError(error) from error


def _is_lost(connection: Connection) -> bool:
    """Whether a connection has ended; SQLAlchemy then distrusts all that it has as old as that."""
    if connection.invalidated:
        return True
    driver: Any = connection.connection.driver_connection
    if driver is not None and not driver.is_closed():
        return False
    # What goes to the driver directly fails unnoticed by SQLAlchemy.
    with suppress(DBAPIError):
        connection.exec_driver_sql("SELECT 1")
    return True


def _expect_an_end(connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
    """Let the system notice when the other end of a connection is gone without a word."""
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        return
    # asyncpg has no public way to its socket; nor, with uvloop, is it one that can be set.
    found = connection._transport.get_extra_info("socket")  # noqa: SLF001 - see above
    if found is None:
        return
    with socket.socket(fileno=os.dup(found.fileno())) as shared:
        if shared.family in {socket.AF_INET, socket.AF_INET6}:
            shared.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            shared.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _NOBODY_THERE)
            shared.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * _NOBODY_THERE)


def _prepare(connection: Connection, *, description: str) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})")
    schema.prepare(connection, description)
