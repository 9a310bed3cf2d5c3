"""Simulators to have sandboxes in: one in memory, one in a file, and several on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import cycle
from pathlib import Path

import pytest
from pytest_aiohttp.plugin import AiohttpClient
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from simulator.app import create_app
from simulator.ids import Ids
from simulator.keys import Keys
from simulator.scenarios.library import Library
from simulator.services.context import AppContext
from simulator.services.observe.journal import Journal
from simulator.settings import Settings
from simulator.storage.engine import postgresql as postgres_engine
from simulator.storage.engine.opening import open_engine
from tests.conftest import MakeLab
from tests.sandboxes.places import Place, Replicas, open_place
from tests.storage.conftest import postgres, postgres_of_worker
from tests.support.clock import ManualClock
from tests.support.lab import Lab

OpenSimulator = Callable[[str], Awaitable[AppContext]]

__all__ = ["postgres", "postgres_of_worker"]


@pytest.fixture
async def lab(lab_with: MakeLab) -> Lab:
    """An instance with `default` alone: these tests say by themselves where a request belongs."""
    return await lab_with(allowed_host="lab.local")


@pytest.fixture
async def place(lab: Lab) -> Place:
    """The sandbox `ci-42`, not yet seeded by the test."""
    return await open_place(lab, "ci-42")


def _connect_sparingly(url: URL, **_options: object) -> AsyncEngine:
    return create_async_engine(url, pool_size=5, max_overflow=3)


@pytest.fixture
async def replicas(
    postgres: str,
    aiohttp_client: AiohttpClient,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Replicas:
    """Three instances on one PostgreSQL database, started at once and asked in turn."""
    # Fewer connections than in earnest: several test workers have to share one server.
    monkeypatch.setattr(postgres_engine, "create_async_engine", _connect_sparingly)
    settings = Settings(db=postgres, scenario="logout-samples")
    starting = (aiohttp_client(create_app(settings, clock=clock)) for _ in range(3))
    clients = await asyncio.gather(*starting)
    return Replicas(client=clients[0], clock=clock, turns=cycle(clients))


@pytest.fixture
async def open_simulator(clock: ManualClock) -> AsyncIterator[OpenSimulator]:
    """Open what the services work with on a database, without anything around it."""
    opened: list[AppContext] = []

    async def opening(db: str) -> AppContext:
        engine = await open_engine(db, clock)
        ids = Ids()
        simulator = AppContext(
            engine=engine,
            keys=await Keys.load(engine, clock, ids),
            clock=clock,
            ids=ids,
            library=Library(),
            journal=Journal(engine, clock),
            default_scenario="logout-samples",
        )
        opened.append(simulator)
        return simulator

    yield opening
    for simulator in opened:
        await simulator.engine.close()


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either sort, as `--db` would name it."""
    if request.param == "postgres":
        found: str = request.getfixturevalue("postgres")
        return found
    return str(tmp_path / "state.db")


@pytest.fixture
async def simulator(open_simulator: OpenSimulator, db: str) -> AppContext:
    """What the services work with, on a new database of either sort; there is no sandbox yet."""
    return await open_simulator(db)
