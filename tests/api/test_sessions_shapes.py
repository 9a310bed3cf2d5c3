"""What answers about sessions look like, member by member.

(Adobe: create session, API2; retrieve session, API4)
"""

import base64
import json
import re
from typing import Any, Final
from uuid import UUID

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import DONE, FULL, create, post
from tests.support.replies import Json
from tests.support.shapes import JSON_TYPE
from tests.support.worlds import TV, world

CODE: Final = re.compile(r"[A-Z0-9]{7}")
HALF_AN_HOUR: Final = 1_800_000

# Adobe's example of X-Device-Info, with its comma in place and a little more.
ROKU: Final = {
    "primaryHardwareType": "SetTopBox",
    "model": "Roku Ultra",
    "version": "4850X",
    "manufacturer": "Roku Inc.",
    "vendor": "Roku",
    "osName": "Roku OS",
    "osFamily": "Linux",
    "osVendor": "Roku",
    "osVersion": "14.1.4",
    "browserName": "Chrome",
    "browserVendor": "Google",
    "browserVersion": "131",
    "userAgent": "Roku/DVP-14.1",
    "displayWidth": "3840",
    "displayHeight": 2160,
    "displayPpi": "68",
    "diagonalScreenSize": "65.0",
    "connectionType": "WiFi",
    "connectionIp": "203.0.113.24",
    "connectionPort": "51002",
    "connectionSecure": "true",
    "applicationId": "LabStream",
}


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world())
    return (await lab.app(TV, client="app-1")).sending(User_Agent="a television")


def _info(document: object) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def _version(text: str, *numbers: int) -> Json:
    major, minor, patch = [*numbers, 0, 0, 0][:3]
    profile = "" if re.fullmatch(r"[\d.]*", text) else text
    return {"major": major, "minor": minor, "patch": patch, "profile": profile}


async def test_a_session_to_log_in_with(app: App) -> None:
    reply = await post(app, "sessions", FULL)
    assert reply.headers["Content-Type"] == JSON_TYPE
    answer = reply.data()
    assert CODE.fullmatch(answer["code"])
    assert str(UUID(answer["sessionId"])) == answer["sessionId"]
    now = app.lab.clock.now()
    assert answer == {
        "actionName": "authenticate",
        "actionType": "interactive",
        "reasonType": "none",
        "url": f"/api/v2/authenticate/LABSP/{answer['code']}",
        "code": answer["code"],
        "sessionId": answer["sessionId"],
        "mvpd": "LabCable",
        "serviceProvider": "LABSP",
        "notBefore": str(now),
        "notAfter": str(now + HALF_AN_HOUR),
    }


@pytest.mark.parametrize(
    ("sent", "missing"),
    [
        ({}, ["mvpd", "domainName", "redirectUrl"]),
        ({"mvpd": "LabCable"}, ["domainName", "redirectUrl"]),
        ({"mvpd": "LabCable", "domainName": "lab.example"}, ["redirectUrl"]),
        ({"mvpd": "LabCable", "redirectUrl": DONE}, ["domainName"]),
        ({"domainName": "lab.example", "redirectUrl": DONE}, ["mvpd"]),
    ],
    ids=lambda value: ", ".join(value) or "nothing",
)
async def test_a_session_that_lacks_something(
    app: App, sent: dict[str, str], missing: list[str]
) -> None:
    answer = await create(app, sent)
    now = app.lab.clock.now()
    expected: dict[str, Any] = {
        "actionName": "resume",
        "actionType": "direct",
        "reasonType": "none",
        "missingParameters": missing,
        "url": f"/api/v2/LABSP/sessions/{answer['code']}",
        "code": answer["code"],
        "sessionId": answer["sessionId"],
        "serviceProvider": "LABSP",
        "notBefore": str(now),
        "notAfter": str(now + HALF_AN_HOUR),
    }
    if "mvpd" in sent:
        expected["mvpd"] = sent["mvpd"]
    assert answer == expected
    # Resuming without adding anything says the same, under the name that it has there.
    resumed = (await post(app, f"sessions/{answer['code']}")).data()
    assert resumed == {**expected, "actionName": "retry"}


async def test_a_resumed_session_keeps_code_id_and_window(app: App) -> None:
    created = await create(app)
    app.lab.clock.advance(minutes=1)
    resumed = (await post(app, f"sessions/{created['code']}", FULL)).data()
    same = ("code", "sessionId", "notBefore", "notAfter", "serviceProvider")
    assert {name: resumed[name] for name in same} == {name: created[name] for name in same}
    assert resumed["url"] == f"/api/v2/authenticate/LABSP/{created['code']}"
    assert "missingParameters" not in resumed


async def test_a_session_that_was_resumed_to_an_end_has_no_code(app: App) -> None:
    created = await create(app)
    answer = (await post(app, f"sessions/{created['code']}", {"mvpd": "TempBasic"})).data()
    assert answer == {
        "actionName": "authorize",
        "actionType": "direct",
        "reasonType": "temporary",
        "url": "/api/v2/LABSP/decisions/authorize/TempBasic",
        "sessionId": created["sessionId"],
        "mvpd": "TempBasic",
        "serviceProvider": "LABSP",
    }


