"""Scenarios 1 to 13 of the QA catalogue: registration and access tokens."""

from simulator.domain.access.registration import SCOPE
from tests.catalogue.stage import D1, by_mvpd, later, log_in, tv
from tests.support.dcr import (
    app_with,
    assert_refused,
    is_uuid,
    raw,
    register,
    registered,
    request_token,
    statement,
)
from tests.support.lab import Lab
from tests.support.shapes import assert_enhanced
from tests.support.tokens import sso_token


async def test_001_register(qa: Lab) -> None:
    answer = (await register(qa, software_statement=await statement(qa))).data(201)
    assert answer.keys() == {
        "client_id",
        "client_secret",
        "client_id_issued_at",
        "redirect_uris",
        "grant_types",
        "scopes",
    }
    assert is_uuid(answer["client_id"])
    assert answer["grant_types"] == ["client_credentials"]
    assert SCOPE in answer["scopes"]


async def test_002_register_bad_json(qa: Lab) -> None:
    reply = await qa.call("POST", "/o/client/register", **raw('{"software_statement": '))
    assert_refused(reply, "invalid_request")


async def test_003_register_forged_statement(qa: Lab) -> None:
    forged = sso_token("lab-app", "auth.adobe.com", software_id="lab-app")
    assert_refused(await register(qa, software_statement=forged), "invalid_software_statement")


async def test_004_register_revoked_statement(qa: Lab) -> None:
    revoked = await statement(qa, "revoked-app")
    assert_refused(await register(qa, software_statement=revoked), "unapproved_software_statement")


async def test_005_register_bad_redirect(qa: Lab) -> None:
    reply = await register(
        qa, software_statement=await statement(qa), redirect_uri="https://elsewhere.example/"
    )
    assert_refused(reply, "invalid_redirect_uri")


async def test_006_token(qa: Lab) -> None:
    answer = (await request_token(qa, await registered(qa))).data(201)
    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] == 21_600
    assert answer["created_at"] == qa.clock.now()


async def test_007_token_wrong_secret(qa: Lab) -> None:
    reply = await request_token(qa, await registered(qa), client_secret="guessed")
    assert_refused(reply, "invalid_client")


async def test_008_token_wrong_grant(qa: Lab) -> None:
    reply = await request_token(qa, await registered(qa), grant_type="password")
    assert_refused(reply, "unsupported_grant_type")


async def test_009_token_missing_field(qa: Lab) -> None:
    reply = await request_token(qa, await registered(qa), grant_type=None)
    assert_refused(reply, "invalid_request")


async def test_010_token_expiry(qa: Lab) -> None:
    credentials = await registered(qa)
    app = await app_with(qa, credentials, D1)
    await later(qa, "PT6H")
    assert_enhanced(await app.get("profiles"), "invalid_access_token_client_application")
    assert (await (await app_with(qa, credentials, D1)).profiles()) == {}


async def test_011_statement_revoked_later(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    await qa.admin("PATCH", "applications/lab-app", {"revoked": True})
    assert_enhanced(await app.get("profiles"), "invalid_access_token_client_application")


async def test_012_token_for_other_channel(qa: Lab) -> None:
    app = await qa.app(D1, application="second-channel-app")
    assert_enhanced(await app.get("profiles"), "invalid_access_token_service_provider")
    assert await app.at("LABSP2").profiles() == {}


async def test_013_reregister_loses_login(qa: Lab) -> None:
    first = await app_with(qa, await registered(qa), D1)
    await log_in(first)
    assert [*await by_mvpd(first)] == ["LabCable"]
    again = await app_with(qa, await registered(qa), D1)
    assert await again.profiles() == {}
