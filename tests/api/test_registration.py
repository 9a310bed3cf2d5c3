"""Dynamic Client Registration: credentials for an app instance (Adobe: client credentials, DCR2)."""

import json
from typing import Final
from urllib.parse import urlencode

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.dcr import (
    FORM,
    JSON,
    app_with,
    assert_asks_for_device_info,
    assert_refused,
    is_uuid,
    raw,
    register,
    registered,
    statement,
)
from tests.support.lab import Lab
from tests.support.replies import Reply
from tests.support.shapes import assert_enhanced
from tests.support.tokens import parts, private_key, segments
from tests.support.worlds import TV, world

CODES: Final = {
    "invalid_request",
    "invalid_redirect_uri",
    "invalid_software_statement",
    "unapproved_software_statement",
}


@pytest.fixture
async def lab(default_lab: Lab) -> Lab:
    """The base world, and applications of all sorts."""
    await default_lab.seed(
        world(
            applications=[
                {"id": "bound", "domains": ["app.example"], "custom_schemes": ["labapp"]},
                {"id": "revoked", "revoked": True},
                {"id": "without-scope", "scopes": []},
                {"id": "owner-of-passes", "scopes": ["temporary:passes:owner"]},
                {"id": "owner-of-decisions", "scopes": ["decisions:owner"]},
                {"id": "literal", "software_statement": "as printed in the app"},
                {"id": "short-lived"},
            ]
        )
    )
    return default_lab


async def _post(lab: Lab, body: str | bytes, content_type: str | None = None) -> Reply:
    headers = {"Content-Type": content_type} if content_type else {}
    return await lab.call("POST", "/o/client/register", headers, **raw(body))


async def test_a_registration_answers_with_the_six_documented_members(lab: Lab) -> None:
    reply = await register(
        lab, software_statement=await statement(lab), redirect_uri="https://app.example/back"
    )
    found = reply.data(201)
    client_id, secret = found.pop("client_id"), found.pop("client_secret")
    assert found == {
        "client_id_issued_at": lab.clock.seconds,
        "redirect_uris": ["https://app.example/back"],
        "grant_types": ["client_credentials"],
        "scopes": ["api:client:v2"],
    }
    assert is_uuid(client_id)
    assert len(secret) >= 32
    stored = await lab.admin("GET", f"clients/{client_id}")
    assert (stored["application"], stored["secret"]) == ("lab-app", secret)


async def test_every_registration_makes_a_pair_of_its_own(lab: Lab) -> None:
    given = await statement(lab)
    made = [(await register(lab, software_statement=given)).data(201) for _ in range(3)]
    assert len({each["client_id"] for each in made}) == 3
    assert len({each["client_secret"] for each in made}) == 3


async def test_a_statement_is_signed_like_the_documented_example(lab: Lab) -> None:
    header, claims = parts(await statement(lab, "bound"))
    assert header.keys() == {"alg", "kid"}
    assert header["alg"] == "RS256"
    assert claims == {
        "software_id": "bound",
        "client_name": "bound",
        "software_version": "1.0",
        "iss": "auth.adobe.com",
        "iat": claims["iat"],
    }


async def test_a_statement_is_the_same_every_time(lab: Lab) -> None:
    first = await statement(lab)
    listed = (await lab.admin("GET", "applications"))["items"]
    assert first in {each["software_statement"] for each in listed}
    lab.clock.advance(days=400)
    assert await statement(lab) == first


@pytest.mark.parametrize(
    "content_type", [None, "application/json", JSON, "text/plain", FORM, "application/vnd.x+json"]
)
async def test_json_is_read_whatever_its_type_says(lab: Lab, content_type: str | None) -> None:
    body = json.dumps({"software_statement": await statement(lab), "x": [1], "scope": "any"})
    assert (await _post(lab, f" \n{body}", content_type)).status == 201


