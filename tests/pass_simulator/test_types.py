"""What type checkers make of the client: `make lint` checks the types that are asserted here."""

from collections.abc import Coroutine
from datetime import datetime
from inspect import signature
from typing import Any, assert_type

import pytest

from pass_simulator import Async, AsyncSimulator, Device, Entity, Profile, Sandbox, Simulator, Sync


def test_a_blocking_client_returns_results(simulator: Sandbox) -> None:
    assert_type(simulator.asynchronous, Sandbox[Async])
    assert_type(simulator.clock.now(), datetime)
    device = simulator.device("tv")
    assert_type(device, Device[Sync])
    assert_type(device.profiles(), dict[str, Profile])
    assert_type(simulator.mvpds.list(), list[Entity])


async def test_an_awaiting_client_is_awaited(simulator: Sandbox) -> None:
    sandbox = simulator.asynchronous
    now = assert_type(sandbox.clock.now(), Coroutine[Any, Any, datetime])
    assert isinstance(await now, datetime)
    device = sandbox.device("tv")
    assert_type(device, Device[Async])
    assert_type(await device.profiles(), dict[str, Profile])


async def test_an_instance_gives_sandboxes_of_its_own_mode(simulator_server: Simulator) -> None:
    made = simulator_server.create_sandbox()
    assert_type(made, Sandbox[Sync])
    made.delete()
    again = await AsyncSimulator(simulator_server.url).create_sandbox()
    assert_type(again, Sandbox[Async])
    await again.delete()


def test_what_is_wrong_is_told_before_anything_is_awaited(simulator: Sandbox) -> None:
    with pytest.raises(TypeError, match="scenario"):
        simulator.seed()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="bogus"):
        simulator.reset(bogus=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="bogus"):
        simulator.asynchronous.reset(bogus=1)  # type: ignore[call-arg, unused-coroutine]


def test_a_call_carries_its_documentation(simulator: Sandbox) -> None:
    for owner in (Sandbox, simulator, simulator.asynchronous):
        assert owner.reset.__name__ == "reset"
        assert (owner.reset.__doc__ or "").startswith("Back to the baseline")
    assert [*signature(simulator.reset).parameters] == ["to", "keep"]
    assert "Sandbox.reset of <Sandbox" in repr(simulator.reset)
