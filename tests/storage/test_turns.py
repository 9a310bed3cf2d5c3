"""On PostgreSQL whoever writes to a sandbox waits for its turn, and sees it as the one before has left it."""

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from simulator.storage.engine.base import Engine
from simulator.storage.worlds import lifecycle, merging, sandboxes
from simulator.storage.worlds.entity_mapping import PROFILES, SERVICE_PROVIDERS
from simulator.storage.worlds.repository import Repository
from simulator.storage.worlds.sandboxes import UnknownSandbox
from simulator.storage.worlds.session import SandboxSession
from tests.storage.entities import names, profile, provider
from tests.storage.postgres import Session
from tests.storage.worlds import HandClock, Sandbox, new_sandbox

LOCK = "SELECT 1 FROM sandbox WHERE name = 'default' FOR UPDATE"
RESET = """
WITH top AS (
    INSERT INTO layer (id, stack, configuration_layer, configuration_revision, created, ids_drawn)
    VALUES (1000, '1000', 0, 0, 0, 0) RETURNING id
)
UPDATE sandbox SET generation = generation + 1, layer = (SELECT id FROM top)
"""
CONFIGURE = """
SELECT 1 FROM sandbox FOR UPDATE;
INSERT INTO service_provider (layer, id, deleted, name, domains)
    SELECT layer, 'two', false, 'Two', '[]' FROM sandbox;
UPDATE layer
    SET configuration_layer = id, configuration_revision = configuration_revision + 1
"""


@pytest.fixture
def db(postgres: str) -> str:
    return postgres


def providers(world: SandboxSession) -> list[str]:
    return list(world.config.service_providers)


async def test_a_unit_waits_for_whoever_writes_to_its_sandbox(
    sandbox: Sandbox, other: Session
) -> None:
    async with other.holding(LOCK):
        task = asyncio.create_task(sandbox.put(PROFILES, profile("p")))
        await other.until_waiting()
        assert await sandbox.all(PROFILES) == []
    await task
    assert names(await sandbox.all(PROFILES)) == ["p"]


async def test_sandboxes_do_not_wait_for_each_other(
    sandbox: Sandbox, engine: Engine, clock: HandClock, other: Session
) -> None:
    free = await new_sandbox(engine, clock, "free")
    async with other.holding(LOCK):
        task = asyncio.create_task(sandbox.put(PROFILES, profile("p")))
        await other.until_waiting()
        await free.put(PROFILES, profile("q"))
        assert names(await free.all(PROFILES)) == ["q"]
        assert not task.done()
    await task


async def test_a_unit_that_waited_for_a_reset_is_answered_from_its_generation(
    sandbox: Sandbox, engine: Engine, other: Session
) -> None:
    await sandbox.put(PROFILES, profile("old"))

    def unit(world: SandboxSession) -> list[str]:
        world.profiles.put(profile("late"))
        return names(list(world.profiles.all()))

    async with other.holding(RESET):
        task = asyncio.create_task(sandbox.write(unit))
        await other.until_waiting()
    assert await task == ["late", "old"]
    ref = await engine.query(lambda connection: sandboxes.ref(connection, "default"))
    assert ref.generation == 2
    assert await engine.read(ref, lambda world: list(world.profiles.all())) == []
    assert names(await sandbox.all(PROFILES)) == ["old"]


async def test_a_unit_that_waited_sees_the_configuration_as_it_is_by_then(
    sandbox: Sandbox, other: Session
) -> None:
    await sandbox.put(SERVICE_PROVIDERS, provider("one"))
    assert await sandbox.read(providers) == ["one"]
    async with other.holding(CONFIGURE):
        task = asyncio.create_task(sandbox.write(providers))
        await other.until_waiting()
    assert await task == ["one", "two"]
    assert await sandbox.read(providers) == ["one", "two"]


async def test_an_alteration_that_waited_sees_the_sandbox_as_it_is_by_then(
    sandbox: Sandbox, engine: Engine, other: Session
) -> None:
    def stands(world: SandboxSession) -> tuple[int, tuple[int, ...], list[str]]:
        return world.generation, world.stack, providers(world)

    before = await sandbox.stack()
    async with other.holding(CONFIGURE):
        task = asyncio.create_task(engine.alter("default", stands))
        await other.until_waiting()
    assert await task == (1, before, ["two"])
    async with other.holding(RESET):
        task = asyncio.create_task(engine.alter("default", stands))
        await other.until_waiting()
    assert await task == (2, (1000,), [])


@pytest.mark.parametrize("altering", [False, True])
async def test_who_waited_for_a_sandbox_that_was_deleted_is_told_so(
    sandbox: Sandbox, engine: Engine, other: Session, *, altering: bool
) -> None:
    def unit(world: SandboxSession) -> None:
        world.profiles.put(profile("p"))

    async with other.holding("DELETE FROM sandbox"):
        waiting = engine.alter("default", unit) if altering else sandbox.write(unit)
        task = asyncio.create_task(waiting)
        await other.until_waiting()
    with pytest.raises(UnknownSandbox):
        await task


async def test_rows_do_not_move_between_layers_while_a_unit_writes(
    sandbox: Sandbox, engine: Engine, other: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sandbox.put(PROFILES, profile("below"))
    below = await sandbox.lay()
    await sandbox.put(PROFILES, profile("above"))
    await sandbox.lay()

    def unit(world: SandboxSession) -> None:
        find = Repository._layers_of

        def find_and_wait(records: Repository[Any], entity_id: str) -> dict[int, bool]:
            found = find(records, entity_id)
            world.connection.execute(select(func.pg_advisory_xact_lock(42)))
            return found

        monkeypatch.setattr(Repository, "_layers_of", find_and_wait)
        world.profiles.delete("below")

    async def merge() -> bool:
        return await engine.transact_alone(partial(merging.merge, layer_id=below, limit=10))

    async with other.holding("SELECT pg_advisory_xact_lock(42)"):
        writing = asyncio.create_task(sandbox.write(unit))
        await other.until_waiting(1)
        moving = asyncio.create_task(merge())
        await other.until_waiting(2)
    await writing
    assert await moving
    assert names(await sandbox.all(PROFILES)) == ["above"]
    assert below not in await sandbox.stack()


async def test_rows_do_not_move_between_layers_while_a_sandbox_is_altered(
    sandbox: Sandbox, engine: Engine, other: Session
) -> None:
    await sandbox.put(PROFILES, profile("below"))
    below = await sandbox.lay()
    await sandbox.put(PROFILES, profile("above"))
    await sandbox.lay()

    def freeze(world: SandboxSession) -> None:
        world.connection.execute(select(func.pg_advisory_xact_lock(42)))
        lifecycle.freeze_top(world)

    async def merge() -> bool:
        return await engine.transact_alone(partial(merging.merge, layer_id=below, limit=10))

    async with other.holding("SELECT pg_advisory_xact_lock(42)"):
        altering = asyncio.create_task(engine.alter("default", freeze))
        await other.until_waiting(1)
        moving = asyncio.create_task(merge())
        await other.until_waiting(2)
        assert below in await sandbox.stack()
    await altering
    assert await moving
    assert names(await sandbox.all(PROFILES)) == ["above", "below"]
    assert below not in await sandbox.stack()
