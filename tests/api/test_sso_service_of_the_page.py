"""The SSO service as its page tells of it: tokens, codes, devices, refusals (Adobe: SSO service, SVC1)."""

from collections.abc import Mapping
from typing import Any, Final

import jwt
import pytest

from tests.catalogue.stage import ROKU, info
from tests.support.lab import App, Lab, device_header
from tests.support.replies import Json, Reply
from tests.support.shapes import HELP_URL, JSON_TYPE
from tests.support.worlds import BOX, TV, world

HOUR: Final = 3_600_000


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed(world())
    return lab


async def _app(lab: Lab, device: str = TV, **headers: str) -> App:
    app = await lab.app(device, client="app-1", expires_in=30 * 86_400)
    return app.sending(X_Device_Info=ROKU, **headers)


async def _call(
    app: App, method: str, path: str, body: Json = None, **headers: str | None
) -> Reply:
    sent: dict[str, str | None] = {**app.headers}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in sent.items() if value is not None}
    options: Mapping[str, Any] = {} if body is None else {"json": body}
    return await app.lab.call(method, f"/api/{app.service_provider}/{path}", kept, **options)


async def _token(app: App, subject: str = "ann") -> str:
    made = (await _call(app, "POST", "serviceToken", X_SSO_ID=subject)).data(201)
    return str(made.get("serviceToken"))


def _is_token(body: Json, status: str, now: int) -> None:
    assert body.keys() == {"status", "serviceToken", "notBefore", "notAfter"}
    assert body["status"] == status
    assert (body["notBefore"], body["notAfter"]) == (now, now + HOUR)


async def test_a_token_for_an_identifier(lab: Lab) -> None:
    reply = await _call(await _app(lab), "POST", "serviceToken", X_SSO_ID="ann")
    body, now = reply.data(201), lab.clock.now()
    assert reply.headers.get("Content-Type") == JSON_TYPE
    _is_token(body, "CREATED", now)
    assert str(body["serviceToken"]).count(".") == 2
    claims = jwt.decode(
        body["serviceToken"], options={"verify_signature": False, "verify_exp": False}
    )
    seconds = now // 1000
    assert claims == {"iss": "ssoservicetoken", "sub": "ann", "nbf": seconds, "iat": seconds,
                      "exp": seconds + 3600}  # fmt: skip


async def test_a_token_is_renewed(lab: Lab) -> None:
    app = await _app(lab)
    token = await _token(app)
    for _ in range(2):
        # Once while it is good, once after its end.
        lab.clock.advance(minutes=59)
        body = (await _call(app, "GET", "serviceToken", AD_Service_Token=token)).data()
        _is_token(body, "OK", lab.clock.now())


async def test_a_code_ties_another_device_in_once(lab: Lab) -> None:
    app, box = await _app(lab), await _app(lab, BOX)
    token = await _token(app)
    reply = await _call(app, "POST", "link", AD_Service_Token=token)
    body, now = reply.data(201), lab.clock.now()
    assert body.keys() == {"status", "code", "notBefore", "notAfter"}
    assert (body["status"], body["notBefore"]) == ("CREATED", now)
    assert 5 <= (body["notAfter"] - now) / 60_000 <= 30
    assert str(body["code"]).isdecimal()
    assert len(body["code"]) == 6
    joined = (await _call(box, "POST", "serviceToken", X_SSO_LINK=body["code"])).data(201)
    _is_token(joined, "CREATED", now)
    again = await _call(box, "POST", "serviceToken", X_SSO_LINK=body["code"])
    assert again.status in {400, 401}


async def test_the_devices_of_a_person_are_listed(lab: Lab) -> None:
    app, box = await _app(lab), await _app(lab, BOX)
    token = await _token(app)
    code = (await _call(app, "POST", "link", AD_Service_Token=token)).data(201)["code"]
    phone = info(model="iPhone", osName="iOS", osVersion="14.5")
    await _call(box, "POST", "serviceToken", X_SSO_LINK=code, X_Device_Info=phone)
    body = (await _call(app, "GET", "list", AD_Service_Token=token)).data()
    assert body.keys() == {"devices"}
    assert body["devices"].keys() == {TV, BOX}
    now = lab.clock.now()
    found = {name: {**each, "deviceType": None} for name, each in body["devices"].items()}
    assert found == {
        TV: {"deviceType": None, "model": "QA", "os": "Roku OS", "osVersion": "14.1",
             "lastSeen": now, "type": "regular"},
        BOX: {"deviceType": None, "model": "iPhone", "os": "iOS", "osVersion": "14.5",
              "lastSeen": now, "type": "sso"},
    }  # fmt: skip
    assert all("deviceType" in each for each in body["devices"].values())


