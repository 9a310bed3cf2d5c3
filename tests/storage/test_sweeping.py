"""Layers that nobody holds go away; layers that somebody holds stay, whatever was let go of."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy import Connection, select

from simulator.storage.engine.base import Engine
from simulator.storage.statements import Prepared
from simulator.storage.worlds import layers, lifecycle, snapshots, sweeping
from simulator.storage.worlds.entity_mapping import PROFILES
from simulator.storage.worlds.sandboxes import Baseline, UnknownSandbox
from simulator.storage.worlds.session import SandboxSession
from tests.storage.conftest import NewSandbox
from tests.storage.entities import names, profile
from tests.storage.worlds import NOW, HandClock, Sandbox, new_sandbox

pytestmark = pytest.mark.parametrize("db", ["memory", "postgres"], indirect=True)

LATER = NOW + 1
HOUR = 3_600_000

Sweep = Callable[[], Awaitable[list[int]]]


@pytest.fixture
def sweep(engine: Engine) -> Sweep:
    """Sweep what was let go of by now, in bites of three rows, and say which layers went."""

    async def work() -> list[int]:
        gone: list[int] = []
        while True:
            found = await engine.transact(partial(sweeping.next_to_sweep, before=LATER, most=1))
            if not found:
                return gone
            bite = partial(sweeping.sweep, layer_ids=found, limit=3, now=NOW)
            while not await engine.transact(bite):
                pass
            gone += found

    return work


async def present(engine: Engine) -> set[int]:
    statement = select(layers.layer.c.id)
    return set(await engine.query(lambda c: c.execute(statement).scalars().all()))


async def test_what_a_reset_left_is_swept(sandbox: Sandbox, engine: Engine, sweep: Sweep) -> None:
    await sandbox.put(PROFILES, *(profile(f"{number}") for number in range(10)))
    old = await sandbox.reset()
    assert await sweep() == [old.layer]
    assert await present(engine) == {sandbox.ref.layer}
    rows = await engine.query(partial(layers.rows_in, layer_id=old.layer))
    assert rows == {}


async def test_a_unit_whose_generation_was_swept_finds_no_sandbox(
    sandbox: Sandbox, engine: Engine, sweep: Sweep
) -> None:
    old = await sandbox.reset()
    assert await engine.read(old, lambda world: world.generation) == 1
    await sweep()
    for run in (engine.read, engine.write):
        with pytest.raises(UnknownSandbox):
            await run(old, lambda world: world.generation)
    assert await sandbox.read(lambda world: world.generation) == 2


async def test_what_was_let_go_of_just_now_is_not_swept_yet(
    sandbox: Sandbox, engine: Engine
) -> None:
    await sandbox.reset()
    assert await engine.transact(partial(sweeping.next_to_sweep, before=NOW)) == []


async def test_layers_below_go_with_the_last_one_on_top_of_them(
    sandbox: Sandbox, engine: Engine, sweep: Sweep
) -> None:
    below = [await sandbox.lay() for _ in range(3)]
    old = await sandbox.restart(None)
    assert await sweep() == [old.layer, *reversed(below)]
    assert await present(engine) == {sandbox.ref.layer}


async def test_a_layer_that_others_lie_on_is_spared(
    sandbox: Sandbox, engine: Engine, clock: HandClock, sweep: Sweep
) -> None:
    await sandbox.put(PROFILES, profile("shared"))
    shared = await sandbox.lay()
    clone = await new_sandbox(engine, clock, "clone", Baseline(layer=shared, name="shared"))
    await sandbox.restart(None)
    await engine.transact(partial(layers.abandon, layer_id=shared, now=NOW))
    await sweep()
    assert names(await clone.all(PROFILES)) == ["shared"]
    # The baseline alone holds it, too.
    await clone.restart(None)
    await engine.transact(partial(layers.abandon, layer_id=shared, now=NOW))
    await sweep()
    assert shared in await present(engine)
    await engine.alter("clone", lifecycle.drop)
    assert shared in await sweep()


async def test_a_snapshot_holds_its_layer(sandbox: Sandbox, engine: Engine, sweep: Sweep) -> None:
    await sandbox.put(PROFILES, profile("kept"))
    await engine.alter("default", partial(snapshots.take, name="clean"))
    frozen = (await sandbox.stack())[-1]
    await sandbox.restart(None)
    await engine.transact(partial(layers.abandon, layer_id=frozen, now=NOW))
    await sweep()
    assert await engine.query(partial(layers.rows_in, layer_id=frozen)) == {"profiles": 1}

    def discard(world: SandboxSession) -> None:
        found = snapshots.find(world, "clean")
        assert found is not None
        snapshots.discard(world, found)

    await engine.alter("default", discard)
    assert await sweep() == [frozen]


async def test_a_sandbox_that_is_dropped_leaves_nothing(
    make_sandbox: NewSandbox, engine: Engine, sweep: Sweep
) -> None:
    doomed, other = await make_sandbox("doomed"), await make_sandbox("other")
    await doomed.put(PROFILES, profile("p"))
    for name in ("one", "two"):
        await engine.alter("doomed", partial(snapshots.take, name=name))
        await doomed.put(PROFILES, profile(name))
    await engine.alter("doomed", lifecycle.drop)
    assert len(await sweep()) == 3
    assert await present(engine) == {other.ref.layer}


async def test_a_layer_that_is_being_swept_is_not_found_by_its_digest(
    engine: Engine,
) -> None:
    def made(connection: Connection) -> int:
        layer = layers.new_layer(connection, parent=None, now=NOW)
        layers.freeze_as(connection, layer, "sha")
        layers.abandon(connection, layer, NOW)
        return layer

    layer = await engine.transact(made)
    assert await engine.transact(partial(sweeping.next_to_sweep, before=LATER)) == [layer]
    assert await engine.transact(partial(layers.find_by_digest, digest="sha")) is None


async def test_what_a_process_left_behind_when_it_died_is_remembered_after_a_while(
    sandbox: Sandbox, engine: Engine, sweep: Sweep
) -> None:
    filling = await engine.transact(partial(layers.new_layer, parent=None, now=NOW))
    await engine.transact(partial(sweeping.remember_forgotten, now=NOW + HOUR))
    assert await sweep() == []
    await engine.transact(partial(sweeping.remember_forgotten, now=NOW + HOUR + 1))
    found = await engine.transact(partial(sweeping.next_to_sweep, before=NOW + HOUR + 2))
    assert found == [filling]
    assert await sandbox.all(PROFILES) == []


async def test_a_layer_costs_as_many_statements_as_it_has_kinds_of_rows(
    sandbox: Sandbox, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most are empty, or hold a few rows of two or three of the kinds."""
    statements = 0
    run = Prepared.run
    own = await engine.transact(lambda connection: connection.engine)

    def counting(self: Prepared, connection: Connection, parameters: dict[str, object]) -> None:
        nonlocal statements
        statements += connection.engine is own  # other instances of this process sweep as well
        run(self, connection, parameters)

    bite = partial(sweeping.bite, before=LATER, limit=100, now=NOW)
    await sandbox.reset()
    await sandbox.put(PROFILES, profile("one"), profile("two"))
    await sandbox.reset()
    monkeypatch.setattr(Prepared, "run", counting)
    assert await engine.transact(bite) == (2, 2)
    assert statements == 1
    assert await engine.transact(bite) == (0, 0)


async def test_a_bite_that_is_full_leaves_the_layers_for_the_next_one(
    sandbox: Sandbox, engine: Engine
) -> None:
    await sandbox.put(PROFILES, *(profile(f"{number}") for number in range(5)))
    old = await sandbox.reset()
    bite = partial(sweeping.bite, before=LATER, limit=3, now=NOW)
    assert await engine.transact(bite) == (1, 0)
    assert await engine.query(partial(layers.rows_in, layer_id=old.layer)) == {"profiles": 2}
    assert await engine.transact(bite) == (1, 1)
    assert await present(engine) == {sandbox.ref.layer}


async def test_many_layers_go_in_turn_those_let_go_of_first_before_the_others(
    engine: Engine, sweep: Sweep
) -> None:
    def made(connection: Connection) -> list[int]:
        found = [layers.new_layer(connection, parent=None, now=NOW) for _ in range(40)]
        for place, each in enumerate(reversed(found)):
            layers.abandon(connection, each, NOW - 100 + place)
        return found

    found = await engine.transact(made)
    first = await engine.transact(partial(sweeping.next_to_sweep, before=LATER))
    assert first == found[:-33:-1]
    assert await sweep() == found[::-1]
