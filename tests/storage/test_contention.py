"""Units of one sandbox that come at the same time pass one after another."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.storage.engine.base import Engine
from simulator.storage.worlds import lifecycle, sandboxes
from simulator.storage.worlds.entity_mapping import PROFILES, SERVICE_PROVIDERS, TEMP_PASSES
from simulator.storage.worlds.sandboxes import EMPTY
from simulator.storage.worlds.session import SandboxSession
from tests.storage.conftest import NewSandbox
from tests.storage.entities import profile, provider
from tests.storage.worlds import NOW, Sandbox

TRIAL = TempPassTrial(
    id="trial", service_provider="REF30", mvpd="TempPass", device="tv", first_authorized=NOW
)


def use(resource: str) -> Callable[[SandboxSession], int]:
    """Note one more used resource, and say how many there were before."""

    def unit(world: SandboxSession) -> int:
        trial = world.temp_passes.get("trial")
        assert trial is not None
        used = trial.used_resources
        world.temp_passes.put(replace(trial, used_resources=(*used, resource)))
        return len(used)

    return unit


async def test_a_hundred_units_that_read_and_write_lose_no_update(sandbox: Sandbox) -> None:
    await sandbox.put(TEMP_PASSES, TRIAL)
    await sandbox.lay()
    asked = [sandbox.write(use(f"{number}")) for number in range(100)]
    assert sorted(await asyncio.gather(*asked)) == list(range(100))
    trial = await sandbox.get(TEMP_PASSES, "trial")
    assert trial is not None
    assert sorted(trial.used_resources, key=int) == [f"{number}" for number in range(100)]


async def test_reads_that_turn_out_to_write_lose_no_update_either(sandbox: Sandbox) -> None:
    await sandbox.put(TEMP_PASSES, TRIAL)
    asked = [sandbox.read(use(f"{number}")) for number in range(40)]
    assert sorted(await asyncio.gather(*asked)) == list(range(40))


async def test_a_profile_is_taken_once_however_many_come_for_it(sandbox: Sandbox) -> None:
    def take(world: SandboxSession) -> bool:
        if world.profiles.get("p") is None:
            return False
        world.profiles.delete("p")
        return True

    for _ in range(5):
        await sandbox.put(PROFILES, profile("p"))
        taken = await asyncio.gather(*(sandbox.write(take) for _ in range(8)))
        assert sorted(taken) == [False] * 7 + [True]


async def test_changes_of_the_configuration_lose_no_update(sandbox: Sandbox) -> None:
    def add(name: str) -> Callable[[SandboxSession], int]:
        def unit(world: SandboxSession) -> int:
            known = len(world.config.service_providers)
            world.repository(SERVICE_PROVIDERS).put(provider(name))
            return known

        return unit

    asked = [sandbox.write(add(f"{number:02}")) for number in range(30)]
    assert sorted(await asyncio.gather(*asked)) == list(range(30))
    assert len((await sandbox.config()).service_providers) == 30


async def test_resets_and_units_at_the_same_time_leave_whole_generations(
    sandbox: Sandbox, engine: Engine
) -> None:
    """Each unit lands in the generation that it began in, or nowhere."""

    def put(number: int) -> Callable[[SandboxSession], int]:
        def unit(world: SandboxSession) -> int:
            world.profiles.put(profile(f"{number:03}", subscriber=f"{world.generation}"))
            return world.generation

        return unit

    async def call(number: int) -> int:
        ref = await engine.query(lambda connection: sandboxes.ref(connection, "default"))
        return await engine.write(ref, put(number))

    work: list[Awaitable[int]] = []
    for number in range(60):
        work.append(call(number))
        if number % 10 == 9:
            work.append(engine.alter("default", partial(lifecycle.restart, on=EMPTY)))
    generations = await asyncio.gather(*work)
    assert sorted(generations[10::11]) == [2, 3, 4, 5, 6, 7]
    sandbox.ref = await engine.query(lambda connection: sandboxes.ref(connection, "default"))
    left = await sandbox.all(PROFILES)
    assert all(each.subscriber == "7" for each in left)
    asked = [generation for place, generation in enumerate(generations, start=1) if place % 11]
    assert len(left) == asked.count(7)


async def test_sandboxes_at_the_same_time_do_not_disturb_each_other(
    make_sandbox: NewSandbox,
) -> None:
    made = [await make_sandbox(f"ci-{number}") for number in range(5)]
    for each in made:
        await each.put(TEMP_PASSES, TRIAL)
    asked = [each.write(use(each.ref.name)) for each in made for _ in range(10)]
    assert sorted(await asyncio.gather(*asked)) == sorted([*range(10)] * 5)
    for each in made:
        trial = await each.get(TEMP_PASSES, "trial")
        assert trial is not None
        assert trial.used_resources == (each.ref.name,) * 10
