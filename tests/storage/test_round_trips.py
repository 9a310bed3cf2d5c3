"""Every kind of entity comes back from the database as it went in."""

from dataclasses import MISSING, is_dataclass
from typing import Any

import pytest

from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.domain.households import Subscriber
from simulator.domain.members import members
from simulator.domain.switches import Setting
from simulator.storage.worlds.entity_mapping import (
    BY_ENTITY,
    DEGRADATIONS,
    KINDS,
    SETTINGS,
    SUBSCRIBERS,
    EntityMapping,
)
from tests.storage.entities import BARE, COMPLETE, HOUR, bare, complete
from tests.storage.worlds import NOW, Sandbox
from tests.support.inventory import every

LAYERING = {"layer", "deleted"}


@every(KINDS, lambda kind: kind.name)
def test_the_samples_set_every_field_or_none_that_has_a_default(kind: EntityMapping[Any]) -> None:
    full, empty = complete(kind), bare(kind)
    assert full.id == empty.id
    for each in members(kind.entity):
        same = getattr(full, each.name) == getattr(empty, each.name)
        assert same == (each.default is MISSING), each.name


@every(KINDS, lambda kind: kind.name)
def test_every_field_has_a_column_and_every_column_can_be_filled(kind: EntityMapping[Any]) -> None:
    names = {each.name for each in members(kind.entity)}
    assert names <= set(kind.columns)
    assert all(hasattr(kind.entity, name) for name in set(kind.columns) - names)
    assert not LAYERING & names
    assert set(kind.times) <= names
    assert kind.happened is None or kind.happened in kind.times


def test_every_dataclass_of_a_kind_belongs_to_one_kind_only() -> None:
    assert len(BY_ENTITY) == len(KINDS) == len({kind.name for kind in KINDS})
    assert all(is_dataclass(kind.entity) for kind in KINDS)


@pytest.mark.parametrize("entities", [COMPLETE, BARE], ids=["complete", "bare"])
async def test_what_is_put_is_what_is_got(sandbox: Sandbox, entities: tuple[Any, ...]) -> None:
    for entity in entities:
        await sandbox.put(BY_ENTITY[type(entity)], entity)
    for entity in entities:
        await _assert_found(sandbox, entity)


@pytest.mark.parametrize(
    ("first", "second"), [(COMPLETE, BARE), (BARE, COMPLETE)], ids=["emptied", "filled"]
)
async def test_putting_again_changes_every_field(
    sandbox: Sandbox, first: tuple[Any, ...], second: tuple[Any, ...]
) -> None:
    for entity in (*first, *second):
        await sandbox.put(BY_ENTITY[type(entity)], entity)
    for entity in second:
        await _assert_found(sandbox, entity)


@pytest.mark.parametrize(
    ("first", "second"), [(COMPLETE, BARE), (BARE, COMPLETE)], ids=["emptied", "filled"]
)
async def test_an_upper_row_overrides_every_field(
    sandbox: Sandbox, first: tuple[Any, ...], second: tuple[Any, ...]
) -> None:
    for entity in first:
        await sandbox.put(BY_ENTITY[type(entity)], entity)
    await sandbox.lay()
    for entity in second:
        await sandbox.put(BY_ENTITY[type(entity)], entity)
    for entity in second:
        await _assert_found(sandbox, entity)
    await sandbox.reset()
    for entity in first:
        await _assert_found(sandbox, entity)


@pytest.mark.parametrize("entities", [COMPLETE, BARE], ids=["complete", "bare"])
async def test_every_kind_can_be_deleted_through_a_tombstone(
    sandbox: Sandbox, entities: tuple[Any, ...]
) -> None:
    for entity in entities:
        await sandbox.put(BY_ENTITY[type(entity)], entity)
    await sandbox.lay()
    for entity in entities:
        kind = BY_ENTITY[type(entity)]
        await sandbox.delete(kind, entity.id)
        assert await sandbox.get(kind, entity.id) is None
        assert await sandbox.all(kind) == []


async def _assert_found(sandbox: Sandbox, entity: Any) -> None:  # noqa: ANN401
    kind = BY_ENTITY[type(entity)]
    assert await sandbox.get(kind, entity.id) == entity
    assert await sandbox.all(kind) == [entity]
    found = await sandbox.get(kind, entity.id)
    for each in members(type(entity)):
        stored, given = getattr(found, each.name), getattr(entity, each.name)
        assert type(stored) is type(given), f"{each.name} comes back as another type"


@pytest.mark.parametrize("value", ["a text", "", "true", 0, 21_600, 2**53, True, False])
async def test_a_setting_keeps_the_type_of_its_value(
    sandbox: Sandbox, value: str | int | bool
) -> None:
    await sandbox.put(SETTINGS, Setting(id="switch", value=value))
    found = await sandbox.get(SETTINGS, "switch")
    assert found is not None
    assert (type(found.value), found.value) == (type(value), value)


async def test_no_entitlements_are_something_else_than_all_entitlements(sandbox: Sandbox) -> None:
    none = Subscriber(id="none", username="a", password="", entitlements=())
    every = Subscriber(id="every", username="b", password="", entitlements=None)
    await sandbox.put(SUBSCRIBERS, none, every)
    assert await sandbox.all(SUBSCRIBERS) == [every, none]


@pytest.mark.parametrize("shift", [-HOUR, 0, HOUR])
def test_shifting_moves_every_instant_and_nothing_else(shift: int) -> None:
    rule = DegradationRule(
        id="rule",
        service_provider="REF30",
        mvpd="Cablevision",
        rule=Degradation.AUTHZ_ALL,
        not_before=NOW,
        message="kept",
    )
    moved = DEGRADATIONS.shifted(rule, shift)
    assert moved.not_before == NOW + shift
    assert moved.until is None
    assert DEGRADATIONS.shifted(moved, -shift) == rule