@pytest.mark.parametrize("content_type", [None, FORM, "application/json"])
async def test_a_form_is_read_whatever_its_type_says(lab: Lab, content_type: str | None) -> None:
    body = urlencode({"software_statement": await statement(lab), "redirect_uri": "labapp://x"})
    assert (await _post(lab, body, content_type)).data(201)["redirect_uris"] == ["labapp://x"]


async def test_a_literal_statement_is_taken_as_it_stands(lab: Lab) -> None:
    made = (await register(lab, software_statement="as printed in the app")).data(201)
    assert (await lab.admin("GET", f"clients/{made['client_id']}"))["application"] == "literal"


async def test_without_redirect_uri_the_application_s_own_is_registered(lab: Lab) -> None:
    made = (await register(lab, software_statement=await statement(lab))).data(201)
    assert made["redirect_uris"] == ["app://pass-simulator"]


@pytest.mark.parametrize("uri", ["https://app.example/", "https://tv.app.example", "labapp://x"])
async def test_a_redirect_uri_within_the_application_s_bounds_is_registered(
    lab: Lab, uri: str
) -> None:
    given = await statement(lab, "bound")
    reply = await register(lab, software_statement=given, redirect_uri=uri)
    assert reply.data(201)["redirect_uris"] == [uri]


@pytest.mark.parametrize(
    "uri", ["", "nope", "https://other.example/", "otherapp://x", "https://", 7, ["labapp://x"], {}]
)
async def test_any_other_redirect_uri_is_refused(lab: Lab, uri: object) -> None:
    given = await statement(lab, "bound")
    reply = await register(lab, software_statement=given, redirect_uri=uri)
    assert_refused(reply, "invalid_redirect_uri")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "{}",
        "[]",
        "null",
        "software_statement=",
        "redirect_uri=labapp://x",
        '{"software_statement": ""}',
        '{"software_statement": 7}',
        '{"software_statement": null}',
        '{"software_statement": ["x"]}',
        '{"software_statement": "x", "software_statement": "x"}',
        '{"software_statement": "x", "y": {"a": 1, "a": 2}}',
        '{"software_statement": "x", "y": "\\ud800"}',
        '{"software_statement": "x", "y": ' + "9" * 5000 + "}",
        "software_statement=x&software_statement=x",
        "software_statement=x&a%0D%0Ab=1&a%0D%0Ab=2",
        "[" * 100_000,
        b"\xff\xfe",
        b"x" * 1_100_000,
    ],
)
async def test_a_body_that_is_malformed_is_an_invalid_request(lab: Lab, body: str | bytes) -> None:
    before = await lab.state()
    assert_refused(await _post(lab, body), "invalid_request")
    assert await lab.state() == before


@pytest.mark.parametrize("body", ["[1]", b"x" * 1_100_000], ids=["no object", "too large"])
async def test_the_reason_is_nothing_that_a_sandbox_cannot_do_without(
    lab: Lab, body: str | bytes
) -> None:
    await lab.settings(simulator_headers=False)
    reply = await _post(lab, body)
    assert (reply.status, reply.json) == (400, {"error": "invalid_request"})
    assert "X-Sim-Reason" not in reply.headers


@pytest.mark.parametrize("forgery", ["garbage", "cut short", "of another key", "unsigned", "empty"])
async def test_a_statement_that_nobody_here_signed_is_invalid(lab: Lab, forgery: str) -> None:
    good = await statement(lab)
    _, claims = parts(good)
    given = {
        "garbage": "garbage",
        "cut short": good[:-9],
        "of another key": jwt.encode(claims, private_key("another"), "RS256"),
        "unsigned": segments({"alg": "none"}, claims) + ".",
        "empty": "..",
    }[forgery]
    reply = await register(lab, software_statement=given)
    assert_refused(reply, "invalid_software_statement")


async def test_an_access_token_is_no_statement(lab: Lab) -> None:
    reply = await register(lab, software_statement=await lab.token())
    assert_refused(reply, "invalid_software_statement")


@pytest.mark.parametrize("application", ["revoked", "without-scope"])
async def test_a_statement_that_is_not_approved_says_so(lab: Lab, application: str) -> None:
    reply = await register(lab, software_statement=await statement(lab, application))
    assert_refused(reply, "unapproved_software_statement")


