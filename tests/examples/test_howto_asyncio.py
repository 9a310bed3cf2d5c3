"""How to write tests that await: `asynchronous` is the same sandbox with the same calls."""

import asyncio

from pass_simulator import AsyncSimulator, Sandbox, Simulator


async def test_many_devices_at_once(simulator: Sandbox) -> None:
    sandbox = simulator.asynchronous
    devices = [sandbox.device(f"tv-{number}") for number in range(5)]

    profiles = await asyncio.gather(*(device.login("Cablevision") for device in devices))

    assert [each.mvpd for each in profiles] == ["Cablevision"] * 5
    await sandbox.requests.verify(operation="create_session", exactly=5)


async def test_two_logouts_race_and_one_wins(simulator: Sandbox) -> None:
    device = simulator.asynchronous.device("living-room-tv")
    await device.login("Cablevision")

    logouts = await asyncio.gather(*(device.logout("Cablevision") for _ in range(2)))

    assert sorted(each.action for each in logouts) == ["invalid", "logout"]


async def test_a_simulator_that_runs_elsewhere(simulator_server: Simulator) -> None:
    simulator = AsyncSimulator(simulator_server.url)
    await simulator.wait_until_ready()

    sandbox = await simulator.create_sandbox(scenario="demo", lease=("me", "PT10M"))
    assert "Cablevision" in await sandbox.device("living-room-tv").configuration()
    await sandbox.delete()
