"""Scenarios 117 to 121 of the QA catalogue: degradation."""

from typing import Any, Final

from tests.catalogue.stage import (
    HOUR,
    MINUTE,
    authorize,
    by_mvpd,
    decide,
    denied,
    full_session,
    later,
    permitted,
    preauthorize,
    tv,
)
from tests.support.lab import Lab

MEASURE: Final = "/control/v3/degradation/lab/authnAll?programmer=LABSP&mvpd=LabCable"


async def test_117_authn_all_journey(qa: Lab) -> None:
    await qa.seed("qa-authn-all")
    app = await tv(qa)
    answer = await full_session(app)
    assert (answer["actionName"], answer["reasonType"]) == ("authorize", "degraded")
    profile = (await by_mvpd(app))["LabCable"]
    assert (profile["type"], profile["issuer"]) == ("degraded", "Adobe")
    assert profile["notAfter"] - profile["notBefore"] == MINUTE
    assert [*profile["attributes"]] == ["userID"]
    for item in await preauthorize(app, "LAB-LIVE", "LAB-GOLD"):
        assert (item["authorized"], item["source"]) == (True, "degradation")
    item = await permitted(app, "LAB-GOLD")
    assert item["source"] == "degradation"
    assert item["notAfter"] - item["notBefore"] == HOUR


async def test_118_authz_all_no_profile(qa: Lab) -> None:
    await qa.seed("qa-authz-all")
    app = await tv(qa)
    assert (await full_session(app))["actionName"] == "authenticate"
    item = await permitted(app)
    assert item["source"] == "degradation"
    assert not {"notBefore", "notAfter"} & item.keys()


async def test_119_authz_none_with_message(qa: Lab) -> None:
    await qa.seed("qa-authz-none")
    app = await tv(qa)
    found: list[Any] = [*await preauthorize(app, "LAB-LIVE"), *await authorize(app)]
    for item in found:
        assert (item["authorized"], item["source"]) == (False, "degradation")
        assert item["error"]["code"] == "authorization_denied_by_degradation_rule"
        assert item["error"]["details"] == "Back at eight"


async def test_120_rule_ends(qa: Lab) -> None:
    await qa.seed("qa-authn-all")
    app = await tv(qa)
    assert [*await by_mvpd(app)] == ["LabCable"]
    await later(qa, "PT1H")
    assert await by_mvpd(app) == {}
    assert (await denied(app))["code"] == "authenticated_profile_missing"


async def test_121_pa_during_authn_all(qa: Lab) -> None:
    app = await tv(qa)
    bearer = {"Authorization": f"Bearer {await qa.token(scopes=['entitlement:degradation'])}"}
    applied = (await qa.call("POST", MEASURE, bearer)).data(201)["degradation-measure"]
    assert applied["degradation-measure-status"] == "APPLIED"
    assert (await qa.call("GET", MEASURE, bearer)).data()["degradation-measure"] == applied
    assert [*await by_mvpd(app)] == ["LabCable"]
    assert await app.profiles() == {}
    assert (await qa.call("DELETE", MEASURE, bearer)).status == 204
    assert await by_mvpd(app) == {}
    assert (await decide(app, "authorize", "LabCable", "LAB-LIVE")).status == 200
