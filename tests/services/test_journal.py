"""The writer of the journal: nothing is lost, nothing changes places, nobody waits without need."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from sqlalchemy import Connection, select

from simulator.domain.journal.entries import Event
from simulator.services.observe import journal as writer
from simulator.services.observe.journal import Journal
from simulator.storage.engine import sqlite_connection
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.errors import (
    DatabaseError,
    DatabaseUnavailableError,
    UnknownOutcomeError,
)
from simulator.storage.journal import entries as rows
from simulator.storage.journal.entries import SandboxJournal, gap
from simulator.storage.worlds import lifecycle
from simulator.storage.worlds.sandboxes import EMPTY
from tests.support.clock import ManualClock

T = TypeVar("T")


@pytest.fixture
async def engine(clock: ManualClock) -> AsyncIterator[Engine]:
    opened = await open_engine(":memory:", clock)
    yield opened
    await opened.close()


@asynccontextmanager
async def _kept(engine: Any, clock: ManualClock, **limits: int) -> AsyncIterator[Journal]:  # noqa: ANN401
    """A journal that is written, and in the end to its end."""
    kept = Journal(engine, clock, **limits)
    task = asyncio.create_task(kept.run())
    await asyncio.sleep(0)
    yield kept
    kept.end()
    await asyncio.wait_for(task, 10)


@pytest.fixture
async def journal(engine: Engine, clock: ManualClock) -> AsyncIterator[Journal]:
    """A journal that is written as long as the test lasts."""
    async with _kept(engine, clock) as kept:
        yield kept


def _event(number: int, sandbox: int = 1) -> Event:
    facts = {"number": number}
    return Event(sandbox=sandbox, generation=1, at=0, real_at=0, kind="test", facts=facts)


async def _written(engine: Engine, sandbox: int = 1) -> list[int]:
    found = await engine.query(
        lambda connection: SandboxJournal(connection, sandbox).events_of("test", None)
    )
    return [each["facts"]["number"] for each in found]


AWAY: Final = DatabaseUnavailableError("database is locked")


class Ailing:
    """An engine whose writing fails in these ways, one after the other, or stands still for a while."""

    shared = False

    def __init__(self, engine: Engine, *failures: Exception) -> None:
        self._engine = engine
        self._failures = [*failures]
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.batches: list[int] = []

    def recover(self) -> None:
        """From now on all is well."""
        self._failures.clear()

    async def query(self, work: Callable[[Connection], T]) -> T:
        return await self._engine.query(work)

    async def transact(self, work: partial[T], *, quick: bool, moves: Collection[str]) -> T:
        await self.go_on.wait()
        self.batches.append(len(work.keywords["entries"]))
        if self._failures:
            raise self._failures.pop()
        return await self._engine.transact(work, quick=quick, moves=moves)


async def test_the_order_is_kept_however_many_come(engine: Engine, journal: Journal) -> None:
    for number in range(1_234):
        journal.record(_event(number))
        if number % 100 == 0:
            await asyncio.sleep(0)
    await journal.flush()
    assert await _written(engine) == [*range(1_234)]
    assert journal.waiting == 0


async def test_whoever_reads_does_not_wait_for_company(
    engine: Engine, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "LINGER", 3_600.0)
    journal.record(_event(1))
    await asyncio.wait_for(journal.flush(), 10)
    assert await _written(engine) == [1]


async def test_a_flush_with_nothing_to_write_returns_at_once(journal: Journal) -> None:
    await asyncio.wait_for(journal.flush(), 10)


async def test_entries_that_come_together_are_written_together(
    engine: Engine, clock: ManualClock
) -> None:
    ailing = Ailing(engine)
    async with _kept(ailing, clock) as kept:
        for number in range(1_200):
            kept.record(_event(number))
    assert ailing.batches == [500, 500, 50, 50, 50, 50]
    assert await _written(engine) == [*range(1_200)]


async def test_requests_wait_when_too_many_entries_do(
    engine: Engine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_FULL", 10)
    ailing = Ailing(engine)
    ailing.go_on.clear()
    async with _kept(ailing, clock) as kept:
        for number in range(9):
            kept.record(_event(number))
        await asyncio.wait_for(kept.wait_for_capacity(), 10)
        kept.record(_event(9))
        waiting = asyncio.create_task(kept.wait_for_capacity())
        await asyncio.sleep(0)
        assert not waiting.done()
        ailing.go_on.set()
        await asyncio.wait_for(waiting, 10)
        assert await _written(engine) == [*range(10)]


async def test_the_end_writes_what_is_left(engine: Engine, clock: ManualClock) -> None:
    kept = Journal(engine, clock)
    kept.record(_event(1))
    task = asyncio.create_task(kept.run())
    await asyncio.sleep(0)
    kept.record(_event(2))
    kept.end()
    await asyncio.wait_for(task, 10)
    assert await _written(engine) == [1, 2]


async def test_a_database_that_is_away_is_tried_again(
    engine: Engine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_PAUSE", 0.0)
    ailing = Ailing(engine, *[AWAY] * 5)
    async with _kept(ailing, clock) as kept:
        kept.record(_event(1))
        async with asyncio.timeout(10):
            while kept.waiting:
                await kept.flush()
        assert ailing.batches == [1] * 6
    assert await _written(engine) == [1]


async def test_a_database_that_somebody_else_writes_to_is_tried_again(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_connection, "_PATIENCE", 10)
    monkeypatch.setattr(writer, "_PAUSE", 0.0)
    database = tmp_path / "test.db"
    engine = await open_engine(str(database), clock)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with _kept(engine, clock) as kept:
            kept.record(_event(1))
            await asyncio.wait_for(kept.flush(), 10)
            assert kept.waiting == 1
            other.execute("ROLLBACK")
            async with asyncio.timeout(10):
                while kept.waiting:
                    await kept.flush()
    assert await _written(engine) == [1]
    await engine.close()


async def test_what_cannot_be_written_does_not_stand_in_the_way(
    engine: Engine, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    ailing = Ailing(engine, ValueError("no row"))
    async with _kept(ailing, clock) as kept:
        kept.record(_event(1))
        # Whoever waited for it goes on, and so does the journal.
        await asyncio.wait_for(kept.flush(), 10)
        assert "1 journal entries could not be written" in caplog.text
        kept.record(_event(2))
    assert await _written(engine) == [2]
    assert await _gap(engine) == (1, 1)


class Picky(Ailing):
    """An engine that cannot write one of the entries."""

    async def transact(self, work: partial[T], *, quick: bool, moves: Collection[str]) -> T:
        if any(each.facts["number"] == BAD for each in work.keywords["entries"]):
            raise DatabaseError("value out of range")
        return await super().transact(work, quick=quick, moves=moves)


BAD: Final = 7


async def test_what_cannot_be_written_takes_nothing_with_it_and_is_a_gap(
    engine: Engine, clock: ManualClock
) -> None:
    async with _kept(Picky(engine), clock) as kept:
        for number in range(20):
            kept.record(_event(number))
        await asyncio.wait_for(kept.flush(), 10)
        kept.record(_event(20))
    assert await _written(engine) == [each for each in range(21) if each != BAD]
    assert await _gap(engine) == (1, 1)


async def _gap(engine: Engine, sandbox: int = 1) -> tuple[int, int] | None:
    """How many entries of the sandbox are told to be missing, and the latest generation of them."""
    known = select(gap.c.dropped, gap.c.generation).where(gap.c.sandbox == sandbox)
    row = await engine.query(lambda connection: connection.execute(known).first())
    return None if row is None else (row[0], row[1])


def _missing(journal: SandboxJournal) -> bool:
    return journal.dropped_since(1)


async def test_what_comes_when_no_more_can_be_kept_is_a_gap(
    engine: Engine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_FULL", 10)
    ailing = Ailing(engine, *[AWAY] * 1_000_000)
    async with _kept(ailing, clock) as kept:
        kept.record(_event(0))
        await asyncio.wait_for(kept.flush(), 10)
        for number in range(1, 15):
            kept.record(_event(number))
        kept.record(_event(0, sandbox=2))
        assert kept.waiting == 10
        # Nobody waits for what cannot be written, and whoever reads is told.
        await asyncio.wait_for(kept.wait_for_capacity(), 10)
        await asyncio.wait_for(kept.up_to_date(), 10)
        assert await kept.query(1, _missing)
        assert await kept.query(2, _missing)
        assert not await kept.query(3, _missing)
        ailing.recover()
        await asyncio.wait_for(kept.flush(), 10)
    assert await _written(engine) == [*range(10)]
    assert await _gap(engine) == (5, 1)
    assert await _gap(engine, 2) == (1, 1)


async def test_what_is_kept_is_bounded_in_bytes(
    engine: Engine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_LARGEST", 5 * writer._OF_ENTRY)
    ailing = Ailing(engine, *[AWAY] * 1_000_000)
    async with _kept(ailing, clock) as kept:
        kept.record(_event(0))
        await asyncio.wait_for(kept.flush(), 10)
        for number in range(1, 15):
            kept.record(_event(number))
        assert kept.waiting == 5
        ailing.recover()
    assert await _written(engine) == [*range(5)]
    assert await _gap(engine) == (10, 1)


async def test_what_could_not_be_written_yet_is_missed_and_then_there(
    engine: Engine, clock: ManualClock
) -> None:
    ailing = Ailing(engine, *[AWAY] * 1_000_000)
    async with _kept(ailing, clock) as kept:
        kept.record(_event(1))
        await asyncio.wait_for(kept.flush(), 10)
        assert await kept.query(1, _missing)
        assert not await kept.query(2, _missing)
        ailing.recover()
        await asyncio.wait_for(kept.flush(), 10)
        assert not await kept.query(1, _missing)
    assert await _gap(engine) is None


async def test_a_request_that_nobody_could_place_is_missed_everywhere(
    engine: Engine, clock: ManualClock
) -> None:
    for name in ("one", "two"):
        await engine.transact(partial(lifecycle.create, name=name, baseline=EMPTY, now=clock.now()))
    async with _kept(engine, clock) as kept:
        kept.miss()
        assert await kept.query(1, _missing)
    assert await _gap(engine, 1) == (1, 1)
    assert await _gap(engine, 2) == (1, 1)


class Forgetful(Ailing):
    """An engine that loses its connection during the first commit, which comes about."""

    async def transact(self, work: partial[T], *, quick: bool, moves: Collection[str]) -> T:
        done = await super().transact(work, quick=quick, moves=moves)
        if len(self.batches) == 1:
            raise UnknownOutcomeError("the connection was lost during the commit")
        return done


async def test_what_may_have_been_committed_is_not_written_twice(
    engine: Engine, clock: ManualClock
) -> None:
    forgetful = Forgetful(engine)
    async with _kept(forgetful, clock) as kept:
        for number in range(3):
            kept.record(_event(number))
        await asyncio.wait_for(kept.flush(), 10)
    assert await _written(engine) == [0, 1, 2]
    assert forgetful.batches[:2] == [3, 3]


async def test_journals_are_trimmed_in_an_order_that_all_processes_share(
    engine: Engine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    trimmed: list[int] = []
    monkeypatch.setattr(
        rows, "keep_newest", lambda _, sandbox, *_most, **_limit: trimmed.append(sandbox)
    )
    async with _kept(engine, clock, most=1) as kept:
        for sandbox in (3, 1, 2):
            kept.record(_event(0, sandbox))
    assert trimmed == [1, 2, 3]


async def test_a_database_that_stays_away_does_not_hold_up_the_end(
    engine: Engine,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(writer, "_PAUSE", 0.0)
    ailing = Ailing(engine, *[AWAY] * 1_000_000)
    async with _kept(ailing, clock) as kept:
        kept.record(_event(1))
    assert kept.waiting == 0
    assert await _written(engine) == []
    assert "1 journal entries are lost" in caplog.text


async def test_each_sandbox_keeps_its_newest(engine: Engine, clock: ManualClock) -> None:
    async with _kept(engine, clock, most=20) as kept:
        for number in range(50):
            kept.record(_event(number))
        kept.record(_event(0, sandbox=2))
        await kept.flush()
    assert await _written(engine) == [*range(30, 50)]
    assert await _written(engine, sandbox=2) == [0]


async def test_a_journal_that_has_far_too_many_is_trimmed_bit_by_bit(
    engine: Engine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a start with a lower limit: whoever writes is not held up for all of it."""
    async with _kept(engine, clock, most=10_000) as kept:
        for number in range(300):
            kept.record(_event(number))
    monkeypatch.setattr(writer, "_TRIMMED", 50)
    left = []
    async with _kept(engine, clock, most=20) as kept:
        for number in range(300, 310):
            kept.record(_event(number))
            await kept.flush()
            left.append(len(await _written(engine)))
    assert left == [251, 202, 153, 104, 55, 20, 20, 20, 20, 20]
    assert await _written(engine) == [*range(290, 310)]
