"""A small sound document to build tests on, and the checks that several of them make."""

from collections.abc import Iterable
from typing import Any

import pytest

from simulator.scenarios.compiling import check, records
from simulator.scenarios.context import Record
from simulator.scenarios.loading import parse, validate
from simulator.validation.problems import Problem, ScenarioError

BASE: dict[str, Any] = {
    "name": "base",
    "service_providers": [{"id": "REF30"}],
    "mvpds": [{"id": "Cable"}, {"id": "Dish"}, {"id": "Trial", "kind": "temp_pass_basic"}],
    "integrations": [
        {"service_provider": "REF30", "mvpd": "Cable"},
        {"service_provider": "REF30", "mvpd": "Dish", "authentication_ttl": "PT6H"},
        {"service_provider": "REF30", "mvpd": "Trial", "temp_pass_ttl": "PT5M"},
    ],
    "applications": [{"id": "app"}],
    "clients": [{"id": "one", "application": "app"}, {"id": "two", "application": "app"}],
    "subscribers": [{"id": "demo", "user_id": "u-77"}],
}


def with_members(**members: object) -> dict[str, Any]:
    """The base document with these members added or replaced."""
    return {**BASE, **members}


def profile(**members: object) -> dict[str, object]:
    """A profile at an integration of the base document."""
    return {"service_provider": "REF30", "mvpd": "Cable", "device": "tv", **members}


def compiled(data: dict[str, Any]) -> list[Record]:
    """The records of a sound document."""
    document = validate(data)
    check(document)
    return list(records(document))


def one(found: Iterable[Record], kind: type[Any]) -> Any:  # noqa: ANN401 - a record of that kind
    """The only record of that kind."""
    (only,) = (record for record in found if isinstance(record, kind))
    return only


def problems_of(text: str, source: str | None = None) -> tuple[Problem, ...]:
    """What is wrong with a text, whether loading or checking it finds out."""
    with pytest.raises(ScenarioError) as refusal:
        check(parse(text, source))
    return refusal.value.problems


def complaints(data: object) -> dict[str, str]:
    """What is wrong with decoded data, by path."""
    with pytest.raises(ScenarioError) as refusal:
        check(validate(data))
    return {problem.path: problem.problem for problem in refusal.value.problems}
