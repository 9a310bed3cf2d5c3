"""The engine: how a unit of work, a plain function, reaches the database and comes back."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from simulator.clock import SystemClock
from simulator.domain.histogram import Histogram
from simulator.domain.journal.explanation import Explanation
from simulator.domain.sso.identities import Issuer
from simulator.storage.errors import (
    ConflictError,
    DatabaseDamagedError,
    DatabaseError,
    DatabaseFullError,
    DatabaseUnavailableError,
    StorageError,
)
from simulator.storage.worlds.resolution import SandboxCache, SandboxHints, resolve
from simulator.storage.worlds.sandbox_config import ClientKey, SandboxConfigs
from simulator.storage.worlds.sandboxes import SandboxRef, SandboxState, current, state_at
from simulator.storage.worlds.session import NeedsWriter, SandboxSession

from .supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class Engine(ABC):
    """Runs units of work.

    A unit is a plain function: it reads, decides and writes, and never waits. Its reads and writes
    are one transaction, and when the engine returns its result, what it wrote is durable. Besides what a
    unit raises, everything here raises `DatabaseError` where the database turns it down.
    """

    shared = False
    """Whether other processes may be working on the same database."""

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._configs = SandboxConfigs()
        self._sandbox_cache = SandboxCache(alone=False)
        self.supervisor = Supervisor(self._check, on_away=self._give_up)
        self.batches: Histogram | None = None
        """Units that shared a commit, where they do."""

    def trust(self, issuer: Issuer) -> None:
        """Check the tokens of `issuer` in every world; for before the first unit of work."""
        self._configs.trusted[issuer.id] = issuer

    async def write(
        self, at: SandboxRef, unit: Callable[[SandboxSession], T], *, long: bool = False
    ) -> T:
        """Run `unit` on the world of `at`, with the right to write.

        A `long` unit goes through more than a few rows, and must not hold up the event loop.

        When the sandbox has moved on to a newer generation, the unit is answered from the old one
        and its writes are undone. Raises what the unit raises, having undone its writes, and
        `UnknownSandbox`.
        """
        explanation = at.explanation or Explanation()
        explanation.begin()
        learned: Mapping[ClientKey, str] = {}

        def work(connection: Connection) -> T:
            nonlocal learned
            world, is_current = self._open(connection, at, explanation, writable=True)
            if is_current:
                outcome = unit(world)
                if world.moved:
                    self._sandbox_cache.may_change((at.name,))
                learned = world.learned
                return outcome
            with undone(connection):
                try:
                    return unit(world)
                finally:
                    explanation.undo_changes()
                    explanation.explain(f"generation {at.generation} is over: nothing was kept")

        try:
            outcome = await self.transact(
                work, quick=not long, moves=(), before_again=explanation.forget
            )
        except BaseException:
            explanation.undo_changes()
            raise
        if learned:
            self._configs.learn(learned)
        return outcome

    async def read(
        self, at: SandboxRef, unit: Callable[[SandboxSession], T], *, long: bool = False
    ) -> T:
        """Run `unit` on the world of `at`; should it turn out to write, run it again as a writer.

        `long` as for `write`.
        """
        explanation = at.explanation or Explanation()
        explanation.begin()

        learned: Mapping[ClientKey, str] = {}

        def work(connection: Connection) -> T:
            nonlocal learned
            world, _ = self._open(connection, at, explanation, writable=False, cached=not long)
            outcome = unit(world)
            learned = world.learned
            return outcome

        try:
            outcome = await self.query(work, quick=not long, before_again=explanation.forget)
        except NeedsWriter:
            explanation.forget()
            return await self.write(at, unit, long=long)
        if learned:
            self._configs.learn(learned)
        return outcome

    async def alter(
        self, name: str, unit: Callable[[SandboxSession], T], *, makes: Collection[str] = ()
    ) -> T:
        """Run `unit` on the sandbox called `name` as it stands by then, while no other unit writes to it.

        That is for what brings a sandbox into another state, or `makes` others of it, a matter of a few rows:
        it cannot come too late. Raises what the unit raises, having undone its writes, and `UnknownSandbox`.
        """

        def work(connection: Connection) -> T:
            state = self._locked(connection, name)
            return unit(self._session(connection, state, Explanation(), writable=True))

        return await self.transact(work, quick=True, moves=(name, *makes))

    async def resolve(self, hints: SandboxHints) -> SandboxRef:
        """The sandbox that a request belongs to, at this moment. Raises `UnknownSandbox`."""
        known = self._sandbox_cache.find(hints)
        if known is not None:
            return known

        def work(connection: Connection) -> SandboxRef:
            found = self._resolved(connection, resolve(connection, hints, self._clock.now()))
            self._sandbox_cache.remember(hints, found)
            return found.ref

        return await self.query(work, quick=True)

    def _resolved(self, connection: Connection, found: SandboxState) -> SandboxState:
        """`found` with what every request to it meets."""
        config = self._session(connection, found, Explanation(), writable=False).config
        ref = replace(
            found.ref,
            shows_headers=bool(config.setting("simulator_headers")),
            cors=bool(config.setting("cors")),
            throttled=bool(config.setting("throttle")),
            faulty=bool(config.faults),
            seeded=bool(config.setting("id_seed")),
        )
        return found._replace(ref=ref)

    def _open(
        self,
        connection: Connection,
        at: SandboxRef,
        explanation: Explanation,
        *,
        writable: bool,
        cached: bool = True,
    ) -> tuple[SandboxSession, bool]:
        # What reads beside the event loop may see the database as it was before the last commit, to
        # which what is remembered would not fit.
        found = self._sandbox_cache.at_generation(at) if cached else None
        is_current = found is not None
        if found is None:
            now = self._locked if writable else current
            found, is_current = state_at(connection, at, now(connection, at.name))
        return self._session(connection, found, explanation, writable=writable), is_current

    def _session(
        self,
        connection: Connection,
        state: SandboxState,
        explanation: Explanation,
        *,
        writable: bool,
    ) -> SandboxSession:
        return SandboxSession(
            connection,
            state,
            now=self._clock.now(),
            configs=self._configs,
            explanation=explanation,
            writable=writable,
        )

    @abstractmethod
    def transact(
        self,
        work: Callable[[Connection], T],
        *,
        quick: bool = False,
        moves: Collection[str] | None = None,
        before_again: Callable[[], None] | None = None,
    ) -> "Awaitable[T]":
        """Run `work` in a transaction that may write; for what lies outside of any sandbox.

        What is `quick`, a matter of a few rows, may hold up the event loop. `moves` are the names of the
        sandboxes that it makes, deletes or brings into another state; None where that may be any. Where the
        connection is lost before the transaction was to be committed, `work` may be run once more, after
        `before_again`.
        """

    @abstractmethod
    def transact_alone(self, work: Callable[[Connection], T]) -> "Awaitable[T]":
        """Run `work` while no unit writes; for what moves rows from one layer to another.

        A unit of several statements could otherwise miss a row on its way.
        """

    @abstractmethod
    def query(
        self,
        work: Callable[[Connection], T],
        *,
        quick: bool = False,
        before_again: Callable[[], None] | None = None,
    ) -> "Awaitable[T]":
        """Run `work` in a transaction that only reads; `quick` and `before_again` as for `transact`."""

    @property
    @abstractmethod
    def waiting(self) -> int:
        """How many units that may write are not done yet."""

    @abstractmethod
    def _locked(self, connection: Connection, name: str) -> SandboxState:
        """The sandbox called `name`, to which no other unit writes until this transaction has ended.

        Raises `UnknownSandbox`.
        """

    @abstractmethod
    async def shrink(self) -> bool:
        """Give back to the file system a little of what deleted rows left free; whether there is more."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what is under way and let go of the database, whatever its condition."""

    @abstractmethod
    async def _check(self) -> None:
        """Ask the simplest question, on a way of its own; raises whatever keeps it from an answer."""

    @abstractmethod
    def _give_up(self) -> None:
        """The database is away: end what waits for it."""

    def _failure(self, error: Exception) -> DatabaseError:
        """An error of the driver or of SQLAlchemy as the rooms above know it, of which note is taken."""
        found = database_error(error)
        if isinstance(found, DatabaseUnavailableError):
            self.supervisor.failed(found)
        return found


