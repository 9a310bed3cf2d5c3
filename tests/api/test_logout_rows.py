"""The rows of the logout matrix over HTTP: what is answered, and whose profiles are gone."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.support.lab import App, Lab
from tests.support.tokens import sso_token
from tests.support.worlds import (
    BOX,
    TV,
    platform_identity,
    profile,
    rule,
    service_token,
    world,
)

LOGOUT: Final = ("logout", "interactive")
PARTNER: Final = ("partner_logout", "partner_interactive")
COMPLETE: Final = ("complete", "none")
INVALID: Final = ("invalid", "none")

# Somebody else's, in every world: another device, another MVPD, another service provider.
BYSTANDERS: Final = (
    profile("other-device", "neighbour"),
    profile("other-mvpd", mvpd="LabProxied"),
    profile("other-provider", service_provider="LABSP2"),
)


async def _log_out(
    lab: Lab,
    document: Mapping[str, Any],
    mvpd: str = "LabCable",
    *,
    deletes: set[str],
    **headers: str,
) -> tuple[str, str]:
    """Log out on the TV as `app-1`; exactly `deletes` must be gone. The action of the answer."""
    await lab.seed(document)
    before = await lab.profile_ids()
    app = (await lab.app(TV, client="app-1")).sending(**headers)
    entry = await app.logged_out(mvpd)
    assert deletes <= before
    assert await lab.profile_ids() == before - deletes
    assert ("url" in entry) is (entry["actionName"] == "logout")
    return entry["actionName"], entry["actionType"]


def _world(*profiles: Mapping[str, Any], **lists: Any) -> dict[str, Any]:  # noqa: ANN401
    return world(profiles=[*BYSTANDERS, *profiles], **lists)


@pytest.mark.parametrize("mvpd", ["TempBasic", "TempPromo"])
@pytest.mark.parametrize("began", ["-PT1M", "-P1D"])
async def test_l1_a_temp_pass_is_complete_and_its_trial_goes_on(
    lab: Lab, mvpd: str, began: str
) -> None:
    trial = {"id": "t", "service_provider": "LABSP", "mvpd": mvpd, "device": TV}
    temporary = profile("own", mvpd=mvpd, type="temporary")
    document = _world(temporary, temp_passes=[{**trial, "first_authorized": began}])
    assert await _log_out(lab, document, mvpd, deletes=set()) == COMPLETE
    assert await lab.admin("GET", "temp-passes/t")


async def test_l1_a_temp_pass_without_trial_is_complete_too(lab: Lab) -> None:
    assert await _log_out(lab, _world(), "TempBasic", deletes=set()) == COMPLETE


@pytest.mark.parametrize("mvpd", ["LabCable", "LabDish"])
async def test_l2_degraded_access_is_complete_without_any_profile(lab: Lab, mvpd: str) -> None:
    document = _world(degradations=[rule("AuthNAll", mvpd)])
    assert await _log_out(lab, document, mvpd, deletes=set()) == COMPLETE


async def test_l2_degraded_access_ends_stored_logins_and_linked_ones(lab: Lab) -> None:
    document = _world(
        profile("own"),
        profile("linked", BOX, links=[service_token("ann")]),
        degradations=[rule("AuthNAll")],
    )
    found = await _log_out(
        lab, document, deletes={"own", "linked"}, AD_Service_Token=sso_token("ann")
    )
    assert found == COMPLETE


async def test_l2_a_proxied_mvpd_is_degraded_with_its_proxy(lab: Lab) -> None:
    document = world(profiles=[profile("own", mvpd="LabProxied")], degradations=[rule("AuthNAll")])
    assert await _log_out(lab, document, "LabProxied", deletes={"own"}) == COMPLETE


async def test_l2_a_degraded_profile_that_is_stored_is_complete_after_the_rule_too(
    lab: Lab,
) -> None:
    document = _world(profile("own", type="degraded"))
    assert await _log_out(lab, document, deletes={"own"}) == COMPLETE


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({"until": "PT1H"}, COMPLETE),
        ({"from": "-PT1H"}, COMPLETE),
        ({"until": "-PT1S"}, LOGOUT),
        ({"from": "PT1S"}, LOGOUT),
    ],
)
async def test_l2_a_rule_counts_only_while_it_is_in_force(
    lab: Lab, window: dict[str, str], expected: tuple[str, str]
) -> None:
    document = _world(profile("own"), degradations=[rule("AuthNAll", **window)])
    assert await _log_out(lab, document, deletes={"own"}) == expected


@pytest.mark.parametrize("kind", ["AuthZAll", "AuthZNone"])
@pytest.mark.parametrize(
    ("profiles", "deletes", "expected"),
    [((), set(), INVALID), ((profile("own"),), {"own"}, LOGOUT)],
    ids=["nobody logged in", "somebody logged in"],
)
async def test_l3_rules_on_authorization_change_nothing(
    lab: Lab,
    kind: str,
    profiles: tuple[Mapping[str, Any], ...],
    deletes: set[str],
    expected: tuple[str, str],
) -> None:
    document = _world(*profiles, degradations=[rule(kind)])
    assert await _log_out(lab, document, deletes=deletes) == expected


@pytest.mark.parametrize("mvpd", ["LabCable", "LabDish"])
async def test_l4_an_apple_login_asks_to_sign_out_of_the_system_too(lab: Lab, mvpd: str) -> None:
    document = _world(profile("own", mvpd=mvpd, type="appleSSO"))
    assert await _log_out(lab, document, mvpd, deletes={"own"}) == PARTNER


async def test_l4_an_apple_login_takes_linked_ones_along_and_stays_a_partner_logout(
    lab: Lab,
) -> None:
    document = _world(
        profile("own", type="appleSSO"),
        profile("linked", BOX, links=[service_token("ann")]),
        profile("not-linked", BOX, mvpd="LabDish", links=[service_token("ann")]),
    )
    found = await _log_out(
        lab, document, deletes={"own", "linked"}, AD_Service_Token=sso_token("ann")
    )
    assert found == PARTNER


async def test_l5_with_a_logout_endpoint_the_user_agent_has_to_open_it(lab: Lab) -> None:
    assert await _log_out(lab, _world(profile("own")), deletes={"own"}) == LOGOUT


async def test_l6_without_one_the_logout_is_complete(lab: Lab) -> None:
    document = _world(profile("own", mvpd="LabDish"))
    assert await _log_out(lab, document, "LabDish", deletes={"own"}) == COMPLETE


@pytest.mark.parametrize("header", ["Adobe_Subject_Token", "X_Roku_Reserved_Roku_Connect_Token"])
@pytest.mark.parametrize(("mvpd", "expected"), [("LabCable", LOGOUT), ("LabDish", COMPLETE)])
async def test_l7_a_platform_identity_ends_the_logins_of_all_apps(
    lab: Lab, header: str, mvpd: str, expected: tuple[str, str]
) -> None:
    links = [platform_identity("roku-1")]
    document = _world(
        profile("other-app", mvpd=mvpd, client="app-2", links=links),
        profile("other-box", BOX, mvpd, links=links),
        profile("other-account", "third", mvpd, links=[platform_identity("roku-2")]),
        profile("other-family", "fourth", mvpd, links=[service_token("roku-1")]),
    )
    deletes = {"other-app", "other-box"}
    token = sso_token("roku-1", "roku")
    assert await _log_out(lab, document, mvpd, deletes=deletes, **{header: token}) == expected


@pytest.mark.parametrize(("mvpd", "expected"), [("LabCable", LOGOUT), ("LabDish", COMPLETE)])
async def test_l8_a_service_token_ends_the_logins_on_all_devices(
    lab: Lab, mvpd: str, expected: tuple[str, str]
) -> None:
    document = _world(
        profile("own", mvpd=mvpd, client="app-1"),
        profile("linked", BOX, mvpd, links=[service_token("ann", issuer="lab-idp")]),
        profile("other-issuer", "third", mvpd, links=[service_token("ann", issuer="other")]),
        profile("other-viewer", "fourth", mvpd, links=[service_token("bob")]),
        profile("other-family", "fifth", mvpd, links=[platform_identity("ann")]),
    )
    found = await _log_out(
        lab, document, mvpd, deletes={"own", "linked"}, AD_Service_Token=sso_token("ann")
    )
    assert found == expected


async def test_l7_and_l8_both_headers_end_the_logins_of_both(lab: Lab) -> None:
    document = _world(
        profile("by-platform", BOX, links=[platform_identity("roku-1")]),
        profile("by-token", "third", links=[service_token("ann")]),
        profile("by-roku", "fourth", links=[platform_identity("roku-2")]),
    )
    found = await _log_out(
        lab,
        document,
        deletes={"by-platform", "by-token", "by-roku"},
        Adobe_Subject_Token=sso_token("roku-1"),
        X_Roku_Reserved_Roku_Connect_Token=sso_token("roku-2"),
        AD_Service_Token=sso_token("ann"),
    )
    assert found == LOGOUT


async def test_l9_a_shared_login_is_out_of_reach_without_its_header(lab: Lab) -> None:
    links = [platform_identity("roku-1")]
    document = _world(profile("other-app", client="app-2", links=links))
    assert await _log_out(lab, document, deletes=set()) == INVALID


@pytest.mark.parametrize(
    "state",
    [
        {"expires_in": "-PT1S"},
        {"not_before": "PT1H", "expires_in": "PT2H"},
        {"invalidated": True},
        {"client": "app-2"},
        {"type": "platformSSO"},
        {"type": "serviceTokenSSO"},
    ],
    ids=["expired", "not yet valid", "invalidated", "another app's", "platformSSO", "token SSO"],
)
async def test_l10_a_profile_that_is_not_valid_for_the_app_is_no_login(
    lab: Lab, state: dict[str, Any]
) -> None:
    assert await _log_out(lab, _world(profile("other", **state)), deletes=set()) == INVALID


async def test_l10_a_profile_ends_with_its_time(lab: Lab) -> None:
    await lab.seed(_world(profile("own", expires_in="PT1H")))
    app: App = await lab.app(TV, client="app-1")
    lab.clock.advance(minutes=60)
    assert (await app.logged_out("LabCable"))["actionName"] == "invalid"
    assert "own" in await lab.profile_ids()


async def test_a_profile_is_valid_until_the_last_moment(lab: Lab) -> None:
    await lab.seed(_world(profile("own", expires_in="PT1H")))
    app = await lab.app(TV, client="app-1")
    lab.clock.advance(minutes=59, seconds=59, milliseconds=999)
    assert (await app.logged_out("LabCable"))["actionName"] == "logout"


@pytest.mark.parametrize("action", ["expire", "invalidate"])
async def test_what_the_admin_api_ended_cannot_be_logged_out_of(lab: Lab, action: str) -> None:
    await lab.seed(_world(profile("own")))
    await lab.admin("POST", f"profiles/own/{action}")
    app = await lab.app(TV, client="app-1")
    assert (await app.logged_out("LabCable"))["actionName"] == "invalid"


async def test_who_logs_out_twice_was_logged_in_once(lab: Lab) -> None:
    await lab.seed(_world(profile("own")))
    app = await lab.app(TV, client="app-1")
    found = [(await app.logged_out("LabCable"))["actionName"] for _ in range(3)]
    assert found == ["logout", "invalid", "invalid"]
