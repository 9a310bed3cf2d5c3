"""Scenarios 14 to 39 of the QA catalogue: configuration, login and its codes."""

from uuid import UUID

from tests.catalogue.stage import (
    D1,
    D2,
    DONE,
    FULL,
    MINUTE,
    TVOS,
    Browser,
    authorize,
    by_code,
    by_mvpd,
    decide,
    full_session,
    later,
    log_in,
    permitted,
    post,
    session,
    tv,
)
from tests.support.lab import App, Lab
from tests.support.replies import Json, Reply
from tests.support.shapes import assert_enhanced

SESSION = "invalid_authentication_session"


async def _configuration(app: App) -> dict[str, Json]:
    found = (await app.get("configuration")).data()
    assert found["requestor"]["id"] == "LABSP"
    return {each["id"]: each for each in found["requestor"]["mvpds"]}


def _window(answer: Json, lab: Lab) -> None:
    assert answer["notBefore"] == str(lab.clock.now())
    assert answer["notAfter"] == str(lab.clock.now() + 30 * MINUTE)
    assert str(UUID(answer["sessionId"])) == answer["sessionId"]


async def test_014_configuration(qa: Lab) -> None:
    found = await _configuration(await tv(qa))
    assert found.keys() == {
        "LabCable",
        "LabDish",
        "LabNoAuthz",
        "LabProxied",
        "TempBasic",
        "TempPromo",
    }
    assert found["TempBasic"]["isTempPass"] is True
    assert found["LabProxied"]["isProxy"] is True


async def test_015_configuration_apple_flags(qa: Lab) -> None:
    cable = (await _configuration(await tv(qa, told=TVOS)))["LabCable"]
    flags = {"enablePlatformServices": True, "displayInPlatformPicker": True}
    expected = {**flags, "boardingStatus": "SUPPORTED", "platformMappingId": "labcable_apple"}
    assert cable.items() >= expected.items()
    assert "enablePlatformServices" not in (await _configuration(await tv(qa)))["LabCable"]


async def test_016_unknown_service_provider(qa: Lab) -> None:
    app = (await tv(qa)).at("NOPE")
    assert_enhanced(await app.get("configuration"), "invalid_parameter_service_provider")


async def test_017_first_launch(qa: Lab) -> None:
    assert (await (await tv(qa)).get("profiles")).data() == {"profiles": {}}


async def test_018_primary_login(qa: Lab) -> None:
    app = await tv(qa)
    answer = await full_session(app)
    _window(answer, qa)
    assert (answer["actionName"], answer["actionType"]) == ("authenticate", "interactive")
    assert answer["reasonType"] == "none"
    assert answer["url"] == f"/api/v2/authenticate/LABSP/{answer['code']}"
    browser = Browser(lab=qa)
    page = await browser.open(answer["url"])
    assert {hop.status for hop in page.hops[:-1]} == {302}
    assert (await browser.submit(page, username="viewer", password="secret")).url == DONE
    found = (await by_code(app, answer["code"]))["LabCable"]
    assert (found["type"], found["issuer"]) == ("regular", "LabCable")


async def test_019_login_cancelled(qa: Lab) -> None:
    app = await tv(qa)
    code = (await full_session(app))["code"]
    browser = Browser(lab=qa)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    assert (await browser.submit(page, action="cancel")).url == DONE
    assert await by_code(app, code) == {}


async def test_020_second_screen_mvpd_chosen(qa: Lab) -> None:
    app = await tv(qa)
    code = (await full_session(app))["code"]
    phone = await tv(qa, D2, "app-2")
    told = (await phone.get(f"sessions/{code}")).data()
    assert told["existingParameters"] == {**FULL, "serviceProvider": "LABSP"}
    assert "missingParameters" not in told
    assert await by_code(app, code) == {}
    browser = Browser(lab=qa)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    assert await by_code(app, code) == {}
    await browser.submit(page, username="viewer", password="secret")
    assert [*await by_code(app, code)] == ["LabCable"]


async def test_021_second_screen_mvpd_not_chosen(qa: Lab) -> None:
    app = await tv(qa)
    answer = await session(app)
    assert (answer["actionName"], answer["actionType"]) == ("resume", "direct")
    assert answer["missingParameters"] == ["mvpd", "domainName", "redirectUrl"]
    assert answer["url"] == f"/api/v2/LABSP/sessions/{answer['code']}"
    code = answer["code"]
    phone = await tv(qa, D2, "app-2")
    resumed = (await post(phone, f"sessions/{code}", FULL)).data()
    assert (resumed["actionName"], resumed["code"]) == ("authenticate", code)
    browser = Browser(lab=qa)
    await browser.submit(await browser.open(resumed["url"]), username="viewer", password="secret")
    assert [*await by_code(phone, code)] == ["LabCable"]
    assert [*await app.profiles()] == ["LabCable"]
    assert await phone.profiles() == {}


async def test_022_resume_incomplete(qa: Lab) -> None:
    app = await tv(qa)
    code = (await session(app))["code"]
    given = {"mvpd": "LabCable", "domainName": "lab.example"}
    answer = (await post(app, f"sessions/{code}", given)).data()
    assert (answer["actionName"], answer["missingParameters"]) == ("retry", ["redirectUrl"])