def database_error(error: BaseException) -> DatabaseError:
    """An error of the driver or of SQLAlchemy as the rooms above know it.

    What filled the disk or was in the way is often hidden behind what could not be done afterwards.
    """
    for each in _causes(error):
        if _code_of_sqlite(each) == sqlite3.SQLITE_FULL or _state_of(each) == _DISK_FULL:
            return DatabaseFullError(_message(each))
    first = getattr(error, "orig", None) or error
    code, state = _code_of_sqlite(first), _state_of(first)
    kind = DatabaseError
    if isinstance(error, IntegrityError | sqlite3.IntegrityError):
        kind = ConflictError
    elif code in _DAMAGED:
        kind = DatabaseDamagedError
    elif (
        isinstance(error, _UNAVAILABLE)
        or getattr(error, "connection_invalidated", False)
        or state.startswith(_PASSING)
    ):
        kind = DatabaseUnavailableError
    return kind(_message(first))


def unusable(description: str, error: Exception) -> StorageError:
    """What to say of the database `description` that cannot be used because of `error`."""
    match found := error if isinstance(error, DatabaseError) else database_error(error):
        case DatabaseDamagedError():
            problem = "cannot be read"
            hint = (
                "If it is one of ours it is damaged: put a copy of it back, or save what is left of it "
                "with `sqlite3 FILE .recover`. Or give another path with --db."
            )
        case DatabaseFullError():
            problem, hint = (
                "cannot be written to",
                "Make room for it, or give another one with --db.",
            )
        case _:
            problem = "cannot be opened for writing"
            hint = (
                "Check that the file and its directory may be written to (SQLite keeps two more files "
                "beside it), that no other program has it open and that it is on no network file "
                "system, or give another path with --db."
            )
    return StorageError(f"{description} {problem}: {found}.", hint)


_UNAVAILABLE: Final = (OperationalError, sqlite3.OperationalError, NoConnectionError, OSError)
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# SQLSTATE of PostgreSQL: no room on its disk.
_DISK_FULL: Final = "53100"
# No connection, too many of them, a deadlock, a server that stops or starts.
_PASSING: Final = ("08", "53300", "40001", "40P01", "57P")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what caused it, and what was raised before it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__


def _code_of_sqlite(error: BaseException) -> int | None:
    """The primary code of SQLite's, whose extended ones say more in their higher bits."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _state_of(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or ""


def _message(error: BaseException) -> str:
    return str(error) or type(error).__name__


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Undo what the block writes; where it fails, whoever runs the transaction undoes all of it."""
    connection.exec_driver_sql("SAVEPOINT undone")
    yield
    connection.exec_driver_sql("ROLLBACK TO SAVEPOINT undone")
    connection.exec_driver_sql("RELEASE SAVEPOINT undone")
