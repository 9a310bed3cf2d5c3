"""Export and import: nothing is lost in either direction, and one world has one document."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.households import Subscriber
from simulator.domain.sso.identities import LinkKind, SsoLink
from simulator.scenarios.compiling import check, records
from simulator.scenarios.context import Record
from simulator.scenarios.exporting import document
from simulator.scenarios.library import Library
from simulator.scenarios.loading import parse, validate

from .documents import compiled, profile, with_members
from .worlds import thorough, worlds

INSTANTS = ("not_before", "not_after", "until", "registered_at", "first_authorized")


def exported(found: Iterable[Record], moment: int = 0) -> dict[str, object]:
    return document(found, name="export", title="T", description="D", moment=moment)


def imported(data: object) -> list[Record]:
    found = validate(data)
    check(found)
    return list(records(found))


def as_set(found: Iterable[Record]) -> list[Record]:
    return sorted(found, key=lambda record: (type(record).__name__, record.id))


def shifted(record: Any, by: int) -> Any:  # noqa: ANN401 - any record
    instants = {name: getattr(record, name, None) for name in INSTANTS}
    return replace(record, **{n: value + by for n, value in instants.items() if value is not None})


@thorough
@given(worlds())
def test_a_world_survives_export_and_import(world: list[Record]) -> None:
    assert as_set(imported(exported(world))) == as_set(world)


@thorough
@given(worlds())
def test_a_document_survives_import_and_export(world: list[Record]) -> None:
    once = exported(world)
    assert json.dumps(exported(imported(once))) == json.dumps(once)


@thorough
@given(worlds())
def test_a_document_survives_being_written_down(world: list[Record]) -> None:
    once = exported(world)
    found = parse(json.dumps(once), "export.json")
    assert found == validate(once)
    assert json.dumps(exported(records(found))) == json.dumps(once)
    assert as_set(records(validate(found.as_written()))) == as_set(world)


@thorough
@given(worlds(), st.integers(-(10**12), 10**12))
def test_times_count_from_the_moment(world: list[Record], moment: int) -> None:
    later = [shifted(record, moment) for record in world]
    assert exported(later, moment=moment) == exported(world)


@pytest.mark.parametrize("name", Library().names())
def test_shipped_worlds_survive(name: str) -> None:
    library = Library()
    world = list(records(library.resolve(library.load(name))))
    assert as_set(imported(exported(world))) == as_set(world)


def test_generated_worlds_survive() -> None:
    order = {"service_provider": "REF30", "mvpds": ["Cable"], "subscribers": 50, "devices_each": 2}
    world = compiled(with_members(generate=order))
    assert as_set(imported(exported(world))) == as_set(world)


def test_members_equal_to_their_defaults_are_left_out() -> None:
    written = with_members(profiles=[profile(id="p", attributes={"userID": "u"})])
    found = exported(compiled(written))
    assert found["mvpds"] == [
        {"id": "Cable"},
        {"id": "Dish"},
        {"id": "Trial", "kind": "temp_pass_basic"},
    ]
    assert found["clients"] == [
        {"id": "one", "application": "app"},
        {"id": "two", "application": "app"},
    ]
    assert found["subscribers"] == [{"id": "demo", "user_id": "u-77"}]
    assert found["profiles"] == [
        {
            "id": "p",
            "service_provider": "REF30",
            "mvpd": "Cable",
            "device": "tv",
            "expires_in": "P30D",
            "attributes": {"userID": "u"},
        }
    ]
    assert [*found] == [
        *("name", "title", "description", "service_providers", "mvpds", "integrations"),
        *("applications", "clients", "subscribers", "profiles"),
    ]


def test_a_link_to_nothing_is_not_lost_in_silence() -> None:
    link = SsoLink(id="l", profile="p", kind=LinkKind.SERVICE_TOKEN, subject="s")
    with pytest.raises(ValueError, match="profiles that are not there: p"):
        exported([link])


def test_the_order_of_records_does_not_matter(tmp_path: Path) -> None:
    people: list[Record] = [
        Subscriber(id=name, username=name, password="password", attributes={"b": 1, "a": 2})
        for name in "cab"
    ]
    turned: list[Record] = [
        replace(each, attributes={"a": 2, "b": 1})
        for each in reversed(people)
        if isinstance(each, Subscriber)
    ]
    assert json.dumps(exported(people)) == json.dumps(exported(turned))