async def test_a_complete_session_as_it_is_retrieved(app: App) -> None:
    created = await create(app, FULL)
    reply = await app.get(f"sessions/{created['code']}")
    assert reply.headers["Content-Type"] == JSON_TYPE
    answer = reply.data()
    device = answer.pop("device")
    assert answer == {
        "existingParameters": {**FULL, "serviceProvider": "LABSP"},
        "notBefore": created["notBefore"],
        "notAfter": created["notAfter"],
    }
    assert device["type"] == "Unknown"


async def test_an_incomplete_session_says_what_it_has_and_lacks(app: App) -> None:
    code = (await create(app, {"redirectUrl": DONE}))["code"]
    answer = (await app.get(f"sessions/{code}")).data()
    assert answer["existingParameters"] == {"redirectUrl": DONE, "serviceProvider": "LABSP"}
    assert answer["missingParameters"] == ["mvpd", "domainName"]
    assert answer["device"]


async def test_the_device_of_a_session_is_the_streaming_device(app: App) -> None:
    tv = app.sending(X_Device_Info=_info(ROKU))
    code = (await create(tv, FULL))["code"]
    phone = await app.lab.app("a-phone")
    answer = (await phone.get(f"sessions/{code}")).data()
    assert answer["device"] == {
        "type": "SetTopBox",
        "model": "Roku Ultra",
        "version": _version("4850X", 4850),
        "hardware": {
            "name": "Roku Ultra",
            "vendor": "Roku",
            "version": _version("4850X", 4850),
            "manufacturer": "Roku Inc.",
        },
        "operatingSystem": {
            "name": "Roku OS",
            "family": "Linux",
            "vendor": "Roku",
            "version": _version("14.1.4", 14, 1, 4),
        },
        "browser": {
            "name": "Chrome",
            "vendor": "Google",
            "version": _version("131", 131),
            "userAgent": "Roku/DVP-14.1",
            "originalUserAgent": "a television",
        },
        "display": {
            "width": 3840,
            "height": 2160,
            "ppi": 68,
            "name": "DISPLAY",
            "vendor": None,
            "version": None,
            "diagonalSize": "65.0",
        },
        "applicationId": "LabStream",
        "connection": {
            "ipAddress": "203.0.113.24",
            "port": "51002",
            "secure": True,
            "type": "WiFi",
        },
    }


@pytest.mark.parametrize(
    "info",
    [None, "", "not Base64", _info("text"), _info([])],
    ids=["none", "empty", "no Base64", "a text", "a list"],
)
async def test_a_device_that_says_nothing_is_described_all_the_same(
    app: App, info: str | None
) -> None:
    tv = app if info is None else app.sending(X_Device_Info=info)
    code = (await create(tv, FULL))["code"]
    device = (await app.get(f"sessions/{code}")).data()["device"]
    assert device["type"] == "Unknown"
    assert device["model"] is None
    assert device["version"] == _version("")
    assert device["hardware"] == {
        "name": None,
        "vendor": None,
        "version": _version(""),
        "manufacturer": None,
    }
    assert device["operatingSystem"] == {
        "name": None,
        "family": None,
        "vendor": None,
        "version": _version(""),
    }
    assert device["display"]["width"] == 0
    assert device["browser"]["originalUserAgent"] == "a television"
    assert device["browser"]["userAgent"] == "a television"
    connection = device["connection"]
    assert (connection["ipAddress"], connection["port"].isdecimal()) == ("127.0.0.1", True)
    assert (connection["secure"], connection["type"]) == (False, None)


async def test_a_device_that_says_nonsense_is_described_as_far_as_it_goes(app: App) -> None:
    nonsense = {
        "primaryHardwareType": ["TV"],
        "model": {"name": "x"},
        "version": 7,
        "osVersion": "99999999999999999999.1",
        "displayWidth": "wide",
        "displayHeight": -5,
        "connectionSecure": True,
        "connectionPort": 8080,
    }
    code = (await create(app.sending(X_Device_Info=_info(nonsense)), FULL))["code"]
    device = (await app.get(f"sessions/{code}")).data()["device"]
    assert (device["type"], device["model"]) == ("Unknown", None)
    assert device["version"] == _version("7", 7)
    assert device["operatingSystem"]["version"]["major"] == 999_999_999
    assert (device["display"]["width"], device["display"]["height"]) == (0, 0)
    assert (device["connection"]["secure"], device["connection"]["port"]) == (True, "8080")


async def test_the_way_of_a_user_agent_has_the_documented_parameters(app: App) -> None:
    code = (await create(app, {**FULL, "redirectUrl": "https://app.example/done?a=b&c=d"}))["code"]
    reply = await app.lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert reply.status == 302
    assert reply.headers["Location"] == (
        f"{app.lab.origin}/adobe-services/authenticate/saml?noflash=true&mso_id=LabCable"
        "&requestor_id=LABSP&no_iframe=false&domain_name=lab.example"
        f"&redirect_url=https%3A%2F%2Fapp.example%2Fdone%3Fa%3Db%26c%3Dd&reg_code={code}"
    )
