"""Dynamic Client Registration: access tokens, and how long they last (Adobe: access token, DCR3 to DCR5)."""

import base64
import json
from typing import Final
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.dcr import (
    FORM,
    JSON,
    app_with,
    assert_asks_for_device_info,
    assert_refused,
    raw,
    register,
    registered,
    request_token,
    statement,
)
from tests.support.lab import Lab
from tests.support.replies import Json, Reply
from tests.support.shapes import assert_enhanced
from tests.support.tokens import parts
from tests.support.worlds import TV, profile, world

UNAUTHORIZED: Final = "invalid_access_token_client_application"
CODES: Final = (
    "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type",
)  # fmt: skip
KNOWN: Final = {
    "client_id": "app-1",
    "client_secret": "the secret of app-1",
    "grant_type": "client_credentials",
}


@pytest.fixture
async def lab(default_lab: Lab) -> Lab:
    """The base world, with clients of all sorts; tokens say that they are of `default`."""
    document = world(profiles=[profile("login")])
    document["clients"] = [
        {"id": "app-1", "application": "lab-app", "secret": "the secret of app-1"},
        {"id": "no-grant", "application": "lab-app", "grant_types": ["password"]},
        {"id": "of-second", "application": "second-app"},
        {"id": "two-scopes", "application": "lab-app", "scopes": ["api:client:v2", "analytics:x"]},
    ]
    await default_lab.seed(document)
    return default_lab


async def _post(
    lab: Lab, body: bytes | str = "", query: str = "", content_type: str | None = None
) -> Reply:
    headers = {"Content-Type": content_type} if content_type else {}
    return await lab.call("POST", f"/o/client/token{query}", headers, **raw(body))


async def _credentials(lab: Lab, client: str) -> Json:
    found = await lab.admin("GET", f"clients/{client}")
    return {"client_id": client, "client_secret": found["secret"]}


async def test_the_token_holds_the_documented_claims(lab: Lab) -> None:
    header, claims = parts((await request_token(lab, KNOWN)).data(201)["access_token"])
    now = lab.clock.seconds
    assert claims == {
        "sub": "app-1",
        "iss": "auth.adobe.com",
        "iat": now,
        "nbf": now,
        "exp": now + 21_600,
        "scopes": "api:client:v2",
    }
    assert header["alg"] == "RS256"
    assert header["sandbox"] == "default"
    assert "typ" not in header


async def test_scopes_are_one_text(lab: Lab) -> None:
    reply = await request_token(lab, await _credentials(lab, "two-scopes"))
    _, claims = parts(reply.data(201)["access_token"])
    assert claims["scopes"] == "api:client:v2 analytics:x"


@pytest.mark.parametrize("content_type", [FORM, None, JSON, "application/json"])
@pytest.mark.parametrize(
    ("body", "query"),
    [(urlencode(KNOWN), ""), (json.dumps(KNOWN), ""), ("", f"?{urlencode(KNOWN)}")],
    ids=["form", "JSON", "query"],
)
async def test_parameters_come_in_a_form_in_json_or_in_the_query(
    lab: Lab, content_type: str | None, body: str, query: str
) -> None:
    assert (await _post(lab, body, query, content_type)).status == 201


async def test_parameters_may_be_shared_between_body_and_query(lab: Lab) -> None:
    reply = await _post(
        lab,
        urlencode({"client_id": "app-1", "client_secret": KNOWN["client_secret"]}),
        "?grant_type=client_credentials",
    )
    assert reply.status == 201


@pytest.mark.parametrize("extra", [{"scope": "api:client:v2"}, {"scope": ""}, {"anything": "x"}])
async def test_a_scope_and_what_nobody_knows_are_welcome(lab: Lab, extra: dict[str, str]) -> None:
    assert (await request_token(lab, KNOWN, **extra)).status == 201


@pytest.mark.parametrize("basic", ["x:wrong", f"app-1:{KNOWN['client_secret']}"])
async def test_a_client_that_is_authenticated_in_two_ways_is_an_invalid_request(
    lab: Lab, basic: str
) -> None:
    header = {"Authorization": f"Basic {base64.b64encode(basic.encode()).decode()}"}
    assert_refused(await lab.call("POST", "/o/client/token", header, data=KNOWN), "invalid_request")
    query = f"/o/client/token?{urlencode(KNOWN)}"
    assert_refused(await lab.call("POST", query, header), "invalid_request")
    assert (await lab.call("POST", query)).status == 201


async def test_two_credentials_are_an_invalid_request(lab: Lab) -> None:
    reply = await request_token(lab, KNOWN, client_assertion="e30.e30.")
    assert_refused(reply, "invalid_request")


async def test_an_old_bearer_token_is_no_second_way_to_authenticate(lab: Lab) -> None:
    old = {"Authorization": f"Bearer {await lab.token()}"}
    assert (await lab.call("POST", "/o/client/token", old, data=KNOWN)).status == 201


@pytest.mark.parametrize("level", ["strict", "complete"])
@pytest.mark.parametrize("header", [None, "not Base64!", "e30="])
async def test_a_strict_sandbox_asks_for_device_info_to_give_a_token(
    lab: Lab, header: str | None, level: str
) -> None:
    await assert_asks_for_device_info(lab, "/o/client/token", header, level, data=KNOWN)


async def test_a_browser_needs_no_device_info_to_get_a_token(lab: Lab) -> None:
    await lab.settings(device_info="strict")
    agent = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
    )
    browser = {"User-Agent": agent}
    assert (await lab.call("POST", "/o/client/token", browser, data=KNOWN)).status == 201


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("value", [None, ""])
async def test_a_parameter_that_is_missing_is_named(lab: Lab, name: str, value: str | None) -> None:
    reply = await request_token(lab, KNOWN, **{name: value})
    assert_refused(reply, "invalid_request")
    assert name in reply.headers["X-Sim-Reason"]


