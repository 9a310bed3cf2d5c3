"""The engine: how a unit of work, a plain function, reaches the database and comes back."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from simulator.clock import SystemClock
from simulator.domain.histogram import Tally
from simulator.domain.journal.explanation import Account
from simulator.domain.sso.identities import Issuer
from simulator.storage.worlds.resolution import Clues, Resolved, resolve
from simulator.storage.worlds.sandbox_cache import Standings
from simulator.storage.worlds.sandbox_config import Catalogues
from simulator.storage.worlds.sandboxes import Head, Standing, open_standing, standing_at
from simulator.storage.worlds.session import NeedsWriter, World

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class Engine(ABC):
    """Runs units of work.

    A unit is a plain function: it reads, decides and writes, and never waits. Its reads and writes
    are one transaction, and when the engine returns its result, what it wrote is durable.
    """

    shared = False
    """Whether other processes may be working on the same database."""

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._catalogues = Catalogues()
        self._standings = Standings(alone=False)
        self.was_new = False
        self.batches: Tally | None = None
        """Units that shared a commit, where they do."""

    def trust(self, issuer: Issuer) -> None:
        """Check the tokens of `issuer` in every world; for before the first unit of work."""
        self._catalogues.trusted[issuer.id] = issuer

    async def write(self, at: Head, unit: Callable[[World], T], *, long: bool = False) -> T:
        """Run `unit` on the world of `at`, with the right to write.

        A `long` unit goes through more than a few rows, and must not hold up the event loop.

        When the sandbox has moved on to a newer generation, the unit is answered from the old one
        and its writes are undone. Raises what the unit raises, having undone its writes, and
        `UnknownSandbox`.
        """
        told = Account()

        def work(connection: Connection) -> T:
            self._take_turn(connection, at)
            world, current = self._open(connection, at, told, writable=True)
            if current:
                outcome = unit(world)
                if world.moved:
                    self._standings.move()
                return outcome
            with undone(connection):
                try:
                    return unit(world)
                finally:
                    told.changes.clear()
                    told.say(f"generation {at.generation} is over: nothing was kept")

        try:
            return await self.transact(work, quick=not long, moves=False)
        except BaseException:
            told.changes.clear()
            raise
        finally:
            if at.account is not None:
                at.account.add(told)

    async def read(self, at: Head, unit: Callable[[World], T], *, long: bool = False) -> T:
        """Run `unit` on the world of `at`; should it turn out to write, run it again as a writer.

        `long` as for `write`.
        """
        told = Account()

        def work(connection: Connection) -> T:
            world, _ = self._open(connection, at, told, writable=False, remembering=not long)
            return unit(world)

        try:
            return await self.query(work, quick=not long)
        except NeedsWriter:
            told = Account()
            return await self.write(at, unit, long=long)
        finally:
            if at.account is not None:
                at.account.add(told)

    async def resolve(self, clues: Clues) -> Resolved:
        """The sandbox that a request belongs to, at this moment. Raises `UnknownSandbox`."""
        known = self._standings.find(clues)
        if known is not None:
            return known

        def work(connection: Connection) -> Resolved:
            found = resolve(connection, clues, self._clock.now())
            resolved = self._resolved(connection, found)
            self._standings.keep(clues, found, resolved)
            return resolved

        return await self.query(work, quick=True)

    def _resolved(self, connection: Connection, found: Standing) -> Resolved:
        world = open_standing(
            connection,
            found,
            now=self._clock.now(),
            catalogues=self._catalogues,
            account=Account(),
            writable=False,
        )
        catalogue = world.catalogue
        return Resolved(
            head=found.head,
            shows_headers=bool(catalogue.setting("simulator_headers")),
            cors=bool(catalogue.setting("cors")),
            throttled=bool(catalogue.setting("throttle")),
            faulty=bool(catalogue.faults),
            seeded=bool(catalogue.setting("id_seed")),
        )

    def _open(
        self,
        connection: Connection,
        at: Head,
        account: Account,
        *,
        writable: bool,
        remembering: bool = True,
    ) -> tuple[World, bool]:
        # What reads beside the event loop may see the database as it was before the last commit, to
        # which what is remembered would not fit.
        known = self._standings.current(at) if remembering else None
        found, current = (known.standing, True) if known else standing_at(connection, at)
        world = open_standing(
            connection,
            found,
            now=self._clock.now(),
            catalogues=self._catalogues,
            account=account,
            lasting=known.lasting if known else None,
            writable=writable,
        )
        return world, current

    @abstractmethod
    def transact(
        self, work: Callable[[Connection], T], *, quick: bool = False, moves: bool = True
    ) -> "Awaitable[T]":
        """Run `work` in a transaction that may write; for what lies outside of any sandbox.

        What is `quick`, a matter of a few rows, may hold up the event loop. What `moves` nothing leaves
        sandboxes, layers and configuration as they are.
        """

    @abstractmethod
    def transact_alone(self, work: Callable[[Connection], T]) -> "Awaitable[T]":
        """Run `work` while no unit writes; for what moves rows from one layer to another.

        A unit of several statements could otherwise miss a row on its way.
        """

    @abstractmethod
    def query(self, work: Callable[[Connection], T], *, quick: bool = False) -> "Awaitable[T]":
        """Run `work` in a transaction that only reads; `quick` as for `transact`."""

    @property
    @abstractmethod
    def waiting(self) -> int:
        """How many units that may write are not done yet."""

    @abstractmethod
    def _take_turn(self, connection: Connection, at: Head) -> None:
        """Wait until no other unit writes to the sandbox."""

    @abstractmethod
    async def shrink(self) -> bool:
        """Give back to the file system a little of what deleted rows left free; whether there is more."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what is under way and let go of the database."""


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Undo what the block writes, also when it succeeds."""
    connection.exec_driver_sql("SAVEPOINT undone")
    try:
        yield
    finally:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT undone")
        connection.exec_driver_sql("RELEASE SAVEPOINT undone")
