"""Scenarios 83 to 102 of the QA catalogue: single sign-on, Apple's included."""

import base64
from typing import Any, Final

import pytest

from tests.catalogue.stage import (
    A2,
    D2,
    FULL,
    TVOS,
    apple_tv,
    by_mvpd,
    decide,
    full_session,
    later,
    log_in,
    permitted,
    post,
    service_token,
    subject_token,
    tv,
    with_status,
)
from tests.support.lab import App, Lab
from tests.support.replies import Json, Reply
from tests.support.shapes import assert_enhanced

PARTNER: Final = "sessions/sso/Apple"
PROFILE: Final = "profiles/sso/Apple"
RETURN: Final = {"domainName": "lab.example", "redirectUrl": "https://lab.example/back"}


async def _shared(qa: Lab) -> tuple[App, App]:
    """The app on one device, logged in with a service token, and another on another with the same."""
    token = await service_token(qa)
    first = (await tv(qa)).sending(AD_Service_Token=token)
    await log_in(first)
    return first, (await tv(qa, D2, A2)).sending(AD_Service_Token=token)


async def test_083_service_token_sso(qa: Lab) -> None:
    first, second = await _shared(qa)
    found, own = (await second.profiles())["LabCable"], (await first.profiles())["LabCable"]
    assert (found["type"], found["issuer"]) == ("serviceTokenSSO", "LabCable")
    assert found["notAfter"] == own["notAfter"]
    assert found["attributes"]["userID"] == own["attributes"]["userID"]


async def test_084_service_token_session(qa: Lab) -> None:
    _, second = await _shared(qa)
    answer = await full_session(second)
    assert (answer["actionName"], answer["reasonType"]) == ("authorize", "authenticatedSSO")
    assert "code" not in answer


async def test_085_service_token_expired(qa: Lab) -> None:
    _, second = await _shared(qa)
    assert [*await second.profiles()] == ["LabCable"]
    await later(qa, "PT61M")
    assert await second.profiles() == {}


async def test_086_platform_sso_roku(qa: Lab) -> None:
    header = {"X_Roku_Reserved_Roku_Connect_Token": await subject_token(qa)}
    first = (await tv(qa)).sending(**header)
    await log_in(first)
    second = (await tv(qa, client=A2)).sending(**header)
    found = (await second.profiles())["LabCable"]
    assert found["type"] == "platformSSO"
    assert found["notAfter"] == (await first.profiles())["LabCable"]["notAfter"]


async def test_087_platform_token_garbage(qa: Lab) -> None:
    await log_in((await tv(qa)).sending(Adobe_Subject_Token=await subject_token(qa)))
    second = (await tv(qa, client=A2)).sending(Adobe_Subject_Token="garbage")
    assert await second.profiles() == {}
    await log_in(second, "LabDish")
    assert [*await second.profiles()] == ["LabDish"]


async def test_088_auth_per_aggregator(qa: Lab) -> None:
    _, second = await _shared(qa)
    elsewhere = second.at("LABSP2")
    assert [*await elsewhere.profiles()] == ["LabCable"]
    await qa.admin("PATCH", "integrations/LABSP2:LabCable", {"auth_per_aggregator": True})
    assert await elsewhere.profiles() == {}


async def test_089_sso_authorize(qa: Lab) -> None:
    _, second = await _shared(qa)
    assert (await permitted(second))["source"] == "mvpd"


async def _response(qa: Lab, mvpd: str = "LabCable") -> dict[str, str]:
    made = await qa.admin("POST", "saml-responses", {"mvpd": mvpd, "subscriber": "viewer"})
    return {"SAMLResponse": made["saml_response"]}


async def _asked(app: App, form: dict[str, str] | None = None) -> Json:
    return (await post(app, PARTNER, RETURN if form is None else form)).data()


async def _apple_profile(qa: Lab) -> App:
    app = await apple_tv(qa)
    assert (await post(app, PROFILE, await _response(qa))).status == 201
    return app


async def test_090_apple_happy_path(qa: Lab) -> None:
    app = await apple_tv(qa)
    answer = await _asked(app)
    assert (answer["actionName"], answer["actionType"]) == ("partner_profile", "direct")
    assert (answer["reasonType"], answer["mvpd"]) == ("none", "LabCable")
    assert answer["url"] == "/api/v2/LABSP/profiles/sso/Apple"
    assert not {"code", "notBefore", "notAfter"} & answer.keys()
    request = answer["authenticationRequest"]
    assert (request["type"], request["attributesNames"]) == ("saml", ["uid", "NameID", "uniqueId"])
    assert b"AuthnRequest" in base64.b64decode(request["request"])
    created = (await post(app, PROFILE, await _response(qa))).data(201)["profiles"]
    profile = created["LabCable"]
    assert (profile["type"], profile["issuer"]) == ("appleSSO", "Apple")
    assert profile["attributes"]["userID"] == {"value": "u-77", "state": "plain"}
    assert profile["attributes"]["tokenSource"] == {"value": "Apple", "state": "plain"}
    assert await app.profiles() == created


def _falls_back(answer: Json, reason: str) -> None:
    assert (answer["actionName"], answer["actionType"]) == ("authenticate", "interactive")
    assert answer["reasonType"] == reason
    assert answer["url"] == f"/api/v2/authenticate/LABSP/{answer['code']}"


