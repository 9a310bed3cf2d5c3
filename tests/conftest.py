"""The fixtures of all tests."""

import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from threading import Lock

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import settings as hypothesis_settings
from pytest_aiohttp.plugin import AiohttpClient

from simulator import keys
from simulator.app import create_app
from simulator.settings import Settings
from simulator.storage.engine import sqlite_connection
from tests.support.clock import ManualClock
from tests.support.instance import SCENARIO, Instances
from tests.support.lab import App, Lab
from tests.support.logins import ANN
from tests.support.replies import Json
from tests.support.worlds import TV, world

MakeLab = Callable[..., Awaitable[Lab]]

# How long one example takes says more about what else the machine does than about the code.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays to the end: else it takes a quarter of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _one_signing_key() -> Iterator[None]:
    """Making an RSA key, and checking one, takes longer than most tests, so one has to do for all."""
    made, one_at_a_time = cache(keys._make), Lock()

    def make() -> str:
        # An instance asks for two at the same time, in threads.
        with one_at_a_time:
            return made()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_make", make)
        load = cache(serialization.load_pem_private_key)
        patch.setattr(serialization, "load_pem_private_key", load)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """What these tests write need not survive a power cut, and to wait for the disk takes half their time.

    It survives the end of a process all the same; processes of their own wait as users' do.
    """
    pragmas = sqlite_connection._pragmas

    def hasty(*, writes: bool) -> list[str]:
        return [
            each.replace("synchronous=FULL", "synchronous=OFF") for each in pragmas(writes=writes)
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_connection, "_pragmas", hasty)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """What the developer's shell sets for a simulator of their own is not meant for these.

    Nor for the processes that they start, which may keep what they compile: else each compiles us anew.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith("PASS_SIMULATOR_")]:
            patch.delenv(name)
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


@pytest.fixture(scope="session")
def clock_of_worker() -> ManualClock:
    """The clock of all simulators in this process; each test that has one begins at the same instant."""
    return ManualClock()


@pytest.fixture
def clock(clock_of_worker: ManualClock) -> ManualClock:
    clock_of_worker.restart()
    return clock_of_worker


@pytest.fixture(scope="session")
async def instances(
    _one_signing_key: None, _no_settings_from_outside: None, clock_of_worker: ManualClock
) -> AsyncIterator[Instances]:
    """The simulators that the tests of this worker share."""
    async with AsyncExitStack() as running:
        yield Instances(clock=clock_of_worker, running=running)


@pytest.fixture
async def default_lab(instances: Instances, clock: ManualClock) -> Lab:
    """The sandbox `default` with the scenario `logout-samples`, and no other sandbox.

    For what is about `default`, or about how the simulator finds the sandbox of a request.
    """
    return await (await instances.find()).renew()


@pytest.fixture
async def lab_from(instances: Instances, clock: ManualClock) -> MakeLab:
    """Make the sandbox `lab` from a shipped scenario."""
    return (await instances.find()).sandbox


@pytest.fixture
async def lab(lab_from: MakeLab) -> Lab:
    """A sandbox of the test's own, with the scenario `logout-samples`."""
    return await lab_from()


@pytest.fixture
async def app(lab: Lab) -> App:
    """The app `app-1` on the TV, in the base world with an account for Ann."""
    await lab.seed(world(subscribers=[ANN]))
    return await lab.app(TV, client="app-1")


@pytest.fixture
def lab_with(instances: Instances, clock: ManualClock) -> MakeLab:
    """The sandbox `default` of an instance with these settings, which other tests may have used."""

    async def find(**settings: Json) -> Lab:
        return await (await instances.find(**settings)).renew()

    return find


@pytest.fixture
def make_lab(aiohttp_client: AiohttpClient, clock: ManualClock) -> MakeLab:
    """Start an instance with these settings; in memory, with the samples, unless they say else.

    It takes as long as twenty tests that share one: for files, restarts, counts, and second instances.
    """

    async def make(**settings: Json) -> Lab:
        given = Settings(**{"db": ":memory:", "scenario": SCENARIO, **settings})
        client = await aiohttp_client(create_app(given, clock=clock))
        return Lab(client=client, clock=clock)

    return make


@pytest.fixture
async def own_lab(make_lab: MakeLab) -> Lab:
    """An instance that nobody else has used."""
    return await make_lab()


@pytest.fixture
async def file_lab(make_lab: MakeLab, tmp_path: Path) -> Lab:
    """The same on a database file."""
    return await make_lab(db=str(tmp_path / "state.db"))
