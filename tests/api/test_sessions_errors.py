"""What is refused about sessions, with which code, and that it changes nothing."""

from typing import Final
from urllib.parse import quote

import pytest

from tests.support.lab import App, Lab, device_header
from tests.support.logins import FORM, FULL, code_for, create, form_of, post
from tests.support.shapes import assert_enhanced
from tests.support.wire import send

NO_CODES: Final = ("ZZZ", "ABC12", "ABCDE1234", "ABC-123", "ABC%20123", "%C3%84BC1234", "ABC123%00")


async def _stored(lab: Lab) -> object:
    return (await lab.admin("GET", "sessions"))["items"]


@pytest.mark.parametrize("code", NO_CODES)
async def test_what_cannot_be_a_code(app: App, code: str) -> None:
    wrong = "invalid_parameter_code"
    assert_enhanced(await app.get(f"sessions/{code}"), wrong)
    assert_enhanced(await app.get(f"profiles/code/{code}"), wrong)
    assert_enhanced(await post(app, f"sessions/{code}", FULL), wrong)
    page = await app.lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert (page.status, page.headers["Content-Type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.parametrize("code", ["AAAAAAA", "AAAAAA", "AAAAAAAA"])
async def test_a_code_that_nobody_was_given(app: App, code: str) -> None:
    unknown = "invalid_authentication_session"
    assert_enhanced(await app.get(f"sessions/{code}"), unknown)
    assert_enhanced(await app.get(f"profiles/code/{code}"), unknown)
    assert_enhanced(await post(app, f"sessions/{code}", FULL), unknown)
    assert (await app.lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")).status == 400


async def test_bytes_that_are_no_text_are_no_code_either(app: App) -> None:
    headers = [(name, value.encode()) for name, value in app.headers.items()]
    for path in (b"LABSP/sessions/", b"LABSP/profiles/code/", b"authenticate/LABSP/"):
        target = b"/api/v2/" + path + b"ABC\xff123"
        assert (await send(app.lab, "GET", target, [("Host", b"lab"), *headers])).status == 400


async def test_a_code_is_found_in_lower_case_too(app: App) -> None:
    code = (await code_for(app)).lower()
    assert (await app.get(f"sessions/{code}")).status == 200
    assert (await app.get(f"profiles/code/{code}")).status == 200
    opened = await app.lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert opened.status == 302
    assert f"reg_code={code.upper()}" in opened.headers["Location"]


BAD_REDIRECTS: Final = (
    "::", "app.example/done", "//app.example/done", "https://", "https:///done",
    "https://app.example/a b", "https://app.example/\r\nSet-Cookie: a=b",
    "https://app.example/\x00", "javascript:alert(1)", "data:text/html,hello",
    "https://[app.example/",
)  # fmt: skip


@pytest.mark.parametrize("url", BAD_REDIRECTS)
async def test_a_redirect_url_that_cannot_be_one(app: App, url: str) -> None:
    wrong = "invalid_parameter_redirect_url"
    code = (await create(app, {"mvpd": "LabCable"}))["code"]
    before = await _stored(app.lab)
    assert_enhanced(await post(app, "sessions", {**FULL, "redirectUrl": url}), wrong)
    assert_enhanced(await post(app, f"sessions/{code}", {"redirectUrl": url}), wrong)
    assert await _stored(app.lab) == before


@pytest.mark.parametrize("url", ["labapp://login", "com.lab.app:/done", "https://ä.example/ü"])
async def test_a_redirect_url_may_be_an_apps_own(app: App, url: str) -> None:
    code = await code_for(app, redirectUrl=url)
    found = (await app.get(f"sessions/{code}")).data()["existingParameters"]["redirectUrl"]
    assert found == url


@pytest.mark.parametrize(
    ("parameter", "wrong"),
    [("mvpd", "invalid_parameter_mvpd"), ("redirectUrl", "invalid_parameter_redirect_url")],
)
@pytest.mark.parametrize("second", ["same", "other", "empty"])
async def test_a_parameter_that_comes_twice(
    app: App, parameter: str, wrong: str, second: str
) -> None:
    others = {"mvpd": "LabDish", "redirectUrl": "https://other.example"}
    value = {"same": FULL[parameter], "other": others[parameter], "empty": ""}[second]
    code = (await create(app))["code"]
    before = await _stored(app.lab)
    sent = [*FULL.items(), (parameter, value)]
    error = assert_enhanced(await post(app, "sessions", sent), wrong)
    assert "more than once" in error["message"]
    assert_enhanced(await post(app, f"sessions/{code}", sent), wrong)
    assert await _stored(app.lab) == before


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"mvpd": "Nope"}, "invalid_parameter_mvpd"),
        ({"mvpd": "Lab\x00Cable"}, "invalid_parameter_mvpd"),
        ({"mvpd": "LabCable\u200b"}, "invalid_parameter_mvpd"),
        ({"mvpd": "LabOff"}, "invalid_integration"),
    ],
    ids=["unknown", "NUL", "invisible", "off"],
)
async def test_an_mvpd_that_cannot_be_used_changes_nothing(
    app: App, sent: dict[str, str], wrong: str
) -> None:
    code = await code_for(app)
    before = await _stored(app.lab)
    assert_enhanced(await post(app, "sessions", sent), wrong)
    assert_enhanced(await post(app, f"sessions/{code}", sent), wrong)
    assert await _stored(app.lab) == before
    # The old code was not superseded by what failed.
    assert (await app.get(f"sessions/{code}")).status == 200


