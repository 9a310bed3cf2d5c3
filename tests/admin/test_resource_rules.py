"""What holds between entities: references, slots, defaults, pages, filters and actions."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.lab import Lab
from tests.support.worlds import BOX, TV, platform_identity, profile, rule, service_token, world


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed(
        world(
            subscribers=[{"id": "ann", "user_id": "viewer-1", "mvpd": "LabCable"}],
            profiles=[
                profile("own", subscriber="ann", links=[service_token("ann")]),
                profile("dish", mvpd="LabDish", client="app-1"),
                profile("other", BOX),
            ],
            devices=[{"id": TV, "subscriber": "ann"}],
            degradations=[rule("AuthZAll", id="r")],
        )
    )
    return lab


# References


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("mvpds", {"id": "x", "proxy": "Nope"}, ["proxy"]),
        ("mvpds", {"id": "x", "proxy": "x"}, ["proxy"]),
        ("integrations", {"service_provider": "S", "mvpd": "M"}, ["service_provider", "mvpd"]),
        ("applications", {"id": "x", "service_providers": ["LABSP", "S"]}, ["service_providers"]),
        ("clients", {"id": "x", "application": "nope"}, ["application"]),
        ("subscribers", {"id": "x", "mvpd": "M"}, ["mvpd"]),
        ("devices", {"id": "x", "subscriber": "nobody"}, ["subscriber"]),
        (
            "profiles",
            {"service_provider": "S", "mvpd": "M", "device": TV, "subscriber": "nobody"},
            ["service_provider", "mvpd", "subscriber"],
        ),
        ("profiles", {"service_provider": "LABSP2", "mvpd": "LabDish", "device": TV}, ["mvpd"]),
        ("profiles", profile("x", mvpd="TempBasic"), ["type"]),
        ("profiles", profile("x", type="temporary"), ["type"]),
        ("profiles", profile("x", links=[service_token("x", id="own.1")]), ["links[0].id"]),
        ("sso-links", {"profile": "nope", "kind": "service_token", "subject": "x"}, ["profile"]),
        (
            "temp-passes",
            {"service_provider": "S", "mvpd": "M", "device": TV},
            ["service_provider", "mvpd"],
        ),
        ("temp-passes", {"service_provider": "LABSP", "mvpd": "LabCable", "device": TV}, ["mvpd"]),
        ("degradations", {"service_provider": "LABSP2", "mvpd": "LabDish", "rule": "AuthNAll"},
         ["mvpd"]),
    ],
)  # fmt: skip
async def test_what_an_entity_refers_to_must_be_there(
    lab: Lab, path: str, body: Mapping[str, Any], fields: list[str]
) -> None:
    before = await lab.state()
    error = await lab.refused("POST", path, body)
    assert (error["status"], error["code"]) == (422, "invalid_document")
    assert {each["path"] for each in error["fields"]} == {*fields}
    assert await lab.state() == before


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("mvpds", {"kind": "cable", "logout_endpoint": "yes"}, {"id", "kind", "logout_endpoint"}),
        ("mvpds", {"id": "a/b", "display_name": ""}, {"id", "display_name"}),
        (
            "integrations",
            {"service_provider": 1, "authorize_limit": -1, "authentication_ttl": "-P1D"},
            {"service_provider", "mvpd", "authorize_limit", "authentication_ttl"},
        ),
        (
            "integrations",
            {**rule("x"), "overrides": {"Roku": {"colour": 1, "active": 1}}},
            {"rule", "overrides.Roku.colour", "overrides.Roku.active"},
        ),
        ("issuers", {"id": "x", "public_key": "no key", "algorithms": []},
         {"public_key", "algorithms"}),
        ("issuers", {"id": "x", "public_key": "no key", "algorithms": ["HS256"]},
         {"public_key", "algorithms[0]"}),
        (
            "profiles",
            {"type": "gold", "expires_in": "P1M", "links": [{"kind": "x"}], "attributes": []},
            {"service_provider", "mvpd", "device", "type", "expires_in", "links[0].kind",
             "attributes"},
        ),
        ("profiles", profile("x", links=[{"kind": "service_token"}]), {"links[0]"}),
        ("profiles", profile("x", links=[service_token("x", value="x")]), {"links[0]"}),
        ("degradations", rule("AuthNNone", until="1h"), {"rule", "until"}),
        ("temp-passes", {"device": "", "used_resources": "NEWS"},
         {"service_provider", "mvpd", "device", "used_resources"}),
    ],
)  # fmt: skip
async def test_every_problem_with_the_shape_is_listed_at_once(
    lab: Lab, path: str, body: Mapping[str, Any], fields: set[str]
) -> None:
    before = await lab.state()
    error = await lab.refused("POST", path, body)
    assert {each["path"] for each in error["fields"]} == fields
    assert await lab.state() == before


@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("service-providers/LABSP", "LABSP:"),
        ("mvpds/LabCable", "mvpds 'LabProxied'"),
        ("integrations/LABSP:LabCable", "profiles 'other'"),
        ("applications/lab-app", "clients 'app-1'"),
        ("subscribers/ann", f"devices '{TV}'"),
    ],
)
async def test_what_others_refer_to_cannot_be_deleted(lab: Lab, path: str, user: str) -> None:
    before = await lab.state()
    error = await lab.refused("DELETE", path)
    assert (error["status"], error["code"]) == (409, "in_use")
    assert user in error["message"]
    assert await lab.state() == before


async def test_from_leaf_to_root_everything_can_be_deleted(lab: Lab) -> None:
    for path in (
        "degradations", "temp-passes", "profiles", "devices", "clients", "subscribers",
        "applications", "integrations", "mvpds", "service-providers", "issuers", "sso-links",
    ):  # fmt: skip
        items = (await lab.admin("GET", path))["items"]
        # A proxied MVPD goes before its proxy.
        for each in sorted(items, key=lambda each: each.get("proxy") is None):
            await lab.admin("DELETE", f"{path}/{each['id']}")
    assert '"mvpds"' not in await lab.state()
    assert (await lab.admin("POST", "reset"))["generation"] == 3
    assert await lab.profile_ids() == {"own", "dish", "other"}


async def test_the_links_of_a_profile_go_and_change_with_it(lab: Lab) -> None:
    links = [platform_identity("roku-1", id="by-hand")]
    await lab.admin("PATCH", "profiles/own", {"links": links})
    found = (await lab.admin("GET", "sso-links"))["items"]
    assert [(each["id"], each["kind"]) for each in found] == [("by-hand", "platform_identity")]
    await lab.admin("DELETE", "profiles/own")
    assert (await lab.admin("GET", "sso-links"))["items"] == []


# Slots and defaults


@pytest.mark.parametrize(
    ("client", "left"),
    [(None, {"new", "other"}), ("app-1", {"new", "other"}), ("app-2", {"new", "dish", "other"})],
)
async def test_a_slot_holds_one_profile_and_the_last_login_wins(
    lab: Lab, client: str | None, left: set[str]
) -> None:
    await lab.admin("DELETE", "profiles/own")
    await lab.admin("POST", "profiles", profile("new", mvpd="LabDish", client=client))
    assert await lab.profile_ids() == left


async def test_a_profile_gets_an_id_a_user_and_the_time_of_its_integration(lab: Lab) -> None:
    await lab.admin("PATCH", "integrations/LABSP:LabCable", {"authentication_ttl": "PT90M"})
    body = {"service_provider": "LABSP", "mvpd": "LabCable", "device": "new", "subscriber": "ann"}
    made = await lab.admin("POST", "profiles", body)
    assert made["id"].startswith("profile-")
    assert made["attributes"] == {"userID": {"value": "viewer-1", "state": "plain"}}
    assert made["not_after"] == "2026-01-01T01:30:00.000Z"


async def test_null_takes_a_member_back_to_its_default(lab: Lab) -> None:
    await lab.admin("PATCH", "mvpds/LabDish", {"display_name": "Dish", "logo_url": "https://x/"})
    changed = await lab.admin(
        "PATCH", "mvpds/LabDish",
        {"display_name": None, "logo_url": None, "logout_endpoint": None},
    )  # fmt: skip
    assert (changed["display_name"], changed["logo_url"]) == ("LabDish", None)
    assert changed["logout_endpoint"] is True


async def test_null_for_what_is_required_is_refused(lab: Lab) -> None:
    before = await lab.state()
    error = await lab.refused("PATCH", "profiles/own", {"device": None, "mvpd": None})
    assert {each["path"] for each in error["fields"]} == {"device", "mvpd"}
    assert await lab.state() == before


async def test_offsets_in_a_change_count_from_now(lab: Lab) -> None:
    lab.clock.advance(hours=5)
    changed = await lab.admin("PATCH", "profiles/own", {"expires_in": "PT1H"})
    assert changed["not_after"] == "2026-01-01T06:00:00.000Z"
    assert changed["not_before"] == "2026-01-01T00:00:00.000Z"


# Lists


async def test_a_list_comes_in_pages(lab: Lab) -> None:
    for number in range(25):
        await lab.admin("POST", "devices", {"id": f"d{number:02}"})
    seen: list[str] = []
    after = ""
    for _ in range(10):
        page = await lab.admin("GET", f"devices?limit=10&after={after}")
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [*(f"d{number:02}" for number in range(25)), TV]


async def test_the_last_page_may_be_full_and_says_so(lab: Lab) -> None:
    page = await lab.admin("GET", "profiles?limit=3")
    assert (len(page["items"]), page["next"]) == (3, None)
    page = await lab.admin("GET", "profiles?limit=2")
    assert (len(page["items"]), page["next"]) == (2, "other")
    assert (await lab.admin("GET", "profiles?after=own"))["items"] == []


@pytest.mark.parametrize(
    "limit", ["0", "-1", "1001", "x", "", "1.5", "\u0661", "9" * 30, "0000000011000"]
)
async def test_a_limit_that_is_no_number_within_bounds_is_refused(lab: Lab, limit: str) -> None:
    error = await lab.refused("GET", f"profiles?limit={quote(limit)}")
    assert (error["status"], error["code"]) == (400, "invalid_limit")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (f"profiles?device={TV}", ["dish", "own"]),
        ("profiles?mvpd=LabDish", ["dish"]),
        (f"profiles?device={TV}&mvpd=LabCable&service_provider=LABSP", ["own"]),
        ("profiles?client=app-1", ["dish"]),
        ("profiles?subscriber=ann", ["own"]),
        ("profiles?type=appleSSO", []),
        ("profiles?device=nobody", []),
        ("mvpds?kind=temp_pass_basic", ["TempBasic"]),
        ("integrations?service_provider=LABSP2", ["LABSP2:LabCable"]),
        ("clients?application=lab-app", ["app-1", "app-2"]),
        ("subscribers?mvpd=LabCable", ["ann"]),
        ("subscribers?username=bob", []),
        ("devices?subscriber=ann", [TV]),
        ("sso-links?profile=own", ["own.1"]),
        ("sso-links?subject=ann&kind=service_token", ["own.1"]),
        ("degradations?rule=AuthZAll", ["r"]),
    ],
)
async def test_a_list_can_be_filtered(lab: Lab, query: str, ids: list[str]) -> None:
    assert [each["id"] for each in (await lab.admin("GET", query))["items"]] == ids


async def test_a_filter_that_nobody_knows_is_named(lab: Lab) -> None:
    error = await lab.refused("GET", "profiles?devise=x&colour=blue")
    assert (error["status"], error["code"]) == (400, "unknown_filter")
    assert "colour, devise" in error["message"]
    assert "device" in error["hint"]


# Actions


async def test_an_invalidated_profile_is_there_and_no_longer_valid(lab: Lab) -> None:
    found = await lab.admin("POST", "profiles/own/invalidate")
    assert (found["invalidated"], found["valid"]) == (True, False)
    assert [each["id"] for each in found["links"]] == ["own.1"]
    assert await lab.admin("GET", "profiles/own") == found
    assert "LabCable" not in await (await lab.app(TV)).profiles()


async def test_an_expired_profile_ends_now(lab: Lab) -> None:
    lab.clock.advance(hours=1)
    found = await lab.admin("POST", "profiles/own/expire")
    assert (found["not_after"], found["valid"]) == ("2026-01-01T01:00:00.000Z", False)
    assert "LabCable" not in await (await lab.app(TV)).profiles()


async def test_what_has_ended_stays_ended_when_it_is_expired_again(lab: Lab) -> None:
    lab.clock.advance(hours=1)
    found = await lab.admin("POST", "profiles/own/expire")
    lab.clock.advance(hours=1)
    assert await lab.admin("POST", "profiles/own/expire") == found


@pytest.mark.parametrize("action", ["invalidate", "expire"])
async def test_an_action_on_nothing_is_refused(lab: Lab, action: str) -> None:
    error = await lab.refused("POST", f"profiles/nope/{action}")
    assert (error["status"], error["code"]) == (404, "profile_not_found")


async def test_there_is_no_other_action(lab: Lab) -> None:
    error = await lab.refused("POST", "profiles/own/explode")
    assert (error["status"], error["code"]) == (404, "route_not_found")