async def test_091_apple_permission_denied(qa: Lab) -> None:
    app = await tv(qa, told=TVOS)
    known = await with_status(app, mvpd="LabCable", access_status="denied")
    _falls_back(await _asked(known), "pfs_fallback")
    unknown = await with_status(app, access_status="denied")
    answer = await _asked(unknown)
    assert (answer["actionName"], answer["reasonType"]) == ("resume", "pfs_fallback")
    assert answer["missingParameters"] == ["mvpd"]


@pytest.mark.parametrize("default", ["", "LabCable"])
async def test_092_apple_pfs_absent(qa: Lab, default: str) -> None:
    await qa.settings(partner_session__default_mvpd=default)
    answer = await _asked(await tv(qa, told=TVOS))
    assert answer["reasonType"] == "pfs_fallback"
    assert answer["actionName"] == ("authenticate" if default else "resume")


async def _with_integration(qa: Lab, **members: object) -> App:
    changes = {"overrides": {"tvOS": {"boarding_status": "SUPPORTED", **members}}}
    await qa.admin("PATCH", "integrations/LABSP:LabCable", changes)
    return await apple_tv(qa)


async def test_093_apple_config_off(qa: Lab) -> None:
    app = await _with_integration(qa, enable_platform_services=False)
    _falls_back(await _asked(app), "configuration_fallback")
    reply = await post(app, PROFILE, await _response(qa))
    assert reply.data(200) == {"profiles": {}}


async def test_094_apple_picker_mvpd(qa: Lab) -> None:
    app = await _with_integration(qa, enable_platform_services=True, boarding_status="PICKER")
    _falls_back(await _asked(app), "configuration_fallback")


async def test_095_apple_missing_redirect_url(qa: Lab) -> None:
    answer = await _asked(await apple_tv(qa), {"domainName": "lab.example"})
    assert (answer["actionName"], answer["actionType"]) == ("resume", "direct")
    assert answer["reasonType"] == "missing_parameters_fallback"
    assert answer["missingParameters"] == ["redirectUrl"]
    assert answer["url"] == f"/api/v2/LABSP/sessions/{answer['code']}"


async def test_096_apple_degraded(qa: Lab) -> None:
    await qa.seed("qa-authn-all")
    app = await apple_tv(qa)
    answer = await _asked(app)
    assert (answer["actionName"], answer["reasonType"]) == ("authorize", "degraded")
    found = (await post(app, PROFILE, await _response(qa))).data(200)["profiles"]["LabCable"]
    assert (found["type"], found["issuer"]) == ("degraded", "Adobe")
    assert await qa.profile_ids() == set()


async def test_097_apple_already_logged_in(qa: Lab) -> None:
    app = await apple_tv(qa)
    await log_in(app)
    answer = await _asked(app)
    assert (answer["actionName"], answer["reasonType"]) == ("authorize", "authenticated")


STATUSES: Final[dict[str, dict[str, Any]]] = {
    "permission_access_not_present": {"mvpd": "LabCable", "access_status": None},
    "permission_access_not_determined": {"mvpd": "LabCable", "access_status": "notDetermined"},
    "permission_access_not_granted": {"mvpd": "LabCable", "access_status": "restricted"},
    "provider_id_not_determined": {"provider": "nobody"},
    "provider_id_mismatch": {"mvpd": "LabDish"},
    "provider_info_expired": {"mvpd": "LabCable", "expires_in": -1},
}


@pytest.mark.parametrize("problem", STATUSES)
async def test_098_pp_six_pfs_errors(qa: Lab, problem: str) -> None:
    app = await with_status(await tv(qa, told=TVOS), **STATUSES[problem])
    reply = await post(app, PROFILE, await _response(qa))
    assert_enhanced(reply, f"invalid_header_pfs_{problem}")
    assert await qa.profile_ids() == set()


@pytest.mark.parametrize("response", ["", "????", "PHg+PC94Pg==", "bm8geG1s"])
async def test_099_pp_bad_saml(qa: Lab, response: str) -> None:
    reply = await post(await apple_tv(qa), PROFILE, {"SAMLResponse": response})
    assert_enhanced(reply, "invalid_parameter_saml_response")


async def test_100_unknown_partner(qa: Lab) -> None:
    app = await apple_tv(qa)
    for path in ("sessions/sso/Foo", "profiles/sso/Foo"):
        assert_enhanced(await post(app, path, FULL), "invalid_parameter_partner")


async def test_101_apple_profile_without_pfs(qa: Lab) -> None:
    await _apple_profile(qa)
    bare = await tv(qa, told=TVOS)
    assert await bare.profiles() == await by_mvpd(bare) == {}
    reply: Reply = await decide(bare, "authorize", "LabCable", "LAB-LIVE")
    assert_enhanced(reply, "invalid_header_pfs_permission_access_not_present")


async def test_102_apple_provider_switched(qa: Lab) -> None:
    app = await with_status(await _apple_profile(qa), mvpd="LabDish")
    reply = await decide(app, "authorize", "LabCable", "LAB-LIVE")
    assert_enhanced(reply, "invalid_header_pfs_provider_id_mismatch")