async def test_a_domain_name_that_no_screen_can_show_is_none(app: App) -> None:
    answer = await create(app, {**FULL, "domainName": "lab\x00.example"})
    assert answer["missingParameters"] == ["domainName"]


@pytest.mark.parametrize(
    "content_type", [FORM, f"{FORM};charset=UTF-8", "text/plain", "application/json", None]
)
async def test_a_form_is_read_whatever_it_is_called(app: App, content_type: str | None) -> None:
    headers = {**app.headers, **({"Content-Type": content_type} if content_type else {})}
    path = "/api/v2/LABSP/sessions"
    reply = await app.lab.call(
        "POST", path, headers, skip_auto_headers=["Content-Type"], **form_of(FULL)
    )
    assert reply.data()["actionName"] == "authenticate"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"mvpd": "LabCable"}', b"\xff\xfe", b"&&=&", b"mvpd", b"%"]
)
async def test_what_is_no_form_gives_nothing(app: App, body: bytes) -> None:
    headers = {**app.headers, "Content-Type": FORM}
    reply = await app.lab.call("POST", "/api/v2/LABSP/sessions", headers, data=body)
    assert reply.data()["missingParameters"] == ["mvpd", "domainName", "redirectUrl"]


async def test_unknown_parameters_do_not_matter(app: App) -> None:
    sent = [*FULL.items(), ("partner", "x"), ("partner", "y"), ("deviceId", "z")]
    assert (await create(app, sent))["actionName"] == "authenticate"


async def test_a_service_provider_that_nobody_knows(app: App) -> None:
    elsewhere = app.at("NOPE")
    wrong = "invalid_parameter_service_provider"
    code = await code_for(app)
    assert_enhanced(await post(elsewhere, "sessions", FULL), wrong)
    assert_enhanced(await post(elsewhere, f"sessions/{code}", FULL), wrong)
    assert_enhanced(await elsewhere.get(f"sessions/{code}"), wrong)
    assert_enhanced(await elsewhere.get(f"profiles/code/{code}"), wrong)
    assert (await app.lab.call("GET", f"/api/v2/authenticate/NOPE/{code}")).status == 400


@pytest.mark.parametrize(
    ("headers", "wrong"),
    [
        ({"AP-Device-Identifier": ""}, "invalid_header_device_identifier"),
        ({"AP-Device-Identifier": "fingerprint"}, "invalid_header_device_identifier"),
        ({"AP-Device-Identifier": "serial dHY="}, "invalid_header_device_identifier"),
        ({"AP-Device-Identifier": "fingerprint %%%"}, "invalid_header_device_identifier"),
        ({"Authorization": ""}, "invalid_access_token_client_application"),
        ({"Authorization": "Bearer nonsense"}, "invalid_access_token_client_application"),
    ],
    ids=["no device", "no id", "another type", "no Base64", "no token", "nonsense"],
)
async def test_headers_that_creating_a_session_needs(
    app: App, headers: dict[str, str], wrong: str
) -> None:
    reply = await app.lab.call(
        "POST", "/api/v2/LABSP/sessions", {**app.headers, **headers}, **form_of(FULL)
    )
    assert_enhanced(reply, wrong)
    assert await _stored(app.lab) == []


