"""The SSO service over HTTP: what is wrong with a call, and what unlinking a device ends.

(Adobe: SSO service, SVC1 to SVC3)
"""

import base64
import json
from typing import Final

import jwt
import pytest

from simulator.http.endpoint import CONTEXT
from tests.support.lab import App
from tests.support.logins import log_in, post
from tests.support.replies import Json, Reply
from tests.support.worlds import BOX, TV

CALLS: Final = (
    ("GET", "serviceToken", None),
    ("POST", "link", None),
    ("POST", "unlink", {"devices": [BOX]}),
    ("GET", "list", None),
)


async def _service(
    app: App, method: str, path: str, body: object = None, **headers: str | None
) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {**app.headers, **named}
    return await app.lab.call(
        method,
        f"/api/{app.service_provider}/{path}",
        {name: value for name, value in sent.items() if value is not None},
        json=body,
    )


def _info(**members: str) -> str:
    return base64.b64encode(json.dumps(members).encode()).decode()


async def _token(app: App, info: str | None = None, **named: str) -> str:
    """A service token for Ann, or for whom the headers name."""
    sent = {"X_Device_Info": info or _info(osName="Roku OS"), **(named or {"X_SSO_ID": "ann"})}
    made = await _service(app, "POST", "serviceToken", **sent)
    token: str = made.data(201)["serviceToken"]
    return token


def _wrong(reply: Reply, status: int, words: str) -> Json:
    """The code and action of an error of the service, with its status in both places."""
    body = reply.data(status)
    assert body["status"] == words
    assert body["error"]["status"] == status
    return body["error"]["code"], body["error"]["action"]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
@pytest.mark.parametrize("kind", ["forged", "cut short", "no token", "unsigned"])
async def test_a_service_token_with_a_bad_signature_is_an_invalid_header(
    app: App, method: str, path: str, body: Json, kind: str
) -> None:
    good = await _token(app)
    head, claims, signature = good.split(".")
    bad = {
        "forged": f"{head}.{claims}.{signature[::-1]}",
        "cut short": f"{head}.{claims}",
        "no token": "nonsense",
        "unsigned": jwt.encode({"iss": "ssoservicetoken", "sub": "ann"}, "", algorithm="none"),
    }[kind]
    reply = await _service(app, method, path, body, AD_Service_Token=bad)
    assert _wrong(reply, 401, "UNAUTHORIZED") == ("header_invalid", "get_new_token")


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_a_service_token_without_a_subject_is_an_invalid_header(
    app: App, method: str, path: str, body: Json
) -> None:
    keys = app.lab.client.app[CONTEXT].keys
    nobody = keys.sso_token(issuer="ssoservicetoken", subject="", now=0, lifetime=10**9)
    reply = await _service(app, method, path, body, AD_Service_Token=nobody)
    assert _wrong(reply, 401, "UNAUTHORIZED") == ("header_invalid", "get_new_token")


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_a_token_of_ours_that_is_no_service_token_is_an_invalid_token(
    app: App, method: str, path: str, body: Json
) -> None:
    reply = await _service(app, method, path, body, AD_Service_Token=app.token)
    assert _wrong(reply, 400, "BAD_REQUEST") == ("token_invalid", "get_new_token")


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_a_service_token_that_ended_long_ago_is_expired(
    app: App, method: str, path: str, body: Json
) -> None:
    token = await _token(app)
    app.lab.clock.advance(days=2)
    fresh = await app.lab.app(TV, client="app-1")
    reply = await _service(fresh, method, path, body, AD_Service_Token=token)
    assert _wrong(reply, 401, "UNAUTHORIZED") == ("token_expired", "get_new_token")


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_a_missing_service_token_is_400_to_renew_it_and_401_elsewhere(
    app: App, method: str, path: str, body: Json
) -> None:
    renews = path == "serviceToken"
    status, words = (400, "BAD_REQUEST") if renews else (401, "UNAUTHORIZED")
    reply = await _service(app, method, path, body)
    assert _wrong(reply, status, words) == ("header_missing", "check_headers")


@pytest.mark.parametrize(("method", "path", "body"), [*CALLS[1:], ("POST", "serviceToken", None)])
async def test_a_missing_device_is_a_missing_header(
    app: App, method: str, path: str, body: Json
) -> None:
    sent = {"AP_Device_Identifier": None, "AD_Service_Token": await _token(app), "X_SSO_ID": "ann"}
    reply = await _service(app, method, path, body, **sent)
    assert _wrong(reply, 400, "BAD_REQUEST") == ("header_missing", "check_headers")


@pytest.mark.parametrize("body", [{"devices": []}, {"devices": None}, {}, [], {"devices": TV}])
async def test_to_unlink_no_device_is_an_invalid_request(app: App, body: Json) -> None:
    reply = await _service(app, "POST", "unlink", body, AD_Service_Token=await _token(app))
    assert _wrong(reply, 400, "BAD_REQUEST") == ("request_invalid", "check_request_body")


async def test_a_member_that_is_given_twice_is_an_invalid_request(app: App) -> None:
    headers = {**app.headers, "AD-Service-Token": await _token(app)}
    twice = f'{{"devices": ["{BOX}"], "devices": ["{TV}"]}}'
    reply = await app.lab.call("POST", "/api/LABSP/unlink", headers, data=twice)
    assert _wrong(reply, 400, "BAD_REQUEST") == ("request_invalid", "check_request_body")
    assert "more than once" in reply.text


