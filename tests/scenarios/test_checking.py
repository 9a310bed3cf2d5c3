"""The rules across a document, one by one, on a document that is otherwise sound."""

from typing import Any

import pytest

from simulator.scenarios.compiling import check
from simulator.scenarios.loading import validate

from .documents import BASE, complaints, profile, with_members

ORDER = {"service_provider": "REF30", "mvpds": ["Cable"], "subscribers": 3}


def test_the_base_is_sound() -> None:
    check(validate(BASE))


@pytest.mark.parametrize(
    ("members", "path", "words"),
    [
        ({"mvpds": [*BASE["mvpds"], {"id": "Hill", "proxy": "Cabel"}]},
         "mvpds[3].proxy", "'Cabel' is not defined in mvpds; did you mean 'Cable'?"),
        ({"mvpds": [*BASE["mvpds"], {"id": "Hill", "proxy": "Hill"}]},
         "mvpds[3].proxy", "its own proxy"),
        ({"integrations": [*BASE["integrations"], {"service_provider": "X", "mvpd": "Cable"}]},
         "integrations[3].service_provider", "'X' is not defined in service_providers"),
        ({"integrations": [*BASE["integrations"], {"service_provider": "REF30", "mvpd": "X"}]},
         "integrations[3].mvpd", "'X' is not defined in mvpds"),
        ({"clients": [{"id": "one", "application": "X"}]},
         "clients[0].application", "'X' is not defined in applications"),
        ({"applications": [{"id": "app", "service_providers": ["REF30", "X"]}]},
         "applications[0].service_providers[1]", "'X' is not defined in service_providers"),
        ({"subscribers": [{"id": "a", "mvpd": "X"}]},
         "subscribers[0].mvpd", "'X' is not defined in mvpds"),
        ({"devices": [{"id": "tv", "subscriber": "X"}]},
         "devices[0].subscriber", "'X' is not defined in subscribers"),
        ({"profiles": [profile(service_provider="X")]},
         "profiles[0].service_provider", "'X' is not defined in service_providers"),
        ({"profiles": [profile(mvpd="X")]}, "profiles[0].mvpd", "'X' is not defined in mvpds"),
        ({"profiles": [profile(subscriber="X")]},
         "profiles[0].subscriber", "'X' is not defined in subscribers"),
        ({"service_providers": [{"id": "REF30"}, {"id": "Y"}],
          "profiles": [profile(service_provider="Y")]},
         "profiles[0].mvpd", "the integration of 'Y' with 'Cable' is not defined"),
        ({"service_providers": [{"id": "REF30"}, {"id": "Y"}],
          "degradations": [{"service_provider": "Y", "mvpd": "Cable", "rule": "AuthNAll"}]},
         "degradations[0].mvpd", "the integration of 'Y' with 'Cable' is not defined"),
        ({"service_providers": [{"id": "REF30"}, {"id": "Y"}],
          "temp_passes": [{"service_provider": "Y", "mvpd": "Trial", "device": "tv"}]},
         "temp_passes[0].mvpd", "the integration of 'Y' with 'Trial' is not defined"),
        ({"temp_passes": [{"service_provider": "REF30", "mvpd": "Dish", "device": "tv"}]},
         "temp_passes[0].mvpd", "expected a TempPass MVPD, found 'Dish'"),
        ({"profiles": [profile(type="temporary")]},
         "profiles[0].type", "expected another type, because 'Cable' is no TempPass MVPD"),
        ({"profiles": [profile(mvpd="Trial")]},
         "profiles[0].type", "expected temporary, because 'Trial' is a TempPass MVPD"),
        ({"generate": {**ORDER, "service_provider": "X"}},
         "generate[0].service_provider", "'X' is not defined in service_providers"),
        ({"generate": {**ORDER, "mvpds": ["Cable", "X"]}},
         "generate[0].mvpds[1]", "'X' is not defined in mvpds"),
        ({"generate": {**ORDER, "mvpds": ["Trial"]}},
         "generate[0].mvpds[0]", "expected no TempPass MVPD"),
        ({"service_providers": [{"id": "REF30"}, {"id": "Y"}],
          "generate": {**ORDER, "service_provider": "Y"}},
         "generate[0].mvpds[0]", "the integration of 'Y' with 'Cable' is not defined"),
        ({"generate": {**ORDER, "locale": "xx_XX"}}, "generate[0].locale", "no locale 'xx_XX'"),
        ({"generate": [ORDER, ORDER]}, "generate[1].seed", "the seed 0 is already used"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_found(members: dict[str, Any], path: str, words: str) -> None:
    found = complaints(with_members(**members))
    assert list(found) == [path]
    assert words in found[path]


def test_a_profile_may_outlive_its_client() -> None:
    order = {**ORDER, "client": "gone"}
    check(validate(with_members(profiles=[profile(client="gone")], generate=order)))


def test_ids_are_unique_within_their_list() -> None:
    twice = {
        name: [*BASE[name], BASE[name][0]]
        for name in ("service_providers", "mvpds", "integrations", "applications", "clients")
    }
    assert complaints(with_members(**twice)) == {
        "service_providers[1].id": "'REF30' is already the id of service_providers[0]",
        "mvpds[3].id": "'Cable' is already the id of mvpds[0]",
        "integrations[3]": "'REF30:Cable' is already the id of integrations[0]",
        "applications[1].id": "'app' is already the id of applications[0]",
        "clients[2].id": "'one' is already the id of clients[0]",
    }


def test_ids_that_follow_from_the_position_count_too() -> None:
    profiles = [profile(device="a", id="profile-2"), profile(device="b")]
    assert complaints(with_members(profiles=profiles)) == {
        "profiles[1]": "'profile-2' is already the id of profiles[0]"
    }


def test_link_ids_are_unique_across_profiles() -> None:
    link = {"kind": "service_token", "subject": "s"}
    profiles = [
        profile(device="a", id="p", links=[link, {**link, "id": "q.1"}]),
        profile(device="b", id="q", links=[link]),
    ]
    assert complaints(with_members(profiles=profiles)) == {
        "profiles[1].links[0].id": "'q.1' is already the id of profiles[0].links[1]"
    }


@pytest.mark.parametrize(
    ("clients", "free"),
    [
        (("one", "two"), True),
        (("one", "one"), False),
        ((None, None), False),
        ((None, "one"), False),
        (("one", None), False),
    ],
)
def test_one_slot_holds_one_profile(clients: tuple[str | None, ...], *, free: bool) -> None:
    data = with_members(profiles=[profile(client=client) for client in clients])
    if free:
        check(validate(data))
    else:
        found = complaints(data)
        assert list(found) == ["profiles[1]"]
        assert (
            "the slot of 'tv' at REF30/Cable is already taken by profiles[0]"
            in found["profiles[1]"]
        )


def test_slots_differ_by_device_provider_and_mvpd() -> None:
    check(validate(with_members(profiles=[profile(), profile(device="b"), profile(mvpd="Dish")])))


def test_temp_pass_without_a_ttl_is_a_test_case_and_no_problem() -> None:
    for ttl in ({}, {"temp_pass_ttl": "PT0S"}):
        pair = {"service_provider": "REF30", "mvpd": "Trial", **ttl}
        trial = {"service_provider": "REF30", "mvpd": "Trial", "device": "tv"}
        temporary = profile(mvpd="Trial", type="temporary")
        data = with_members(integrations=[pair], temp_passes=[trial], profiles=[temporary])
        check(validate(data))


def test_generated_names_are_taken() -> None:
    order = {**ORDER, "devices_each": 2}
    made = "household-00003"
    data = with_members(
        generate=order,
        subscribers=[{"id": made}, {"id": "household-00004"}, {"id": "household-3"}],
        devices=[{"id": f"{made}-device-2"}, {"id": f"{made}-device-3"}],
        profiles=[
            profile(id=f"{made}-device-1.REF30.Cable", device="x"),
            profile(device=f"{made}-device-1"),
            profile(device=f"{made}-device-3"),
        ],
    )
    assert list(complaints(data)) == [
        "subscribers[0].id",
        "devices[0].id",
        "profiles[0].id",
        "profiles[1]",
    ]


def test_generated_subscribers_can_be_referred_to() -> None:
    devices = [{"id": "tv", "subscriber": "household-00001"}]
    profiles = [
        profile(subscriber="household-00002", mvpd="Dish", device="household-00001-device-1")
    ]
    check(validate(with_members(generate=ORDER, devices=devices, profiles=profiles)))
    assert list(complaints(with_members(devices=devices))) == ["devices[0].subscriber"]


def test_generated_ids_must_fit() -> None:
    long = "x" * 190
    data = with_members(
        mvpds=[{"id": long}],
        integrations=[{"service_provider": "REF30", "mvpd": long}],
        generate={**ORDER, "mvpds": [long]},
    )
    assert "at most 200 are allowed" in complaints(data)["generate[0].prefix"]
