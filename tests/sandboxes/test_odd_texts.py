"""Texts that no database keeps, and names as long as they may be: the same answers on either database."""

import base64
import hashlib
import json
from typing import Final
from urllib.parse import quote

import pytest

from simulator.domain.texts import LONGEST_KEY
from tests.support.dcr import FORM, assert_refused, registered, statement
from tests.support.devices import INFO
from tests.support.lab import Lab
from tests.support.logins import ANN
from tests.support.shapes import assert_admin_error, assert_enhanced
from tests.support.wire import send
from tests.support.worlds import TV, world

# A NUL, and half a surrogate pair where a client can send one.
ODD: Final = ("%00", "a%00b", "%ED%A0%80", "%FF")
# No database can press it together.
LONG: Final = hashlib.shake_256(b"").hexdigest(LONGEST_KEY // 2)


@pytest.fixture(params=["default_lab", "replicas"], ids=["SQLite", "PostgreSQL"])
def instance(request: pytest.FixtureRequest) -> Lab:
    """An instance on either database."""
    found: Lab = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def lab(instance: Lab) -> Lab:
    """The sandbox `default`, with an account for Ann."""
    await instance.seed(world(subscribers=[ANN]))
    return instance


GETS: Final = (
    "/api/v2/{}/configuration",
    "/api/v2/{}/profiles",
    "/api/v2/LABSP/profiles/{}",
    "/api/v2/LABSP/profiles/code/{}",
    "/api/v2/LABSP/sessions/{}",
    "/api/v2/authenticate/LABSP/{}",
    "/api/v2/LABSP/logout/{}?redirectUrl=https://app.example",
    "/api/v2/LABSP/logout/LabCable?redirectUrl=https://app.example/{}",
    "/api/v2/LABSP/logout/LabCable?redirectUrl={}",
    "/api/v2/{}/{}",
    "/provider/login?reg_code={}",
    "/activate?code={}",
    "/adobe-services/logout?mvpd={}&redirect_url={}",
    "/logos/{}.svg",
    "/api/v2/LABSP/profiles?sim_sandbox={}",
)
POSTS: Final = (
    ("/api/v2/{}/sessions", "mvpd=LabCable"),
    ("/api/v2/LABSP/sessions", "mvpd={}&domainName={}&redirectUrl=https%3A%2F%2Fapp.example"),
    ("/api/v2/LABSP/sessions", "mvpd=LabCable&domainName={}&redirectUrl={}"),
    ("/api/v2/LABSP/sessions/{}", "mvpd=LabCable"),
    ("/api/v2/LABSP/sessions/sso/{}", "domainName={}"),
    ("/api/v2/LABSP/profiles/sso/{}", "SAMLResponse={}"),
    ("/api/v2/LABSP/decisions/authorize/{}", '{{"resources": ["a"]}}'),
    ("/sp/saml/SAMLAssertionConsumer?reg_code=AAAA222", "username={}&password={}"),
    ("/activate", "code={}&mvpd={}"),
    ("/o/client/token", "client_id={}&client_secret={}&grant_type=client_credentials"),
    ("/o/client/token?client_id={}", "client_secret=x&grant_type=client_credentials"),
    ("/o/client/register", "software_statement={}&redirect_uri={}"),
    ("/control/v3/degradation/{}/authnAll", "programmer={}&mvpd={}&msg={}"),
)


async def test_no_odd_text_is_a_failure(lab: Lab) -> None:
    app = await lab.app(TV)
    for odd in ODD:
        for path in GETS:
            asked = path.replace("{}", odd)
            assert (await lab.call("GET", asked, app.headers)).status < 500, asked
        for path, form in POSTS:
            asked, body = path.replace("{}", odd), form.replace("{}", odd)
            headers = {**app.headers, "Content-Type": FORM}
            reply = await lab.call("POST", asked, headers, data=body.encode())
            assert reply.status < 500, (asked, body)
        query = f"requestor_id={odd}&mvpd_id={odd}&device_id={odd}&key={odd}"
        for path in ("/reset-tempass/v3/reset", "/reset-tempass/v3/reset/generic"):
            assert (await lab.call("DELETE", f"{path}?{query}", app.headers)).status < 500


ADMIN: Final = (
    ("GET", "profiles/{}"),
    ("GET", "profiles?device={}"),
    ("GET", "profiles?after={}"),
    ("GET", "requests?device={}"),
    ("GET", "requests/{}"),
    ("GET", "codes?device={}"),
    ("GET", "conduct?device={}"),
    ("GET", "sandboxes/{}"),
    ("GET", "scenarios/{}"),
    ("POST", "codes/{}/approve"),
    ("POST", "snapshots/{}/restore"),
    ("PUT", "devices/{}/claim"),
    ("DELETE", "devices/{}/claim"),
    ("DELETE", "sandboxes/{}/lease"),
    ("PATCH", "mvpds/{}"),
    ("DELETE", "faults/{}"),
)


async def test_nor_is_one_in_a_path_byte_by_byte(lab: Lab) -> None:
    host = ("Host", lab.origin.removeprefix("http://").encode())
    asked = [("GET", each) for each in (*GETS, "/console?device={}", "/console/device?id={}")]
    asked += [(method, f"/admin/v1/{path}") for method, path in ADMIN]
    for method, path in asked:
        for odd in (b"\xff\xed\xa0\x80", b"%ED%A0%80", b"%FF", b"x%00"):
            target = path.encode().replace(b"{}", odd)
            reply = await send(lab, method, target, [host])
            assert reply.status < 500, (method, target)


@pytest.mark.parametrize("odd", ["%00", "x%00", "%ED%A0%80"])
async def test_an_odd_client_is_no_client(lab: Lab, odd: str) -> None:
    form = f"client_id={odd}&client_secret={odd}&grant_type=client_credentials"
    headers = {"Content-Type": FORM}
    reply = await lab.call("POST", "/o/client/token", headers, data=form.encode())
    assert_refused(reply, "invalid_client")
    found = await registered(lab)
    form = f"client_id={found['client_id']}{odd}&client_secret={found['client_secret']}"
    form += "&grant_type=client_credentials"
    reply = await lab.call("POST", "/o/client/token", headers, data=form.encode())
    assert_refused(reply, "invalid_client")


async def test_odd_texts_in_json_of_apps_are_refused(lab: Lab) -> None:
    app = await lab.app(TV)
    stated = await statement(lab)
    for odd, code in (("\\u0000", "invalid_redirect_uri"), ("\\ud800", "invalid_request")):
        body = f'{{"software_statement": "{stated}", "redirect_uri": "https://a.example/{odd}"}}'
        reply = await lab.call("POST", "/o/client/register", data=body.encode())
        assert_refused(reply, code)
        path = "/api/v2/LABSP/decisions/authorize/LabCable"
        body = f'{{"resources": ["{odd}"]}}'
        reply = await lab.call("POST", path, app.headers, data=body.encode())
        assert reply.status in {400, 403}, reply.text


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "\ud83d\ude00"])
async def test_odd_texts_in_what_a_device_says_of_itself_do_no_harm(lab: Lab, text: str) -> None:
    info = base64.b64encode(json.dumps({"model": text, text: "x", "osName": "Roku"}).encode())
    identity = base64.b64encode(json.dumps({"email": text}).encode()).decode()
    app = (await lab.app(TV)).sending(X_Device_Info=info.decode(), AP_TempPass_Identity=identity)
    form = b"mvpd=LabCable&domainName=app.example&redirectUrl=https%3A%2F%2Fapp.example"
    headers = {**app.headers, "Content-Type": FORM}
    (await lab.call("POST", "/api/v2/LABSP/sessions", headers, data=form)).data(200)
    for mvpd in ("TempBasic", "TempPromo"):
        assert (await app.get(f"profiles/{mvpd}")).status < 500
        body = b'{"resources": ["NEWS"]}'
        path = f"/api/v2/LABSP/decisions/authorize/{mvpd}"
        reply = await lab.call("POST", path, app.headers, data=body)
        assert reply.data()["decisions"][0]["authorized"]
    assert (await lab.ask("GET", "state")).status == 200