@pytest.mark.parametrize("name", KNOWN)
async def test_a_parameter_that_comes_twice_is_refused(lab: Lab, name: str) -> None:
    twice = urlencode([*KNOWN.items(), (name, KNOWN[name])])
    assert_refused(await _post(lab, twice), "invalid_request")
    query = "?" + urlencode({name: KNOWN[name]})
    assert_refused(await _post(lab, urlencode(KNOWN), query), "invalid_request")
    assert_refused(await _post(lab, json.dumps(KNOWN), query), "invalid_request")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '{"client_id": ["app-1"], "client_secret": 7, "grant_type": null}',
        '{"client_id": "\\ud800", "client_secret": "x", "grant_type": "client_credentials"}',
        "a%0D%0AX-Injected%3A1=1&a%0D%0AX-Injected%3A1=2",
        "%FF=1&%FF=2",
        b"\xff",
        b"x" * 1_100_000,
    ],
)
async def test_a_body_that_is_malformed_is_an_invalid_request(lab: Lab, body: str | bytes) -> None:
    reply = await _post(lab, body)
    assert_refused(reply, "invalid_request")
    assert "X-Injected" not in reply.headers


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("client_id", "nobody", "invalid_client"),
        ("client_id", "APP-1", "invalid_client"),
        ("client_id", "of-second", "invalid_client"),
        ("client_secret", "wrong", "invalid_client"),
        ("client_secret", "the secret of app-1 ", "invalid_client"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "refresh_token", "unsupported_grant_type"),
        ("grant_type", "CLIENT_CREDENTIALS", "unsupported_grant_type"),
        ("grant_type", "x", "unsupported_grant_type"),
    ],
)
async def test_what_does_not_fit_has_its_error(lab: Lab, name: str, value: str, error: str) -> None:
    assert_refused(await request_token(lab, KNOWN, **{name: value}), error)


async def test_a_client_without_the_grant_is_not_authorized(lab: Lab) -> None:
    reply = await request_token(lab, await _credentials(lab, "no-grant"))
    assert_refused(reply, "unauthorized_client")


async def test_a_token_lasts_until_it_expires_by_the_clock(lab: Lab) -> None:
    app = await app_with(lab, await registered(lab), TV)
    lab.clock.advance(seconds=21_599, milliseconds=999)
    assert [*await app.profiles()] == ["LabCable"]
    lab.clock.advance(milliseconds=1)
    error = assert_enhanced(await app.get("profiles"), UNAUTHORIZED)
    assert "expired" in error["message"]


async def test_after_a_new_token_the_login_is_still_there(lab: Lab) -> None:
    credentials = await registered(lab)
    await (await app_with(lab, credentials, TV)).profiles()
    lab.clock.advance(hours=6)
    again = await app_with(lab, credentials, TV)
    assert [*await again.profiles()] == ["LabCable"]


async def test_the_lifetime_of_tokens_is_a_setting(lab: Lab) -> None:
    await lab.settings(access_token__lifetime=60)
    found = (await request_token(lab, KNOWN)).data(201)
    assert found["expires_in"] == 60
    _, claims = parts(found["access_token"])
    assert claims["exp"] - claims["iat"] == 60


async def test_revoking_an_application_ends_its_tokens_and_its_clients(lab: Lab) -> None:
    credentials = await registered(lab)
    app = await app_with(lab, credentials, TV)
    given = await statement(lab)
    await lab.admin("PATCH", "applications/lab-app", {"revoked": True})
    before = await lab.state()
    assert_enhanced(await app.get("profiles"), UNAUTHORIZED)
    assert_enhanced(await app.logout("LabCable"), UNAUTHORIZED)
    assert_refused(await request_token(lab, credentials), "invalid_client")
    reply = await register(lab, software_statement=given)
    assert_refused(reply, "unapproved_software_statement")
    assert await lab.state() == before


async def test_an_application_that_is_approved_again_has_its_logins_again(lab: Lab) -> None:
    app = await app_with(lab, await registered(lab), TV)
    await lab.admin("PATCH", "applications/lab-app", {"revoked": True})
    await lab.admin("PATCH", "applications/lab-app", {"revoked": None})
    assert [*await app.profiles()] == ["LabCable"]


async def test_deleting_a_client_ends_its_tokens(lab: Lab) -> None:
    credentials = await registered(lab)
    app = await app_with(lab, credentials, TV)
    await lab.admin("DELETE", f"clients/{credentials['client_id']}")
    assert_enhanced(await app.get("profiles"), UNAUTHORIZED)


async def test_a_reset_that_keeps_nothing_forgets_who_registered_since(lab: Lab) -> None:
    credentials = await registered(lab)
    app = await app_with(lab, credentials, TV)
    await lab.admin("POST", "reset", {"keep": []})
    assert_enhanced(await app.get("profiles"), UNAUTHORIZED)
    assert_refused(await request_token(lab, credentials), "invalid_client")


@given(
    body=st.binary()
    | st.text().map(str.encode)
    | st.dictionaries(
        st.sampled_from([*KNOWN]), st.text(st.characters(codec=None)) | st.integers()
    ).map(lambda each: json.dumps(each).encode())
    | st.dictionaries(st.sampled_from([*KNOWN]), st.text()).map(
        lambda each: urlencode(each).encode()
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_body_breaks_the_token_endpoint(lab: Lab, body: bytes) -> None:
    reply = await _post(lab, body)
    assert reply.json["error"] in CODES
    assert_refused(reply, reply.json["error"])
