"""What the three ways to ask for profiles need, refuse, and pass on.

(Adobe: profiles, API6; profile by mvpd, API7; profile by code, API8)
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest

from tests.support.lab import App, Lab, partner_status
from tests.support.logins import ANN, code_for, log_in
from tests.support.replies import Json
from tests.support.shapes import JSON_TYPE, assert_enhanced
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, TV, Entry, platform_identity, profile, world

BY_LIST: Final = "profiles"
BY_MVPD: Final = "profiles/LabCable"
BY_CODE: Final = "profiles/code"
WAYS: Final = (BY_LIST, BY_MVPD, BY_CODE)
OPERATIONS: Final = dict(zip(WAYS, ("profiles", "profile_by_mvpd", "profile_by_code"), strict=True))


async def _path(app: App, way: str) -> str:
    """The path of a way, after a login."""
    code = await log_in(app)
    return f"{way}/{code}" if way == BY_CODE else way


@pytest.mark.parametrize("way", WAYS)
async def test_a_login_is_found(app: App, way: str) -> None:
    reply = await app.get(await _path(app, way))
    assert reply.headers["Content-Type"] == JSON_TYPE
    found = reply.data()
    assert [*found] == ["profiles"]
    assert [*found["profiles"]] == ["LabCable"]
    assert {*found["profiles"]["LabCable"]} == {
        *("notBefore", "notAfter", "issuer", "type", "attributes"),
    }


@pytest.mark.parametrize("way", WAYS)
async def test_without_a_login_the_map_is_empty(app: App, way: str) -> None:
    code = await code_for(app)
    reply = await app.get(f"{way}/{code}" if way == BY_CODE else way)
    assert reply.data() == {"profiles": {}}


@pytest.mark.parametrize("way", WAYS)
async def test_an_access_token_is_needed(app: App, way: str) -> None:
    path = await _path(app, way)
    for token in ("", "none"):
        reply = await replace(app, token=token).get(path)
        assert_enhanced(reply, "invalid_access_token_client_application")


@pytest.mark.parametrize("way", WAYS)
async def test_an_application_asks_for_its_own_service_providers(app: App, way: str) -> None:
    path = await _path(app, way)
    other = await app.lab.app(TV, application="second-app")
    assert_enhanced(await other.get(path), "invalid_access_token_service_provider")


@pytest.mark.parametrize("way", WAYS)
async def test_a_service_provider_has_to_be_known(app: App, way: str) -> None:
    reply = await app.at("NOPE").get(await _path(app, way))
    assert_enhanced(reply, "invalid_parameter_service_provider")


@pytest.mark.parametrize("way", [BY_LIST, BY_MVPD])
async def test_a_device_has_to_say_which_it_is(app: App, way: str) -> None:
    path = f"/api/v2/LABSP/{await _path(app, way)}"
    for device in (None, "", "fingerprint", "fingerprint !!!"):
        headers = {**app.headers, "AP-Device-Identifier": device}
        sent = {name: value for name, value in headers.items() if value is not None}
        reply = await app.lab.call("GET", path, sent)
        assert_enhanced(reply, "invalid_header_device_identifier")


async def test_who_has_the_code_need_not_be_the_device(app: App) -> None:
    path = f"/api/v2/LABSP/{await _path(app, BY_CODE)}"
    headers = {"Authorization": app.headers["Authorization"]}
    assert [*(await app.lab.call("GET", path, headers)).data()["profiles"]] == ["LabCable"]


@pytest.mark.parametrize("way", [BY_LIST, BY_MVPD])
async def test_without_device_information_what_else_is_known_counts(app: App, way: str) -> None:
    assert "X-Device-Info" not in app.headers
    assert [*(await app.get(await _path(app, way))).data()["profiles"]] == ["LabCable"]


@pytest.mark.parametrize("way", [BY_LIST, BY_MVPD])
async def test_device_information_is_needed_where_it_is_strict(app: App, way: str) -> None:
    path = await _path(app, way)
    await app.lab.settings(device_info="strict")
    assert_enhanced(await app.get(path), "invalid_header_device_info")


OPTIONAL: Final[Mapping[str, Mapping[str, str]]] = {
    "X-Forwarded-For": {"X-Forwarded-For": "203.0.113.7"},
    "AP-Visitor-Identifier": {"AP-Visitor-Identifier": "ZTRjNGI0"},
    "Accept": {"Accept": "application/json;charset=utf-8"},
    "User-Agent": {"User-Agent": "Mozilla/5.0 (Apple TV; U; CPU AppleTV5,3 OS 11.0)"},
}


@pytest.mark.parametrize("header", OPTIONAL)
@pytest.mark.parametrize("way", WAYS)
async def test_a_header_may_be_sent_or_left_out(app: App, way: str, header: str) -> None:
    path = await _path(app, way)
    expected = (await app.get(path)).data()
    assert [*expected["profiles"]] == ["LabCable"]
    assert (await replace(app, extra=OPTIONAL[header]).get(path)).data() == expected


@pytest.mark.parametrize("way", WAYS)
async def test_a_wrong_verb_names_the_right_one(app: App, way: str) -> None:
    path = f"/api/v2/LABSP/{await _path(app, way)}"
    for verb in ("POST", "PUT", "DELETE"):
        reply = await app.lab.call(verb, path, app.headers)
        assert (reply.status, reply.headers.get("Allow")) == (405, "GET")
        assert reply.json["status"] == 405


@pytest.mark.parametrize("way", WAYS)
async def test_a_failure_of_the_backend_is_told(app: App, way: str) -> None:
    path = await _path(app, way)
    match = {"operation": OPERATIONS[way]}
    await app.lab.admin("POST", "faults", {"match": match, "action": "internal_server_error"})
    assert_enhanced(await app.get(path), "internal_server_error")


async def test_an_mvpd_has_to_be_known_and_integrated(app: App) -> None:
    assert_enhanced(await app.get("profiles/Nope"), "invalid_parameter_mvpd")
    assert_enhanced(await app.get("profiles/LabOff"), "invalid_integration")


async def test_a_code_has_to_be_one_that_lives(app: App) -> None:
    assert_enhanced(await app.get("profiles/code/AAAAAAA"), "invalid_authentication_session")
    assert_enhanced(await app.get("profiles/code/!"), "invalid_parameter_code")


async def test_of_one_mvpd_no_other_profile_is_told(app: App) -> None:
    for mvpd in ("LabCable", "LabDish"):
        await log_in(app, mvpd=mvpd)
    assert [*(await app.get("profiles/LabDish")).data()["profiles"]] == ["LabDish"]
    assert {*await app.profiles()} == {"LabCable", "LabDish"}


VALUES: Final[Mapping[str, Json]] = {
    "language": "en",
    "channelID": ["LIVE", "NEWS"],
    "maxRating": {"MPAA": "PG", "VCHIP": "TV-14"},
}


@pytest.mark.parametrize("way", WAYS)
async def test_attributes_are_simple_lists_and_maps(lab: Lab, way: str) -> None:
    ann = {**ANN, "attributes": {name: {"value": each, "state": "plain"}
                                 for name, each in VALUES.items()}}  # fmt: skip
    await lab.seed(world(subscribers=[ann]))
    app = await lab.app(TV, client="app-1")
    found = (await app.get(await _path(app, way))).data()["profiles"]["LabCable"]["attributes"]
    shown = {name: each for name, each in found.items() if name in VALUES}
    assert shown == {name: {"value": each, "state": "plain"} for name, each in VALUES.items()}


PLATFORM_HEADERS: Final = ("Adobe-Subject-Token", "X-Roku-Reserved-Roku-Connect-Token")


async def _elsewhere(lab: Lab, *links: Entry, **headers: str) -> App:
    await lab.seed(world(profiles=[profile("elsewhere", BOX, client="app-2", links=links)]))
    return (await lab.app(TV, client="app-1")).sending(**headers)


@pytest.mark.parametrize("header", PLATFORM_HEADERS)
@pytest.mark.parametrize("way", [BY_LIST, BY_MVPD])
async def test_a_platform_identity_shows_a_login_elsewhere(lab: Lab, way: str, header: str) -> None:
    token = sso_token("roku-1", "roku")
    bare = await _elsewhere(lab, platform_identity("roku-1"))
    assert (await bare.get(way)).data()["profiles"] == {}
    found = (await bare.sending(**{header: token}).get(way)).data()["profiles"]
    assert {name: (each["type"], each["issuer"]) for name, each in found.items()} == {
        "LabCable": ("platformSSO", "LabCable")
    }


@pytest.mark.parametrize("way", [BY_LIST, BY_MVPD])
async def test_a_partner_s_login_is_shown_with_its_status(lab: Lab, way: str) -> None:
    apple = profile("apple", type="appleSSO", client="app-1")
    await lab.seed(world(profiles=[apple]))
    app = await lab.app(TV, client="app-1")
    assert (await app.get(way)).data()["profiles"] == {}
    partner = app.sending(AP_Partner_Framework_Status=partner_status("labcable_apple"))
    found = (await partner.get(way)).data()["profiles"]
    assert {name: (each["type"], each["issuer"]) for name, each in found.items()} == {
        "LabCable": ("appleSSO", "Apple")
    }
