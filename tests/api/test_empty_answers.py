"""An answer that is empty says in the journal why it is, with the ids of what there is instead.

(Adobe: profiles, API6; profile by mvpd, API7; profile by code, API8; logout, L9, L10)
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import pytest

from tests.catalogue.stage import ROKU, TVOS
from tests.support.decisions import PREAUTHORIZE, ask, seeded, viewer
from tests.support.lab import App, Lab, partner_status
from tests.support.logins import ANN, code_for, log_in, post
from tests.support.replies import Json, Reply
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, TV, changed, profile, rule, service_token, world

Do = Callable[[App], Awaitable[Reply]]


def _get(path: str) -> Do:
    return lambda app: app.get(path)


def _log_out(app: App) -> Awaitable[Reply]:
    return app.logout("LabCable")


def _decide(operation: str) -> Do:
    return lambda app: ask(app, "NEWS", operation=operation)


EVERY: Final[tuple[Do, ...]] = (
    _get("profiles"),
    _get("profiles/LabCable"),
    _log_out,
    _decide("authorize"),
    _decide(PREAUTHORIZE),
)
"""The operations that a missing profile leaves empty, `invalid` or denied."""

THERE: Final[dict[str, tuple[Mapping[str, Any], list[str]]]] = {
    "another client": (
        profile("p-1", client="app-2"),
        ["profile p-1 at LabCable: regular", "of the client app-2 (lab-app)", "client app-1"],
    ),
    "another app": (
        profile("p-1", client="app-3"),
        ["profile p-1", "of the client app-3 (second-app)", "client app-1 (lab-app)"],
    ),
    "a client that nobody registered": (
        profile("p-1", client="minted"),
        ["profile p-1", "of the client minted (not registered: each token of POST"],
    ),
    "another device": (
        profile("p-1", BOX, client="app-1"),
        [f"the device {TV} has no profile", "profile p-1 at LabCable: regular", f"device {BOX}"],
    ),
    "expired": (
        profile("p-1", client="app-1", expires_in="-PT1H"),
        ["profile p-1 at LabCable: regular, expired at "],
    ),
    "invalidated": (
        profile("p-1", client="app-1", invalidated=True),
        ["profile p-1 at LabCable: regular, invalidated"],
    ),
    "not valid yet": (
        profile("p-1", client="app-1", not_before="PT1H"),
        ["profile p-1 at LabCable: regular, not valid yet"],
    ),
    "another service provider": (
        {**profile("p-1", client="app-1"), "service_provider": "LABSP2"},
        ["profile p-1 at LabCable: regular", "for LABSP2, not for LABSP"],
    ),
    "a view": (
        profile("p-1", client="app-1", type="serviceTokenSSO"),
        ["profile p-1 at LabCable: serviceTokenSSO", "its SSO header shows and nothing else"],
    ),
    "linked, without the header": (
        profile("p-1", client="app-2", links=[service_token("ann")]),
        ["profile p-1", "of the client app-2", "linked by service_token"],
    ),
}


@pytest.mark.parametrize("name", THERE)
async def test_what_there_is_instead_is_named(lab: Lab, name: str) -> None:
    entry, words = THERE[name]
    clients = [{"id": "app-3", "application": "second-app"}]
    app = await seeded(lab, world(profiles=[entry], clients=clients))
    for do in EVERY:
        told = await _told(lab, await do(app))
        assert all(each in told for each in words), told


async def test_an_apple_profile_says_what_the_status_lacks(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("p-1", client="app-1", type="appleSSO")]))
    code = "invalid_header_pfs_permission_access_not_present"
    for do in (_get("profiles"), _get("profiles/LabCable")):
        told = await _told(lab, await do(app))
        assert "profile p-1 at LabCable: appleSSO" in told
        assert f"without the partner's permission ({code})" in told


async def test_nothing_at_all_says_so(lab: Lab) -> None:
    app = await seeded(lab, world())
    for do in EVERY:
        told = await _told(lab, await do(app))
        assert f"the device {TV} has no profile" in told
        assert "no device has one for LABSP" in told


async def test_another_mvpd_is_named(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("p-1", mvpd="LabDish", client="app-1")]))
    for do in EVERY[1:]:
        told = await _told(lab, await do(app))
        assert "profile p-1 at LabDish: regular" in told
        assert "not at LabCable" in told


async def test_two_tokens_of_the_shortcut_are_two_clients(lab: Lab) -> None:
    await lab.seed(world(subscribers=[ANN]))
    await log_in(await lab.app(TV))
    told = await _told(lab, await (await lab.app(TV)).get("profiles"))
    assert "each token of POST /admin/v1/tokens that names no client is one of its own" in told


async def test_a_list_says_what_is_listed_by_mvpd_alone(lab: Lab) -> None:
    app = await seeded(lab, world(degradations=[rule("AuthNAll")]))
    told = await _told(lab, await app.get("profiles"))
    assert "TempPass is listed by profiles/MVPD alone, here of TempBasic, TempPromo" in told
    assert "degraded access (AuthNAll) is listed by profiles/MVPD alone, here of LabCable" in told


async def test_a_header_that_reaches_nothing_usable_is_told(lab: Lab) -> None:
    headers = {"AD_Service_Token": sso_token("ann")}
    app = await seeded(lab, world(), **headers)
    told = await _told(lab, await app.get("profiles"))
    assert "no profile is linked to the service_token of the call" in told
    ended = profile("p-1", BOX, client="app-2", links=[service_token("ann")], expires_in="-PT1H")
    app = await seeded(lab, world(profiles=[ended]), **headers)
    told = await _told(lab, await app.get("profiles"))
    assert "profile p-1 at LabCable: regular, expired at " in told
    assert ", linked by service_token" in told
    apart = changed(("LABSP", "LabCable"), single_sign_on=False)
    apart["profiles"] = [{**ended, "expires_in": "PT1H"}]
    told = await _told(lab, await (await seeded(lab, apart, **headers)).get("profiles"))
    assert "takes no part in single sign-on" in told


async def test_many_profiles_are_counted_rather_than_told(lab: Lab) -> None:
    many = [profile(f"p-{number}", client=f"c-{number}", mvpd="LabDish") for number in range(7)]
    app = await seeded(lab, world(profiles=many))
    told = await _told(lab, await app.get("profiles"))
    assert told.count("profile p-") == 5
    assert f"the device {TV} has 2 more profiles" in told


async def test_a_code_says_how_far_its_login_is(lab: Lab, app: App) -> None:
    empty = (await post(app, "sessions")).data()["code"]
    assert "names no MVPD" in await _told(lab, await app.get(f"profiles/code/{empty}"))
    told = await _told(lab, await app.get(f"sessions/{empty}"))
    assert "the session lacks mvpd, domainName, redirectUrl" in told
    lacking = (await post(app, "sessions", {"mvpd": "LabCable"})).data()["code"]
    told = await _told(lab, await app.get(f"profiles/code/{lacking}"))
    assert "the session lacks domainName, redirectUrl" in told
    code = await code_for(app)
    for verb, words in (
        (None, "the login at LabCable was not begun"),
        ("start", "the login at LabCable was begun, and is not finished"),
        ("deny", "the login at LabCable failed, and may be tried again"),
    ):
        if verb == "start":
            await lab.call("GET", f"/provider/login?reg_code={code}")
        elif verb:
            await lab.admin("POST", f"codes/{code}/{verb}")
        assert words in await _told(lab, await app.get(f"profiles/code/{code}"))


async def test_a_code_whose_profile_is_gone_says_so(lab: Lab, app: App) -> None:
    code = await log_in(app)
    await app.logout("LabCable")
    told = await _told(lab, await app.get(f"profiles/code/{code}"))
    assert f"session {code} of the device {TV}: completed" in told
    assert f"the device {TV} has no profile" in told


async def test_a_configuration_without_mvpds_says_why(lab: Lab) -> None:
    document = world(service_providers=[{"id": "LABSP3"}, {"id": "LABSP4"}])
    document["integrations"].append(
        {"service_provider": "LABSP4", "mvpd": "LabCable", "active": False}
    )
    app = await seeded(lab, document)
    told = await _told(lab, await app.at("LABSP3").get("configuration"))
    assert "LABSP3 has an integration with no MVPD" in told
    told = await _told(lab, await app.at("LABSP4").get("configuration"))
    assert "the integrations of LABSP4 are switched off on " in told
    assert told.endswith(": LabCable")


async def test_a_denial_says_whose_package_it_is(lab: Lab) -> None:
    app = await seeded(lab, viewer(entitlements=["SPORT"]))
    for operation in ("authorize", PREAUTHORIZE):
        told = await _told(lab, await ask(app, "NEWS", operation=operation))
        assert "the subscriber ann is entitled to SPORT" in told


async def test_too_many_resources_are_told_with_the_limit(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("p-1", client="app-1")]))
    told = await _told(lab, await ask(app, *"abcdef", operation=PREAUTHORIZE))
    assert "6 resources, and the limit is 5" in told


async def test_a_person_without_devices_is_told_of_those_let_go(lab: Lab) -> None:
    await lab.seed(world())
    app = (await lab.app(TV)).sending(X_Device_Info=ROKU)

    async def service(method: str, path: str, body: Json = None, **headers: str) -> Reply:
        sent = app.sending(**headers).headers
        return await lab.call(method, f"/api/LABSP/{path}", sent, json=body)

    token = (await service("POST", "serviceToken", X_SSO_ID="ann")).data(201)["serviceToken"]
    named = {"AD_Service_Token": token}
    await service("POST", "unlink", {"devices": [TV]}, **named)
    told = await _told(lab, await service("GET", "list", **named))
    assert "ann has 0 devices at LABSP" in told
    assert f"the device {TV} is let go at LABSP" in told
    told = await _told(lab, await service("POST", "unlink", {"devices": [BOX]}, **named))
    assert "devices of ann at LABSP that were let go: none of 1" in told


NOT_USED: Final[dict[str, tuple[str, Mapping[str, Any], str]]] = {
    "platform": (ROKU, {}, "the device is Roku, and the framework is there on iOS and tvOS alone"),
    "services": (TVOS, {"enable_platform_services": False}, "does not enable platform services"),
    "single sign-on": (TVOS, {"single_sign_on": False}, "takes no part in single sign-on"),
    "boarding": (
        TVOS,
        {"enable_platform_services": True},
        "the boarding status of the integration LABSP:LabCable is none",
    ),
}


@pytest.mark.parametrize("name", NOT_USED)
async def test_a_partner_s_response_that_stores_nothing_says_why(lab: Lab, name: str) -> None:
    info, members, words = NOT_USED[name]
    await lab.seed(changed(("LABSP", "LabCable"), **members))
    app = (await lab.app(TV, client="app-1")).sending(
        X_Device_Info=info, AP_Partner_Framework_Status=partner_status("labcable_apple")
    )
    made = await lab.admin("POST", "saml-responses", {"mvpd": "LabCable"})
    reply = await post(app, "profiles/sso/Apple", {"SAMLResponse": made["saml_response"]})
    assert reply.data() == {"profiles": {}}
    told = await _told(lab, reply)
    assert words in told
    assert f"the device {TV} has no profile" in told
    (found,) = (await lab.admin("GET", "conduct"))["items"]
    (rule_,) = [each for each in found["findings"] if each["rule"] == "partner-response-used"]
    assert rule_["verdict"] == "broken"
    assert words in rule_["evidence"][0]["says"]


async def _told(lab: Lab, reply: Reply) -> str:
    """The reasons of the answer, each in a line."""
    assert reply.status in {200, 403}, reply.text
    entry = (await lab.admin("GET", "requests"))["items"][-1]
    reasons = entry["explanation"]
    assert len({*reasons}) == len(reasons)
    return "\n".join(reasons)
