"""The fixtures of all tests."""

import gc
import os
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from pytest_aiohttp.plugin import AiohttpClient

from simulator import keys
from simulator.app import create_app
from simulator.settings import Settings
from tests.support.clock import ManualClock
from tests.support.lab import Lab
from tests.support.replies import Json

MakeLab = Callable[..., Awaitable[Lab]]


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays to the end: else it takes a quarter of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _one_signing_key() -> Iterator[None]:
    """Making an RSA key, and checking one, takes longer than most tests, so one has to do for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_make", cache(keys._make))
        load = cache(serialization.load_pem_private_key)
        patch.setattr(serialization, "load_pem_private_key", load)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """What the developer's shell sets for a simulator of their own is not meant for these."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith("PASS_SIMULATOR_")]:
            patch.delenv(name)
        yield


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make_lab(aiohttp_client: AiohttpClient, clock: ManualClock) -> MakeLab:
    """Start a simulator with these settings; in memory, with the samples, unless they say else."""

    async def make(**settings: Json) -> Lab:
        given = Settings(**{"db": ":memory:", "scenario": "logout-samples", **settings})
        client = await aiohttp_client(create_app(given, clock=clock))
        return Lab(client=client, clock=clock)

    return make


@pytest.fixture
async def lab(make_lab: MakeLab) -> Lab:
    """A simulator in memory, seeded with the scenario `logout-samples`."""
    return await make_lab()


@pytest.fixture
async def file_lab(make_lab: MakeLab, tmp_path: Path) -> Lab:
    """The same on a database file."""
    return await make_lab(db=str(tmp_path / "state.db"))
