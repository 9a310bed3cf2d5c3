"""Scenarios 47 to 69 of the QA catalogue: decisions, faults and media tokens."""

import base64
from typing import Final

import pytest

from tests.catalogue.stage import (
    DAY,
    FULL,
    MINUTE,
    authorize,
    decide,
    denied,
    fault,
    later,
    log_in,
    permitted,
    post,
    preauthorize,
    tv,
)
from tests.support.lab import App, Lab
from tests.support.replies import Json
from tests.support.shapes import assert_enhanced

RATED_R: Final = (
    '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
    "<title>LAB-MOVIES</title><item><title>A film</title><guid>film-1</guid>"
    '<media:rating scheme="urn:mpaa">R</media:rating></item></channel></rss>'
)

PLATFORM_CODES: Final = (
    "invalid_configuration_platform",
    "invalid_configuration_platform_id",
    "invalid_configuration_platform_trait",
    "invalid_configuration_platform_category_trait",
    "invalid_configuration_platform_services",
    "invalid_configuration_mvpd_platform",
    "invalid_configuration_mvpd_platform_boarding_status",
    "invalid_configuration_mvpd_platform_profile_exchange",
)


async def _viewer(qa: Lab) -> App:
    app = await tv(qa)
    await log_in(app)
    return app


async def test_047_preauthorize_mix(qa: Lab) -> None:
    items = await preauthorize(await _viewer(qa), "LAB-LIVE", "LAB-GOLD", "LAB-NEWS")
    assert [each["resource"] for each in items] == ["LAB-LIVE", "LAB-GOLD", "LAB-NEWS"]
    assert [each["authorized"] for each in items] == [True, False, True]
    assert {each["source"] for each in items} == {"mvpd"}
    assert items[1]["error"]["code"] == "preauthorization_denied_by_mvpd"
    assert not any({"token", "notBefore"} & each.keys() for each in items)


async def test_048_preauthorize_limit(qa: Lab) -> None:
    items = await preauthorize(await _viewer(qa), *(f"LAB-{n}" for n in range(6)))
    assert {each["error"]["code"] for each in items} == {"too_many_resources"}
    assert len(items) == 6


async def test_049_preauthorize_empty(qa: Lab) -> None:
    reply = await decide(await _viewer(qa), "preauthorize", "LabCable")
    assert_enhanced(reply, "invalid_parameter_resources")


async def test_050_authorize_permit(qa: Lab) -> None:
    item = await permitted(await _viewer(qa))
    now = qa.clock.now()
    assert (item["source"], item["notBefore"], item["notAfter"]) == ("mvpd", now, now + DAY)
    token = item["token"]
    assert (token["notBefore"], token["notAfter"]) == (now, now + 7 * MINUTE)


async def test_051_authorize_deny_with_details(qa: Lab) -> None:
    error = await denied(await _viewer(qa), "LAB-GOLD")
    assert (error["code"], error["status"]) == ("authorization_denied_by_mvpd", 403)
    assert error["details"] == "The package lacks LAB-GOLD"


async def test_052_authorize_no_profile(qa: Lab) -> None:
    assert (await denied(await tv(qa)))["code"] == "authenticated_profile_missing"


async def test_053_authorize_two_resources(qa: Lab) -> None:
    items = await authorize(await _viewer(qa), "LAB-LIVE", "LAB-NEWS")
    assert [each["error"]["code"] for each in items] == ["too_many_resources"] * 2


async def test_054_cached_authorization(qa: Lab) -> None:
    app = await _viewer(qa)
    first = await permitted(app)
    await later(qa, "PT1H")
    again = await permitted(app)
    assert again["notAfter"] == first["notAfter"]
    assert again["token"]["notBefore"] > first["token"]["notBefore"]


async def test_055_authz_ttl_over(qa: Lab) -> None:
    app = await _viewer(qa)
    first = await permitted(app)
    await later(qa, "PT24H")
    again = await permitted(await tv(qa))
    assert again["notBefore"] == first["notAfter"]


async def test_056_parental_block(qa: Lab) -> None:
    error = await denied(await _viewer(qa), RATED_R)
    assert error["code"] == "authorization_denied_by_parental_controls"