async def test_to_unlink_without_a_body_has_no_action(app: App) -> None:
    sent = {**app.headers, "AD-Service-Token": await _token(app)}
    reply = await app.lab.call("POST", "/api/LABSP/unlink", sent)
    assert _wrong(reply, 400, "BAD_REQUEST") == ("request_null", "none")


@pytest.mark.parametrize(("method", "path", "body"), [*CALLS, ("POST", "serviceToken", None)])
async def test_a_call_without_an_access_token_has_no_action(
    app: App, method: str, path: str, body: Json
) -> None:
    reply = await _service(app, method, path, body, Authorization=None)
    assert _wrong(reply, 401, "UNAUTHORIZED") == ("unauthorized", "none")


async def _linked(app: App) -> tuple[str, App]:
    """Ann logs in on the TV and links the box: the TV's token, and the app on the box with its own."""
    token = await _token(app)
    await log_in(app.sending(AD_Service_Token=token))
    code = (await _service(app, "POST", "link", AD_Service_Token=token)).data(201)["code"]
    box = await app.lab.app(BOX, client="app-2")
    return token, box.sending(AD_Service_Token=await _token(box, X_SSO_LINK=code))


async def _unlink(app: App, token: str, device: str) -> None:
    reply = await _service(app, "POST", "unlink", {"devices": [device]}, AD_Service_Token=token)
    assert reply.data() == {"status": "OK", "unlinkedDevices": [device]}


async def _devices(app: App, token: str) -> Json:
    return (await _service(app, "GET", "list", AD_Service_Token=token)).data()["devices"]


async def test_an_unlinked_device_has_lost_what_was_shared_at_its_next_call(app: App) -> None:
    token, box = await _linked(app)
    assert [*await box.profiles()] == ["LabCable"]
    await _unlink(app, token, BOX)
    assert await box.profiles() == {}
    assert (await box.get("profiles/LabCable")).data() == {"profiles": {}}
    assert [*await app.profiles()] == ["LabCable"]
    assert [*await _devices(app, token)] == [TV]
    entry = (await app.lab.admin("GET", "requests?operation=profiles&limit=5"))["items"]
    assert "unlinked from ann" in json.dumps(entry)


async def test_an_unlinked_device_has_to_log_in_and_is_decided_as_anybody(app: App) -> None:
    token, box = await _linked(app)
    asked = {"mvpd": "LabCable", "domainName": "lab.example", "redirectUrl": "https://a.example/"}
    assert (await post(box, "sessions", asked)).data()["reasonType"] == "authenticatedSSO"
    await _unlink(app, token, BOX)
    assert (await post(box, "sessions", asked)).data()["actionName"] == "authenticate"
    decided = await app.lab.call(
        "POST",
        "/api/v2/LABSP/decisions/authorize/LabCable",
        box.headers,
        json={"resources": ["LAB-LIVE"]},
    )
    (item,) = decided.data()["decisions"]
    assert item["error"]["code"] == "authenticated_profile_missing"


async def test_a_renewed_token_does_not_bring_an_unlinked_device_back_but_a_link_does(
    app: App,
) -> None:
    token, box = await _linked(app)
    await _unlink(app, token, BOX)
    old = box.extra["AD-Service-Token"]
    renewed = (await _service(box, "GET", "serviceToken", AD_Service_Token=old)).data()
    assert await box.sending(AD_Service_Token=renewed["serviceToken"]).profiles() == {}
    code = (await _service(app, "POST", "link", AD_Service_Token=token)).data(201)["code"]
    again = box.sending(AD_Service_Token=await _token(box, X_SSO_LINK=code))
    assert [*await again.profiles()] == ["LabCable"]
    assert {*await _devices(app, token)} == {TV, BOX}


async def test_unlinking_twice_lets_nothing_go_the_second_time(app: App) -> None:
    token, _ = await _linked(app)
    await _unlink(app, token, BOX)
    body = {"devices": [BOX, "nobody's"]}
    reply = await _service(app, "POST", "unlink", body, AD_Service_Token=token)
    assert reply.data() == {"status": "OK", "unlinkedDevices": []}


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"primaryHardwareType": "TV", "osName": "Tizen"}, "smartTV"),
        ({"primaryHardwareType": "SetTopBox", "osName": "tvOS"}, "smartTV"),
        ({"primaryHardwareType": "GamesConsole", "osName": "Xbox OS"}, "smartTV"),
        ({"osName": "Roku OS"}, "smartTV"),
        ({"primaryHardwareType": "MobilePhone", "osName": "iOS"}, "mobile"),
        ({"osName": "Android"}, "mobile"),
        ({"primaryHardwareType": "Tablet", "osName": "iPadOS"}, "tablet"),
        ({"osName": "iPadOS"}, "tablet"),
        ({"primaryHardwareType": "Desktop", "osName": "Mac OS"}, "desktop"),
        ({"osName": "something else"}, None),
    ],
)
async def test_the_list_says_in_the_page_s_words_what_a_device_is(
    app: App, told: dict[str, str], shown: str | None
) -> None:
    token = await _token(app, _info(**told))
    assert (await _devices(app, token))[TV]["deviceType"] == shown
