"""Layers themselves: laid, filled, frozen under a digest, counted and emptied."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from simulator.storage.engine.base import Engine
from simulator.storage.errors import ConflictError
from simulator.storage.worlds import layers, merging
from simulator.storage.worlds.entity_mapping import BY_ENTITY, KINDS, PROFILES, SERVICE_PROVIDERS
from simulator.storage.worlds.sandboxes import Baseline
from tests.storage.entities import COMPLETE, complete, names, profile, provider
from tests.storage.worlds import NOW, HandClock, Sandbox, new_sandbox, rows


def filled(connection: Connection, profiles: int = 0) -> int:
    """A layer with one entity of each kind and some more profiles."""
    layer = layers.new_layer(connection, parent=None, now=NOW)
    entities = [*COMPLETE, *(profile(f"p-{number:03}") for number in range(profiles))]
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for entity in entities:
        kind = BY_ENTITY[type(entity)]
        by_kind.setdefault(kind.name, []).append(kind.row(entity, layer=layer, epoch=NOW))
    layers.insert_rows(connection, by_kind)
    return layer


def of(layer: int, *columns: str) -> Callable[[Connection], tuple[Any, ...]]:
    statement = select(*(layers.layer.c[name] for name in columns))
    statement = statement.where(layers.layer.c.id == layer)
    return lambda connection: tuple(connection.execute(statement).one())


async def test_a_layer_knows_those_below_it(engine: Engine) -> None:
    def work(connection: Connection) -> list[int]:
        made = [layers.new_layer(connection, parent=None, now=NOW)]
        for _ in range(3):
            made.append(layers.new_layer(connection, parent=made[-1], now=NOW + 1))
        return made

    made = await engine.transact(work)
    assert made == sorted(set(made))
    bottom = await engine.query(of(made[0], "parent", "stack", "created", "digest", "abandoned"))
    assert bottom == (None, f"{made[0]}", NOW, None, None)
    top = await engine.query(of(made[3], "parent", "stack", "created"))
    assert top == (made[2], " ".join(str(each) for each in reversed(made)), NOW + 1)


async def test_ids_of_layers_are_never_given_out_again(engine: Engine) -> None:
    def again(connection: Connection) -> int:
        made = layers.new_layer(connection, parent=None, now=NOW)
        connection.execute(layers.layer.delete().where(layers.layer.c.id == made))
        return made

    made = [await engine.transact(again) for _ in range(3)]
    assert len(set(made)) == 3
    assert made == sorted(made)


async def test_a_layer_cannot_lie_on_one_that_does_not_exist(engine: Engine) -> None:
    with pytest.raises(Exception, match=r"[Nn]o row"):
        await engine.transact(lambda connection: layers.new_layer(connection, parent=4711, now=NOW))


async def test_a_frozen_layer_is_found_by_its_digest(engine: Engine) -> None:
    layer = await engine.transact(filled)
    assert await engine.transact(lambda connection: layers.find_by_digest(connection, "a")) is None
    used = await engine.transact(lambda connection: layers.freeze_as(connection, layer, "a"))
    assert used == layer
    assert await engine.transact(lambda connection: layers.find_by_digest(connection, "a")) == layer
    assert await engine.transact(lambda connection: layers.find_by_digest(connection, "b")) is None
    state = ("digest", "configuration_layer", "configuration_revision")
    assert await engine.query(of(layer, *state)) == ("a", layer, 1)


async def test_finding_a_layer_takes_it_back_from_the_sweeper(engine: Engine) -> None:
    layer = await engine.transact(filled)
    await engine.transact(lambda connection: layers.freeze_as(connection, layer, "a"))
    await engine.transact(lambda connection: layers.abandon(connection, layer, NOW))
    assert await engine.query(of(layer, "abandoned")) == (NOW,)
    await engine.transact(lambda connection: layers.find_by_digest(connection, "a"))
    assert await engine.query(of(layer, "abandoned")) == (None,)


async def test_whoever_freezes_second_gets_the_layer_of_the_first(engine: Engine) -> None:
    first, second = await engine.transact(filled), await engine.transact(filled)
    await engine.transact(lambda connection: layers.freeze_as(connection, first, "a"))
    await engine.transact(lambda connection: layers.abandon(connection, first, NOW))
    used = await engine.transact(lambda connection: layers.freeze_as(connection, second, "a"))
    assert used == first
    assert await engine.query(of(first, "abandoned", "digest")) == (None, "a")
    assert await engine.query(of(second, "digest", "configuration_layer")) == (None, 0)


async def test_a_digest_belongs_to_one_layer(engine: Engine) -> None:
    first, second = await engine.transact(filled), await engine.transact(filled)
    await engine.transact(lambda connection: layers.freeze_as(connection, first, "a"))
    twice = layers.layer.update().where(layers.layer.c.id == second).values(digest="a")
    with pytest.raises(ConflictError):
        await engine.transact(lambda connection: connection.execute(twice))


async def test_sandboxes_on_a_frozen_layer_share_its_rows(engine: Engine, clock: HandClock) -> None:
    layer = await engine.transact(filled)
    baseline = Baseline(layer=layer, name="baseline")
    one = await new_sandbox(engine, clock, "one", baseline)
    two = await new_sandbox(engine, clock, "two", baseline)
    shared = complete(PROFILES).id
    await one.delete(PROFILES, shared)
    await two.put(SERVICE_PROVIDERS, provider("REF30", "changed"))
    assert names(await two.all(PROFILES)) == [shared]
    assert names(await one.all(PROFILES)) == []
    assert (await one.stack())[1:] == (await two.stack())[1:] == (layer,)
    untouched = await engine.query(lambda connection: rows(connection, PROFILES, layer))
    assert untouched == [(shared, False)]


async def test_rows_are_counted_by_kind_with_tombstones(sandbox: Sandbox, engine: Engine) -> None:
    await sandbox.put(PROFILES, profile("a"), profile("b"))
    below = await sandbox.lay()
    await sandbox.put(PROFILES, profile("c"))
    await sandbox.delete(PROFILES, "a")
    await sandbox.put(SERVICE_PROVIDERS, provider("REF30"))
    top = (await sandbox.stack())[0]
    counts = [
        await engine.query(partial(layers.rows_in, layer_id=each)) for each in (below, top, 4711)
    ]
    assert counts == [{"profiles": 2}, {"profiles": 2, "service_providers": 1}, {}]


async def test_every_kind_is_counted(engine: Engine) -> None:
    layer = await engine.transact(lambda connection: filled(connection, profiles=4))
    counts = await engine.query(lambda connection: layers.rows_in(connection, layer))
    assert counts == {kind.name: 1 for kind in KINDS} | {"profiles": 5}


@pytest.mark.parametrize("limit", [1, 4, 5, 1000])
async def test_a_layer_is_emptied_in_bites(engine: Engine, limit: int) -> None:
    spared = await engine.transact(filled)
    layer = await engine.transact(lambda connection: filled(connection, profiles=10))
    everything = len(KINDS) + 10
    bites: list[int] = []
    while not bites or bites[-1] == limit:
        bites.append(
            await engine.transact(
                lambda connection: layers.drop_rows(connection, [layer], limit=limit)
            )
        )
    assert sum(bites) == everything
    assert bites == [limit] * (everything // limit) + [everything % limit]
    assert await engine.query(lambda connection: layers.rows_in(connection, layer)) == {}
    left = await engine.query(lambda connection: layers.rows_in(connection, spared))
    assert left == {kind.name: 1 for kind in KINDS}


async def test_a_layer_that_another_process_has_merged_is_done(
    sandbox: Sandbox, engine: Engine
) -> None:
    await sandbox.put(PROFILES, profile("p"))
    below = await sandbox.lay()
    await sandbox.lay()
    merge = partial(merging.merge, layer_id=below, limit=10)
    assert [await engine.transact_alone(merge) for _ in range(2)] == [True, True]
    assert names(await sandbox.all(PROFILES)) == ["p"]
    assert len(await sandbox.stack()) == 2


async def test_emptying_an_empty_layer_finds_nothing(engine: Engine) -> None:
    layer = await engine.transact(lambda c: layers.new_layer(c, parent=None, now=NOW))
    assert await engine.transact(lambda c: layers.drop_rows(c, [layer], limit=10)) == 0