async def _refused_by_fault(qa: Lab, code: str) -> Json:
    app = await _viewer(qa)
    await fault(qa, code, match={"operation": "authorize", "mvpd": "LabCable"})
    error = await denied(app)
    assert (error["code"], error["action"]) == (code, "authentication")
    return error


async def test_057_hba_policy_deny(qa: Lab) -> None:
    await _refused_by_fault(qa, "authorization_denied_by_hba_policies")


async def test_058_mvpd_killed_session(qa: Lab) -> None:
    await _refused_by_fault(qa, "authorization_denied_by_session_invalidated")


async def test_059_identity_unknown(qa: Lab) -> None:
    await _refused_by_fault(qa, "identity_not_recognized_by_mvpd")


async def test_060_profile_invalidated(qa: Lab) -> None:
    app = await _viewer(qa)
    (profile,) = await qa.profile_ids()
    await qa.admin("POST", f"profiles/{profile}/invalidate")
    assert (await denied(app))["code"] == "authenticated_profile_invalidated"


async def test_061_mvpd_timeout_then_ok(qa: Lab) -> None:
    await qa.seed("qa-flaky-provider")
    app = await _viewer(qa)
    error = await denied(app)
    assert (error["code"], error["action"]) == ("network_connection_timeout", "retry")
    await permitted(app)


async def test_062_mvpd_read_error(qa: Lab) -> None:
    app = await _viewer(qa)
    await fault(qa, "network_received_error", match={"resource": "LAB-NEWS"})
    live, news = await preauthorize(app, "LAB-LIVE", "LAB-NEWS")
    assert live["authorized"]
    assert (news["error"]["code"], news["error"]["action"]) == ("network_received_error", "retry")


async def test_063_slow_backend(qa: Lab) -> None:
    app = await _viewer(qa)
    await fault(qa, "maximum_execution_time_exceeded", match={"operation": "authorize"})
    assert (await denied(app))["code"] == "maximum_execution_time_exceeded"


@pytest.mark.parametrize("path", ["profiles", "profiles/LabCable", "configuration"])
async def test_064_server_fault(qa: Lab, path: str) -> None:
    app = await _viewer(qa)
    await fault(qa, "internal_server_error", times=1)
    assert_enhanced(await app.get(path), "internal_server_error")
    (await app.get(path)).data()


@pytest.mark.parametrize("code", PLATFORM_CODES)
async def test_065_platform_config_faults(qa: Lab, code: str) -> None:
    app = await tv(qa)
    await fault(qa, code, match={"platform": "Roku"})
    assert_enhanced(await app.get("configuration"), code)
    assert_enhanced(await post(app, "sessions/sso/Apple", FULL), code)


async def test_066_dummy_authorization(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app, "LabNoAuthz")
    assert (await permitted(app, "ANYTHING", mvpd="LabNoAuthz"))["source"] == "dummy"


async def _verified(qa: Lab, token: str, resource: str = "LAB-LIVE") -> str:
    found = await qa.admin("POST", "media-tokens/verify", {"token": token, "resource": resource})
    return str(found["status"])


async def test_067_media_token_expiry(qa: Lab) -> None:
    token = (await permitted(await _viewer(qa)))["token"]["serializedToken"]
    assert await _verified(qa, token) == "VALID_TOKEN"
    await later(qa, "PT8M")
    assert await _verified(qa, token) == "TOKEN_EXPIRED"


async def test_068_wrong_resource_token(qa: Lab) -> None:
    token = (await permitted(await _viewer(qa)))["token"]["serializedToken"]
    assert await _verified(qa, token, "LAB-NEWS") == "INVALID_RESOURCE_ID"


async def test_069_tampered_token(qa: Lab) -> None:
    token = (await permitted(await _viewer(qa)))["token"]["serializedToken"]
    text = base64.b64decode(token).replace(b"LAB-LIVE", b"LAB-GOLD")
    assert await _verified(qa, base64.b64encode(text).decode(), "LAB-GOLD") == "INVALID_SIGNATURE"
