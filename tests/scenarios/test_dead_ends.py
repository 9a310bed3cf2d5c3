"""What a sound document is warned of: it can be seeded, and something in it leads nowhere."""

from typing import Any, Final

import pytest

from simulator.scenarios.compiling import sound
from simulator.scenarios.dead_ends import warnings
from simulator.scenarios.library import Library
from simulator.scenarios.loading import parse, validate

from .documents import with_members

CABLE: Final = {"service_provider": "REF30", "mvpd": "Cable"}
TRIAL: Final = {"service_provider": "REF30", "mvpd": "Trial"}
NOBODY: Final = "no integration of it is active, so nobody can log in there"
ON_ROKU: Final = {"overrides": {"Roku": {"active": True}}}


def _warned(**members: Any) -> dict[str, str]:  # noqa: ANN401 - any document
    found = sound(validate(with_members(**members))).warnings
    return {each.path: each.problem for each in found}


def test_the_base_has_none() -> None:
    assert _warned() == {}


@pytest.mark.parametrize(
    ("members", "path", "words"),
    [
        ({"applications": [], "clients": []}, "applications", "no app can register"),
        ({"applications": [{"id": "app", "revoked": True}]}, "applications", "is revoked"),
        ({"applications": [{"id": "app", "scopes": []}]},
         "applications[0].scopes", "no app can register with it"),
        ({"service_providers": [{"id": "REF30"}, {"id": "NEW"}]},
         "service_providers[1]", "no integration of it is active"),
        ({"integrations": [{**CABLE, "active": False}]},
         "service_providers[0]", "no integration of it is active"),
        ({"integrations": [CABLE, TRIAL]},
         "integrations[1].temp_pass_ttl", "every trial is refused"),
        ({"subscribers": [{"id": name, "mvpd": mvpd} for name, mvpd in
                          (("a", "Cable"), ("b", "Dish"), ("c", "Dish"))], "integrations": [CABLE]},
         "subscribers[1].mvpd", "no integration with 'Dish' is active"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_told(members: dict[str, Any], path: str, words: str) -> None:
    found = _warned(**members)
    assert list(found) == [path]
    assert words in found[path]


@pytest.mark.parametrize(
    "members",
    [
        {
            "applications": [],
            "clients": [],
            "settings": {"registration.unknown_statements": "accept"},
        },
        {"applications": [{"id": "app", "revoked": True}, {"id": "other"}]},
        {"integrations": [{**CABLE, "active": False, **ON_ROKU}]},
        {"integrations": [CABLE, {**TRIAL, "overrides": {"Roku": {"temp_pass_ttl": "PT5M"}}}]},
        {"subscribers": [{"id": "anywhere"}, {"id": "here", "mvpd": "Cable"}]},
    ],
)
def test_what_leads_somewhere_is_not(members: dict[str, Any]) -> None:
    assert _warned(**members) == {}


def test_a_document_of_nothing_lacks_everything_at_once() -> None:
    found = sound(validate({"name": "bare"})).warnings
    assert [each.path for each in found] == ["service_providers", "mvpds", "applications"]


def test_a_warning_says_where_it_is_and_that_it_is_one() -> None:
    text = "name: x\nservice_providers:\n  - id: REF30\nmvpds: [{id: Cable}]\n"
    found = sound(parse(text, "x.yaml")).warnings
    assert [each.as_warning() for each in found] == [
        "x.yaml:1: warning: applications: there is none, so no app can register",
        f"x.yaml:3: warning: service_providers[0]: {NOBODY}",
    ]


def test_what_the_world_has_is_not_missing_from_what_is_merged_into_it() -> None:
    document = validate({"name": "more", "subscribers": [{"id": "ann", "mvpd": "Cable"}]})
    there = {"service_providers": ["REF30"], "mvpds": ["Cable"], "applications": ["app"]}
    assert [*warnings(document, there)] == []
    paths = [each.path for each in warnings(document, {**there, "applications": []})]
    assert paths == ["applications"]


def test_of_the_shipped_scenarios_only_those_are_warned_of_that_are_about_it() -> None:
    warned = {each.name: each.warnings for each in Library().summaries() if each.warnings}
    assert warned.keys() == {"qa-temp-pass-broken"}
