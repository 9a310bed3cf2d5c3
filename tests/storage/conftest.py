"""Databases to test on: SQLite in memory and in a file, and PostgreSQL where one is named."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from simulator.storage.engine.base import Engine
from simulator.storage.engine.file_lock import FileLock
from simulator.storage.engine.opening import open_engine
from tests.storage.postgres import Session
from tests.storage.worlds import HandClock, Sandbox, new_sandbox

POSTGRES = "PASS_SIMULATOR_TEST_POSTGRES"
# Read at once: the tests themselves run without any such variable.
GIVEN = os.environ.get(POSTGRES)

DURABLE = pytest.mark.parametrize("db", ["file", "postgres"], indirect=True)
"""For tests that open the same database again."""

NewSandbox = Callable[[str], Awaitable[Sandbox]]


@pytest.fixture(scope="session")
def postgres_of_worker() -> Iterator[str]:
    """A PostgreSQL database of this worker's own, dropped in the end."""
    if not GIVEN:
        pytest.skip(f"{POSTGRES} is not set: an SQLAlchemy URL whose user may create databases")
    name = f"pass_simulator_{secrets.token_hex(6)}"

    async def tell(url: str, *commands: str) -> None:
        async with Session.open(url) as session:
            for each in commands:
                await session.execute(each)

    # A loop of its own, which does not become the current one: the tests' loops are theirs.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        # What these tests write need not survive anything.
        asynchronous = f"ALTER DATABASE {name} SET synchronous_commit TO off"
        runner.run(tell(GIVEN, f"CREATE DATABASE {name}", asynchronous))
        url = make_url(GIVEN).set(drivername="postgresql+asyncpg", database=name)
        yield url.render_as_string(hide_password=False)
        runner.run(tell(GIVEN, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def postgres(postgres_of_worker: str) -> str:
    """The URL of an empty PostgreSQL database."""
    async with Session.open(postgres_of_worker) as session:
        await session.execute("DROP SCHEMA public CASCADE")
        await session.execute("CREATE SCHEMA public")
    return postgres_of_worker


@pytest.fixture
async def other(postgres: str) -> AsyncIterator[Session]:
    """Somebody else on the same PostgreSQL database."""
    async with Session.open(postgres) as session:
        yield session


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["memory", "file", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each sort, as `--db` would name it."""
    if request.param == "memory":
        return ":memory:"
    if request.param == "file":
        return str(tmp_path / "test.db")
    found: str = request.getfixturevalue("postgres")
    return found


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system without locks: several engines may have one file, and none remembers it."""
    monkeypatch.setattr(FileLock, "take", lambda _: None)


@pytest.fixture
async def engine(db: str, clock: HandClock) -> AsyncIterator[Engine]:
    opened = await open_engine(db, clock)
    yield opened
    await opened.close()


@pytest.fixture
def make_sandbox(engine: Engine, clock: HandClock) -> NewSandbox:
    return lambda name: new_sandbox(engine, clock, name)


@pytest.fixture
async def sandbox(make_sandbox: NewSandbox) -> Sandbox:
    return await make_sandbox("default")