async def test_devices_are_unlinked_as_far_as_they_are_known(lab: Lab) -> None:
    app = await _app(lab)
    token = await _token(app)
    wanted = {"devices": [TV, "unknown"]}
    reply = await _call(app, "POST", "unlink", wanted, AD_Service_Token=token)
    assert reply.data() == {"status": "OK", "unlinkedDevices": [TV]}
    assert (await _call(app, "GET", "list", AD_Service_Token=token)).data() == {"devices": {}}


# What is called, what it lacks, and the status and code of the answer.
REFUSED: Final[Mapping[str, tuple[str, str, dict[str, str | None], int, str]]] = {
    "serviceToken without id and link": ("POST", "serviceToken", {}, 400, "header_missing"),
    "serviceToken without AP-Device-Identifier": (
        "POST", "serviceToken", {"X_SSO_ID": "ann", "AP_Device_Identifier": None}, 400, "header_missing"),
    "serviceToken without X-Device-Info": (
        "POST", "serviceToken", {"X_SSO_ID": "ann", "X_Device_Info": None}, 400, "header_missing"),
    "serviceToken without Authorization": (
        "POST", "serviceToken", {"X_SSO_ID": "ann", "Authorization": None}, 401, "unauthorized"),
    "renewal without AD-Service-Token": ("GET", "serviceToken", {}, 400, "header_missing"),
    "renewal without Authorization": (
        "GET", "serviceToken", {"Authorization": None}, 401, "unauthorized"),
    "link without AD-Service-Token": ("POST", "link", {}, 401, "header_missing"),
    "link without Authorization": ("POST", "link", {"Authorization": None}, 401, "unauthorized"),
    "unlink without AD-Service-Token": ("POST", "unlink", {}, 401, "header_missing"),
    "unlink without Authorization": ("POST", "unlink", {"Authorization": None}, 401, "unauthorized"),
    "list without AD-Service-Token": ("GET", "list", {}, 401, "header_missing"),
    "list without Authorization": ("GET", "list", {"Authorization": None}, 401, "unauthorized"),
}  # fmt: skip


def _error(reply: Reply, status: int, code: str) -> Json:
    body = reply.data(status)
    assert body.keys() == {"status", "error"}
    assert body["status"] == {400: "BAD_REQUEST", 401: "UNAUTHORIZED"}[status]
    error = body["error"]
    assert error.keys() == {"status", "code", "message", "action", "helpUrl", "trace"}
    assert (error["status"], error["code"], error["helpUrl"]) == (status, code, HELP_URL)
    assert str(error["message"]).endswith(".")
    assert len(error["trace"]) == 36
    if code == "header_missing":
        assert error["action"] == "check_headers"
    return error


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused(lab: Lab, name: str) -> None:
    method, path, headers, status, code = REFUSED[name]
    _error(await _call(await _app(lab), method, path, None, **headers), status, code)


async def test_a_body_is_needed_to_unlink(lab: Lab) -> None:
    app = await _app(lab)
    token = await _token(app)
    _error(await _call(app, "POST", "unlink", AD_Service_Token=token), 400, "request_null")
    wrong = await _call(app, "POST", "unlink", {"devices": None}, AD_Service_Token=token)
    assert _error(wrong, 400, "request_invalid")["action"] == "check_request_body"


async def test_an_expired_token_links_nothing(lab: Lab) -> None:
    app = await _app(lab)
    token = await _token(app)
    lab.clock.advance(minutes=61)
    reply = await _call(app, "POST", "link", AD_Service_Token=token)
    assert _error(reply, 401, "token_expired")["action"] == "get_new_token"


async def test_the_device_of_the_header_is_the_one_listed(lab: Lab) -> None:
    app = await _app(lab)
    token = await _token(app)
    other = {"AP_Device_Identifier": device_header("kitchen"), "X_SSO_ID": "ann"}
    await _call(app, "POST", "serviceToken", None, **other)
    found = (await _call(app, "GET", "list", AD_Service_Token=token)).data()["devices"]
    assert found.keys() == {TV, "kitchen"}
