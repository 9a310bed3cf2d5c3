"""A unit that began in an older generation is answered from there, and writes nothing."""

import pytest

from simulator.clock import SandboxClock
from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.storage.engine.base import Engine
from simulator.storage.errors import ConflictError
from simulator.storage.worlds import lifecycle, sandboxes
from simulator.storage.worlds.entity_mapping import DEGRADATIONS, PROFILES, SERVICE_PROVIDERS
from simulator.storage.worlds.sandboxes import SandboxRef, UnknownSandbox
from simulator.storage.worlds.session import SandboxSession
from tests.storage.entities import HOUR, names, profile, provider
from tests.storage.worlds import NOW, HandClock, Sandbox, new_sandbox


@pytest.fixture
async def old(sandbox: Sandbox) -> SandboxRef:
    """The ref of a generation that held the profile "old"; the new one holds the profile "new"."""
    await sandbox.put(SERVICE_PROVIDERS, provider("old"))
    await sandbox.put(PROFILES, profile("old"))
    ref = await sandbox.reset()
    await sandbox.put(SERVICE_PROVIDERS, provider("new"))
    await sandbox.put(PROFILES, profile("new"))
    return ref


def all_profiles(world: SandboxSession) -> list[str]:
    return names(list(world.profiles.all()))


async def test_a_new_generation_has_the_next_number(sandbox: Sandbox) -> None:
    assert sandbox.ref.generation == 1
    await sandbox.reset()
    assert sandbox.ref.generation == 2
    assert await sandbox.read(lambda world: world.generation) == 2


async def test_an_old_unit_reads_its_own_generation(
    old: SandboxRef, sandbox: Sandbox, engine: Engine
) -> None:
    assert await engine.read(old, all_profiles) == ["old"]
    assert await engine.write(old, all_profiles) == ["old"]
    assert await engine.read(old, lambda world: world.generation) == 1
    assert await sandbox.read(all_profiles) == ["new"]


async def test_an_old_unit_reads_the_configuration_of_its_generation(
    old: SandboxRef, sandbox: Sandbox, engine: Engine
) -> None:
    def unit(world: SandboxSession) -> list[str]:
        return list(world.config.service_providers)

    assert await engine.read(old, unit) == ["old"]
    assert await sandbox.read(unit) == ["new"]


async def test_an_old_unit_sees_what_it_writes_and_nobody_else_does(
    old: SandboxRef, sandbox: Sandbox, engine: Engine
) -> None:
    def unit(world: SandboxSession) -> tuple[list[str], list[str]]:
        world.profiles.put(profile("late"))
        world.profiles.delete("old")
        world.repository(SERVICE_PROVIDERS).put(provider("late"))
        return all_profiles(world), list(world.config.service_providers)

    assert await engine.write(old, unit) == (["late"], ["late", "old"])
    # Asked to read, it turns out to write: the same answer, and still nothing is written.
    assert await engine.read(old, unit) == (["late"], ["late", "old"])
    assert await engine.read(old, all_profiles) == ["old"]
    assert await sandbox.read(all_profiles) == ["new"]
    assert list((await sandbox.config()).service_providers) == ["new"]
    assert await engine.read(old, lambda world: list(world.config.service_providers)) == ["old"]


async def test_an_old_unit_that_fails_raises_its_error(
    old: SandboxRef, sandbox: Sandbox, engine: Engine
) -> None:
    def unit(world: SandboxSession) -> None:
        world.profiles.put(profile("late"))
        stray = PROFILES.row(profile("stray"), layer=999, epoch=0)
        world.connection.execute(PROFILES.table.insert(), stray)

    with pytest.raises(ConflictError):
        await engine.write(old, unit)
    assert await engine.read(old, all_profiles) == ["old"]
    await sandbox.put(PROFILES, profile("next"))
    assert await sandbox.read(all_profiles) == ["new", "next"]


async def test_an_old_unit_sees_the_times_of_its_generation(
    sandbox: Sandbox, engine: Engine, clock: HandClock
) -> None:
    rule = DegradationRule(
        id="rule", service_provider="REF30", mvpd="Dish", rule=Degradation.AUTHN_ALL, until=NOW + 1
    )
    await sandbox.put(PROFILES, profile("p", not_before=NOW, not_after=NOW + HOUR))
    await sandbox.put(DEGRADATIONS, rule)
    clock.instant += 3 * HOUR
    old = await sandbox.reset()

    def unit(world: SandboxSession) -> tuple[int, object]:
        found = world.profiles.get("p")
        assert found is not None
        return found.not_after, world.config.rules("REF30", "Dish", world.epoch)

    assert await engine.read(old, unit) == (NOW + HOUR, (rule,))
    assert await engine.write(old, unit) == (NOW + HOUR, (rule,))


async def test_an_old_unit_is_told_the_time_by_the_clock_of_its_generation(
    sandbox: Sandbox, engine: Engine
) -> None:
    def freeze(world: SandboxSession) -> SandboxRef:
        lifecycle.set_clock(world, SandboxClock(frozen_at=NOW + 5 * HOUR))
        return sandboxes.ref(world.connection, world.name)

    sandbox.ref = await engine.alter(sandbox.ref.name, freeze)
    old = await sandbox.reset()
    assert await sandbox.read(lambda world: world.now) == NOW
    assert await engine.read(old, lambda world: world.now) == NOW + 5 * HOUR


async def test_a_frozen_layer_on_top_does_not_begin_a_generation(
    sandbox: Sandbox, engine: Engine
) -> None:
    before = sandbox.ref
    await sandbox.put(PROFILES, profile("below"))
    await sandbox.lay()
    await engine.write(before, lambda world: world.profiles.put(profile("above")))
    assert await sandbox.read(all_profiles) == ["above", "below"]
    assert await engine.read(before, lambda world: (world.generation, len(world.stack))) == (1, 2)


async def test_every_generation_since_is_still_told_apart(sandbox: Sandbox, engine: Engine) -> None:
    refs = []
    for number in range(4):
        await sandbox.put(PROFILES, profile(f"of {number + 1}"))
        refs.append(await sandbox.reset())
    for number, ref in enumerate(refs, start=1):
        assert await engine.read(ref, all_profiles) == [f"of {number}"]
    assert await sandbox.read(all_profiles) == []


async def test_a_sandbox_that_was_made_anew_is_another_one(
    sandbox: Sandbox, engine: Engine, clock: HandClock
) -> None:
    await engine.alter("default", lifecycle.drop)
    await new_sandbox(engine, clock, "default")
    for turn in (sandbox.read, sandbox.write):
        with pytest.raises(UnknownSandbox):
            await turn(lambda world: world.generation)
