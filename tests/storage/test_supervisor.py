"""The condition of a database: known from what fails, and asked for until it is well."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from simulator.storage.engine import supervisor as module
from simulator.storage.engine.supervisor import Condition, Supervisor
from simulator.storage.errors import DatabaseFullError, DatabaseUnavailableError
from tests.storage.worlds import until


class Database:
    """A database that answers as it is told to, and how often it was asked."""

    def __init__(self) -> None:
        self.problem: Exception | None = None
        self.silent = False
        self.asked = 0
        self.given_up = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def check(self) -> None:
        self.asked += 1
        self.meanwhile()
        if self.silent:
            await asyncio.Event().wait()
        if self.problem is not None:
            raise self.problem

    def let_go(self) -> None:
        self.given_up += 1


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PATIENCE", "_PAUSE", "_STRIDE"):
        monkeypatch.setattr(module, name, 0.01)
    monkeypatch.setattr(module, "_PAUSE_WHEN_FULL", 0.05)


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
async def supervisor(database: Database) -> AsyncIterator[Supervisor]:
    made = Supervisor(database.check, on_away=database.let_go)
    yield made
    await made.stop()


async def _until(supervisor: Supervisor, condition: Condition) -> None:
    await until(lambda: supervisor.condition is condition)


async def test_nobody_asks_while_all_is_well(supervisor: Supervisor, database: Database) -> None:
    assert (supervisor.condition, supervisor.problem) == (Condition.READY, None)
    await asyncio.sleep(0)
    assert database.asked == 0


async def test_one_failure_alone_makes_nothing_away(
    supervisor: Supervisor, database: Database
) -> None:
    supervisor.failed(DatabaseUnavailableError("connection lost"))
    assert not supervisor.away
    await until(lambda: database.asked)
    assert supervisor.condition is Condition.READY
    assert database.given_up == 0


@pytest.mark.parametrize(
    "problem", [DatabaseUnavailableError("refused"), ConnectionRefusedError("refused")]
)
async def test_what_does_not_answer_is_away_until_it_does(
    supervisor: Supervisor,
    database: Database,
    problem: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    database.problem = problem
    supervisor.suspect()
    await _until(supervisor, Condition.AWAY)
    assert "refused" in str(supervisor.problem)
    assert database.given_up
    database.problem = None
    await _until(supervisor, Condition.READY)
    assert supervisor.problem is None
    assert [each.message for each in caplog.records] == [
        "the database is away: refused",
        "the database is back; it was away",
    ]


async def test_what_says_nothing_is_away(supervisor: Supervisor, database: Database) -> None:
    database.silent = True
    supervisor.suspect()
    await _until(supervisor, Condition.AWAY)
    assert "has not answered" in str(supervisor.problem)


async def test_a_question_that_cannot_be_given_up_is_asked_once(
    supervisor: Supervisor, database: Database
) -> None:
    database.silent = True
    supervisor.suspect()
    await until(lambda: database.given_up >= 3)
    assert database.asked == 1


async def test_what_is_full_is_so_at_once_and_as_long_as_somebody_says_so(
    supervisor: Supervisor, database: Database
) -> None:
    supervisor.failed(DatabaseFullError("disk is full"))
    assert supervisor.condition is Condition.FULL
    # The question itself is answered: what it writes is small.
    database.meanwhile = lambda: supervisor.failed(DatabaseFullError("disk is full"))
    conditions = set()

    def often() -> bool:
        conditions.add(supervisor.condition)
        return database.asked >= 3

    await until(often)
    assert conditions == {Condition.FULL}
    database.meanwhile = lambda: None
    await _until(supervisor, Condition.READY)


async def test_who_waits_for_long_makes_somebody_ask(
    supervisor: Supervisor, database: Database
) -> None:
    supervisor.watch()
    supervisor.under_way = 1
    await _until(supervisor, Condition.SLOW)
    assert database.asked
    assert supervisor.problem is None
    database.silent = True
    await _until(supervisor, Condition.AWAY)
    assert database.given_up
    supervisor.under_way, supervisor.ended = 0, 1
    database.silent = False


async def test_what_was_slow_is_ready_when_something_ends(
    supervisor: Supervisor, database: Database
) -> None:
    supervisor.watch()
    supervisor.under_way = 1
    await _until(supervisor, Condition.SLOW)
    supervisor.under_way, supervisor.ended = 0, 1
    await _until(supervisor, Condition.READY)
    assert database.given_up == 0


async def test_who_has_stopped_looks_no_more(supervisor: Supervisor, database: Database) -> None:
    await supervisor.stop()
    supervisor.failed(DatabaseUnavailableError("closed"))
    await asyncio.sleep(0)
    assert database.asked == 0