async def test_what_works_by_a_code_needs_a_token_but_no_device(app: App) -> None:
    code = await code_for(app)
    bearer = {"Authorization": f"Bearer {app.token}"}
    odd = {**bearer, "AP-Device-Identifier": "nonsense", "X-Device-Info": "nonsense"}
    paths = (f"sessions/{code}", f"profiles/code/{code}")
    for headers in (bearer, odd):
        for path in paths:
            assert (await app.lab.call("GET", f"/api/v2/LABSP/{path}", headers)).status == 200
        path = f"/api/v2/LABSP/sessions/{code}"
        assert (await app.lab.call("POST", path, headers)).status == 200
    for path in paths:
        refused = await app.lab.call("GET", f"/api/v2/LABSP/{path}")
        assert_enhanced(refused, "invalid_access_token_client_application")


async def test_device_info_counts_only_where_it_is_asked_for_strictly(app: App) -> None:
    assert (await post(app, "sessions", FULL)).status == 200
    await app.lab.settings(device_info="strict")
    assert_enhanced(await post(app, "sessions", FULL), "invalid_header_device_info")


async def test_an_app_of_another_channel_gets_no_session(app: App) -> None:
    stranger = await app.lab.app("other-tv", application="second-app")
    code = await code_for(app)
    wrong = "invalid_access_token_service_provider"
    assert_enhanced(await post(stranger, "sessions", FULL), wrong)
    assert_enhanced(await stranger.get(f"sessions/{code}"), wrong)
    assert_enhanced(await stranger.get(f"profiles/code/{code}"), wrong)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "sessions", {"POST"}),
        ("PUT", "sessions", {"POST"}),
        ("DELETE", "sessions/ABC1234", {"GET", "POST"}),
        ("POST", "profiles/code/ABC1234", {"GET"}),
    ],
)
async def test_a_wrong_verb(app: App, method: str, path: str, allowed: set[str]) -> None:
    reply = await app.lab.call(method, f"/api/v2/LABSP/{path}", app.headers)
    assert_enhanced(reply, "method_not_allowed")
    assert {each.strip() for each in reply.headers["Allow"].split(",")} == allowed


async def test_a_device_of_any_name_gets_a_session(app: App) -> None:
    for device in ("ä TV in the living room", "a/b", "x" * 500):
        headers = {**app.headers, "AP-Device-Identifier": device_header(device)}
        path = "/api/v2/LABSP/sessions"
        code = (await app.lab.call("POST", path, headers, **form_of(FULL))).data()["code"]
        found = await app.lab.admin("GET", f"codes?device={quote(device, safe='')}")
        assert [each["code"] for each in found["items"]] == [code]
        assert found["items"][0]["device"] == device


# The order of the samples


async def test_the_order_of_the_samples_is_served_like_the_proper_one(app: App) -> None:
    code = (await create(app, FULL))["code"]
    proper = (await app.get(f"sessions/{code}")).data()
    turned = await app.lab.call("GET", f"/api/v2/sessions/LABSP/{code}", app.headers)
    assert turned.data() == proper


async def test_the_order_of_the_samples_can_be_turned_off(app: App) -> None:
    code = (await create(app, FULL))["code"]
    await app.lab.settings(sessions__legacy_path="reject")
    turned = await app.lab.call("GET", f"/api/v2/sessions/LABSP/{code}", app.headers)
    assert_enhanced(turned, "not_found")
    assert (await app.get(f"sessions/{code}")).status == 200


async def test_conduct_notes_the_order_of_the_samples(app: App) -> None:
    code = (await create(app, FULL))["code"]
    await app.lab.call("GET", f"/api/v2/sessions/LABSP/{code}", app.headers)
    (report,) = [
        each for each in (await app.lab.admin("GET", "conduct"))["items"] if each["client"]
    ]
    found = {each["rule"]: each["verdict"] for each in report["findings"]}
    assert found["session-path"] == "broken"