@pytest.mark.parametrize(
    ("application", "scope"),
    [
        ("owner-of-passes", "temporary:passes:owner"),
        ("owner-of-decisions", "decisions:owner"),
    ],
)
async def test_an_application_without_the_scope_of_rest_v2_registers_and_only_v2_refuses_it(
    lab: Lab, application: str, scope: str
) -> None:
    credentials = await registered(lab, application)
    assert credentials["scopes"] == [scope]
    app = await app_with(lab, credentials, TV)
    assert parts(app.token)[1]["scopes"] == scope
    for path in ("configuration", "profiles", "profiles/LabCable"):
        assert_enhanced(await app.get(path), "invalid_access_token_client_application")
    managed = {
        "temporary:passes:owner": (
            "DELETE",
            "/reset-tempass/v3/reset?requestor_id=LABSP&mvpd_id=TempBasic",
            204,
        ),
        "decisions:owner": (
            "GET",
            "/control/v3/degradation/lab/authnAll?programmer=LABSP&mvpd=LabCable",
            200,
        ),
    }
    for needed, (method, path, good) in managed.items():
        reply = await lab.call(method, path, {"Authorization": f"Bearer {app.token}"})
        assert reply.status == (good if needed == scope else 403)


@pytest.mark.parametrize("level", ["strict", "complete"])
@pytest.mark.parametrize("header", [None, "not Base64!", "e30="])
async def test_a_strict_sandbox_asks_for_device_info_to_register(
    lab: Lab, header: str | None, level: str
) -> None:
    given = {"software_statement": await statement(lab)}
    await assert_asks_for_device_info(lab, "/o/client/register", header, level, json=given)


async def test_a_statement_of_an_application_that_is_gone_is_not_approved(lab: Lab) -> None:
    given = await statement(lab, "short-lived")
    await lab.admin("DELETE", "applications/short-lived")
    assert_refused(await register(lab, software_statement=given), "unapproved_software_statement")


@pytest.mark.parametrize("path", ["/o/client/register", "/o/client/token"])
@pytest.mark.parametrize("verb", ["GET", "PUT", "DELETE"])
async def test_only_post_is_allowed(lab: Lab, path: str, verb: str) -> None:
    reply = await lab.call(verb, path)
    assert_enhanced(reply, "method_not_allowed")
    assert reply.headers["Allow"] == "POST"


@pytest.mark.parametrize("path", ["/o/client/scopes", "/o/client/validate"])
async def test_what_is_documented_nowhere_is_not_there(lab: Lab, path: str) -> None:
    assert_enhanced(await lab.call("POST", path), "not_found")


@pytest.mark.parametrize("path", ["/o/client/register/", "/s/default/o/client/register"])
async def test_the_path_may_end_with_a_slash_or_name_the_sandbox(lab: Lab, path: str) -> None:
    reply = await lab.call("POST", path, json={"software_statement": await statement(lab)})
    assert reply.status == 201


_MEMBERS: Final = st.dictionaries(
    st.sampled_from(["software_statement", "redirect_uri"]) | st.text(st.characters(codec=None)),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(codec=None)),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
)


@given(
    body=st.binary()
    | st.text().map(str.encode)
    | _MEMBERS.map(lambda each: json.dumps(each).encode())
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_body_breaks_the_registration(lab: Lab, body: bytes) -> None:
    reply = await _post(lab, body)
    assert reply.json["error"] in CODES
    assert_refused(reply, reply.json["error"])


@given(uri=st.text(st.characters(codec=None)) | st.from_regex(r"\A[a-z]+://[^a-z]*\Z"))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_redirect_uri_breaks_the_registration(lab: Lab, uri: str) -> None:
    body = json.dumps({"software_statement": "as printed in the app", "redirect_uri": uri})
    reply = await _post(lab, body)
    assert reply.status in {201, 400}
    if reply.status == 201:
        assert reply.json["redirect_uris"] == [uri]