# As long as may be


async def test_a_device_may_be_called_as_long_as_is_said_everywhere(lab: Lab) -> None:
    for device in (LONG, "ü" * (LONGEST_KEY // 2), "x" * 201):
        login = {"service_provider": "LABSP", "mvpd": "LabCable", "device": device}
        await lab.admin("POST", "profiles", login)
        await lab.admin("POST", "devices", {"id": device})
        app = await lab.app(device)
        assert [*(await app.profiles())] == ["LabCable"]
        form = {
            "mvpd": "LabDish",
            "domainName": "app.example",
            "redirectUrl": "https://app.example",
        }
        reply = await lab.call("POST", "/api/v2/LABSP/sessions", app.headers, data=form)
        assert reply.status == 200
        assert (await app.get("profiles/TempBasic")).status == 200
        await lab.admin("POST", "requests/wait", {"for": {"request": {"device": device}}})
        listed = await lab.admin("GET", f"requests?device={quote(device)}")
        assert {each["device"] for each in listed["items"]} == {device}
        for path in ("requests/count", "requests/verify"):
            assert (await lab.admin("POST", path, {"match": {"device": device}}))["count"] >= 3
        awaited = {"for": {"profile": {"device": device}}, "timeout": "PT1S"}
        assert (await lab.admin("POST", "requests/wait", awaited))["met"]
        claim = f"devices/{quote(device, safe='')}/claim"
        assert (await lab.admin("PUT", claim, {"for": "PT1H"}))["device"] == device
    document = await lab.admin("GET", "state")
    await lab.admin("PUT", "state", document)


async def test_so_may_whoever_logs_in_or_tries(lab: Lab) -> None:
    await lab.admin("POST", "subscribers", {"id": "long", "username": LONG})
    trial = {"service_provider": "LABSP", "mvpd": "TempPromo", "device": TV, "identity": LONG}
    await lab.admin("POST", "temp-passes", {**trial, "first_authorized": "PT0S"})
    identity = base64.b64encode(LONG.encode()).decode()
    app = (await lab.app(LONG)).sending(AP_TempPass_Identity=identity)
    path = "/api/v2/LABSP/decisions/authorize/TempPromo"
    (await lab.call("POST", path, app.headers, json={"resources": ["NEWS"]})).data()
    for path, body, place in (
        ("subscribers", {"id": "longer", "username": f"{LONG}x"}, "username"),
        ("temp-passes", {**trial, "identity": f"{LONG}x"}, "identity"),
    ):
        refused = assert_admin_error(await lab.ask("POST", path, body))
        assert [each["path"] for each in refused["fields"] if "2100" in each["problem"]] == [place]
    identity = base64.b64encode(f"{LONG}x".encode()).decode()
    reply = await app.sending(AP_TempPass_Identity=identity).get("profiles/TempPromo")
    code = "invalid_header_identity_for_temporary_access"
    assert "2100 bytes" in assert_enhanced(reply, code)["message"]
    for person, status in ((LONG, 201), (f"{LONG}x", 401)):
        headers = {**app.headers, "X-SSO-ID": person, "X-Device-Info": INFO}
        reply = await lab.call("POST", "/api/LABSP/serviceToken", headers)
        assert (reply.status, "2100 bytes" in reply.text) == (status, status == 401)


async def test_no_device_may_be_called_any_longer(lab: Lab) -> None:
    for device in (f"{LONG}x", "ü" * (LONGEST_KEY // 2) + "x", "x" * 4_000):
        app = await lab.app(device)
        error = assert_enhanced(await app.get("profiles"), "invalid_header_device_identifier")
        assert "2100 bytes" in error["message"]
        for method, path, body, place in (
            ("POST", "devices", {"id": device}, "id"),
            ("POST", "requests/count", {"match": {"device": device}}, "match.device[0]"),
            ("POST", "requests/wait", {"for": {"code": {"device": device}}}, "for.code.device"),
            ("PUT", f"devices/{quote(device, safe='')}/claim", {}, "device"),
        ):
            refused = assert_admin_error(await lab.ask(method, path, body))
            assert (refused["status"], refused["code"]) == (422, "invalid_document")
            assert [each["path"] for each in refused["fields"]] == [place]
