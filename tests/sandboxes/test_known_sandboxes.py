"""What is done to one sandbox leaves known how the others stand, and what moves none leaves all known."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import pytest

from simulator.services.context import AppContext
from simulator.services.control import (
    claims,
    clock,
    leases,
    sandboxes,
    seeding,
    settings,
    snapshots,
)
from simulator.services.observe import coverage, requests
from simulator.storage.worlds.resolution import SandboxHints, resolve
from simulator.storage.worlds.sandboxes import SandboxRef
from tests.sandboxes.places import marked
from tests.sandboxes.stock import open_sandbox, seed, sweep_at_once

NAMES: Final = ("a", "b", "made")
HOUR: Final = 3_600_000

Does = Callable[[AppContext, SandboxRef], Awaitable[object]]


@pytest.fixture
def db() -> str:
    """A process remembers only what is nobody else's."""
    return ":memory:"


@pytest.fixture
async def simulator(simulator: AppContext) -> AppContext:
    """With the sandboxes `a`, and `b`, which has a snapshot and has claimed a device."""
    await open_sandbox(simulator, "a")
    b = await open_sandbox(simulator, "b", scenario="logout-samples")
    await snapshots.take(simulator, b, "s")
    await claims.claim(simulator, b, "tv", duration=None, sandbox=None, take=False)
    return simulator


async def _seed(simulator: AppContext, at: SandboxRef) -> None:
    await seed(simulator, at.name, marked("b"))


async def _set_switch(simulator: AppContext, at: SandboxRef) -> None:
    await settings.change(simulator, at, {"simulator_headers": False})


async def _reset(simulator: AppContext, at: SandboxRef) -> None:
    await seeding.reset(simulator, at)


async def _advance(simulator: AppContext, at: SandboxRef) -> None:
    await clock.advance(simulator, at, HOUR)


async def _restore(simulator: AppContext, at: SandboxRef) -> None:
    await snapshots.restore(simulator, at, "s")


async def _take_snapshot(simulator: AppContext, at: SandboxRef) -> None:
    await snapshots.take(simulator, at, "t")


async def _lease(simulator: AppContext, at: SandboxRef) -> None:
    await leases.lease(simulator, at, owner="ci", duration=HOUR, on_return="delete")
    await leases.release(simulator, at)


async def _delete(simulator: AppContext, at: SandboxRef) -> None:
    await sandboxes.delete(simulator, at.name)


async def _make(simulator: AppContext, _at: SandboxRef) -> None:
    await open_sandbox(simulator, "made")


async def _make_of_scenario(simulator: AppContext, _at: SandboxRef) -> None:
    await open_sandbox(simulator, "made", scenario="logout-samples")


async def _make_of_snapshot(simulator: AppContext, at: SandboxRef) -> None:
    await open_sandbox(simulator, "made", snapshot=(at.name, "s"))


async def _make_of_sandbox(simulator: AppContext, at: SandboxRef) -> None:
    await open_sandbox(simulator, "made", sandbox=at.name)


async def _unclaim(simulator: AppContext, _at: SandboxRef) -> None:
    await claims.unclaim(simulator, "tv")


async def _sweep(simulator: AppContext, _at: SandboxRef) -> None:
    await sweep_at_once(simulator)


@pytest.mark.parametrize(
    "does",
    [
        _seed,
        _set_switch,
        _reset,
        _advance,
        _restore,
        _take_snapshot,
        _lease,
        _delete,
        _make,
        _make_of_scenario,
        _make_of_snapshot,
        _make_of_sandbox,
        _unclaim,
        _sweep,
        requests.clear,
        coverage.clear,
    ],
)
async def test_the_others_stay_known_and_everybody_is_found_as_they_stand(
    simulator: AppContext, does: Does
) -> None:
    engine, here = simulator.engine, SandboxHints(host="made", token="a")
    by_name = {name: SandboxHints(host=name, token="a") for name in NAMES}
    for hints in by_name.values():
        await engine.resolve(hints)
    assert engine._sandbox_cache.find(here) is not None
    await does(simulator, await engine.resolve(by_name["b"]))
    assert engine._sandbox_cache.find(SandboxHints(named="a")) is not None
    for hints in by_name.values():
        stored = await engine.query(partial(resolve, hints=hints, now=simulator.clock.now()))
        assert [await engine.resolve(hints) for _ in range(2)] == [stored.ref] * 2