async def test_023_session_info_incomplete(qa: Lab) -> None:
    app = await tv(qa)
    code = (await session(app, domainName="lab.example", redirectUrl=DONE))["code"]
    told = (await app.get(f"sessions/{code}")).data()
    assert told["missingParameters"] == ["mvpd"]
    assert told["device"]["model"] == "QA"


async def test_024_code_typo(qa: Lab) -> None:
    assert_enhanced(await (await tv(qa)).get("sessions/ZZZ"), "invalid_parameter_code")


async def test_025_unknown_code(qa: Lab) -> None:
    assert_enhanced(await post(await tv(qa), "sessions/ZZZZZZZ", FULL), SESSION)


async def test_026_code_expired(qa: Lab) -> None:
    app = await tv(qa)
    code = await log_in(app)
    await later(qa, "PT31M")
    assert_enhanced(await app.get(f"profiles/code/{code}"), SESSION)


async def test_027_new_code_replaces_old(qa: Lab) -> None:
    app = await tv(qa)
    old = (await full_session(app))["code"]
    new = (await full_session(app))["code"]
    assert_enhanced(await app.get(f"profiles/code/{old}"), SESSION)
    assert await by_code(app, new) == {}


async def test_028_ua_expired(qa: Lab) -> None:
    code = (await full_session(await tv(qa)))["code"]
    await later(qa, "PT31M")
    reply = await qa.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert reply.status == 400
    assert reply.headers["Content-Type"].startswith("text/html")


def _authorizes(answer: Json, reason: str, mvpd: str = "LabCable") -> None:
    assert (answer["actionName"], answer["actionType"]) == ("authorize", "direct")
    assert answer["reasonType"] == reason
    assert answer["url"] == f"/api/v2/LABSP/decisions/authorize/{mvpd}"
    assert not {"code", "notBefore", "notAfter"} & answer.keys()


async def test_029_already_logged_in(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    _authorizes(await full_session(app), "authenticated")


async def test_030_resume_when_logged_in(qa: Lab) -> None:
    app = await tv(qa)
    code = await log_in(app)
    _authorizes((await post(app, f"sessions/{code}", FULL)).data(), "authenticated")


async def test_031_unknown_mvpd(qa: Lab) -> None:
    reply = await post(await tv(qa), "sessions", {**FULL, "mvpd": "X"})
    assert_enhanced(reply, "invalid_parameter_mvpd")


async def test_032_inactive_integration(qa: Lab) -> None:
    reply = await post(await tv(qa), "sessions", {**FULL, "mvpd": "LabOff"})
    told = assert_enhanced(reply, "invalid_integration")
    assert "does not exist or is disabled" in told["message"]


async def test_033_integration_disabled_after_login(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    await qa.admin("PATCH", "integrations/LABSP:LabCable", {"active": False})
    refused: list[Reply] = [await decide(app, "authorize", "LabCable", "LAB-LIVE")]
    refused.append(await app.logout("LabCable"))
    for reply in refused:
        assert_enhanced(reply, "invalid_integration")


async def test_034_integration_reenabled(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    await qa.admin("PATCH", "integrations/LABSP:LabCable", {"active": False})
    assert_enhanced(await app.get("profiles/LabCable"), "invalid_integration")
    await qa.admin("PATCH", "integrations/LABSP:LabCable", {"active": True})
    assert (await permitted(app))["source"] == "mvpd"


async def test_035_bad_redirect_url(qa: Lab) -> None:
    reply = await post(await tv(qa), "sessions", {**FULL, "redirectUrl": "::"})
    assert_enhanced(reply, "invalid_parameter_redirect_url")


async def _without(qa: Lab, header: str) -> Reply:
    app = await tv(qa)
    headers = {name: value for name, value in app.headers.items() if name != header}
    return await qa.call("POST", "/api/v2/LABSP/sessions", headers, data=FULL)


async def test_036_missing_device_id(qa: Lab) -> None:
    reply = await _without(qa, "AP-Device-Identifier")
    assert_enhanced(reply, "invalid_header_device_identifier")


async def test_037_missing_device_info_lenient(qa: Lab) -> None:
    answer = (await _without(qa, "X-Device-Info")).data()
    told = (await (await tv(qa)).get(f"sessions/{answer['code']}")).data()
    assert told["device"]["operatingSystem"]["name"] is None


async def test_038_missing_device_info_strict(qa: Lab) -> None:
    await qa.settings(device_info="strict")
    assert_enhanced(await _without(qa, "X-Device-Info"), "invalid_header_device_info")


async def test_039_device_id_changed(qa: Lab) -> None:
    app = await tv(qa, D1)
    await log_in(app)
    assert [*await by_mvpd(app)] == ["LabCable"]
    assert await (await tv(qa, D2)).profiles() == {}
    (item,) = await authorize(await tv(qa, D2))
    assert item["error"]["code"] == "authenticated_profile_missing"
