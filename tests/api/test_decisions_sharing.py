"""Decisions and logins: whose profile one is made with, and what it takes to use one.

(Adobe: profiles, SSO1)
"""

from typing import Any, Final

import pytest

from tests.support.decisions import PREAUTHORIZE, decision, outcome, permit, seeded
from tests.support.lab import Lab, partner_status
from tests.support.tokens import sso_token
from tests.support.worlds import (
    BOX,
    TV,
    changed,
    platform_identity,
    profile,
    rule,
    service_token,
    world,
)

MISSING: Final = ("mvpd", "authenticated_profile_missing")
EXPIRED: Final = ("mvpd", "authenticated_profile_expired")


def _shared(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a profile
    """Ann's login on the box, to be reached from the TV by either kind of header."""
    links = [service_token("ann"), platform_identity("roku-1")]
    source = {"client": "app-2", "subscriber": "ann", "links": links, **members}
    return world(
        subscribers=[{"id": "ann", "entitlements": ["LAB-LIVE"]}],
        profiles=[profile("source", BOX, **source)],
    )


@pytest.mark.parametrize("operation", ["authorize", PREAUTHORIZE])
@pytest.mark.parametrize(
    "headers",
    [
        {"AD_Service_Token": sso_token("ann")},
        {"Adobe_Subject_Token": sso_token("roku-1")},
        {"X_Roku_Reserved_Roku_Connect_Token": sso_token("roku-1")},
    ],
    ids=["service token", "subject token", "Roku"],
)
async def test_a_shared_login_authorizes_too(
    lab: Lab, headers: dict[str, str], operation: str
) -> None:
    app = await seeded(lab, _shared())
    assert await outcome(app, operation=operation) == MISSING
    assert await outcome(app.sending(**headers), operation=operation) == permit()
    # The viewer is the one who logged in elsewhere, and so are the entitlements.
    denied = await decision(app.sending(**headers), "LAB-GOLD", operation=operation)
    assert not denied["authorized"]


async def test_a_header_that_has_expired_or_names_nobody_reaches_nothing(lab: Lab) -> None:
    app = await seeded(lab, _shared())
    for token in (sso_token("bob"), sso_token("ann", exp=lab.clock.seconds), "garbage"):
        assert await outcome(app.sending(AD_Service_Token=token)) == MISSING


async def test_an_integration_without_single_sign_on_shares_nothing(lab: Lab) -> None:
    document = {**_shared(), **changed(("LABSP", "LabCable"), auth_per_aggregator=True)}
    document |= {name: _shared()[name] for name in ("subscribers", "profiles")}
    app = await seeded(lab, document, AD_Service_Token=sso_token("ann"))
    assert await outcome(app) == MISSING


async def test_a_shared_login_that_is_over_says_so(lab: Lab) -> None:
    app = await seeded(lab, _shared(expires_in="-PT1S"), AD_Service_Token=sso_token("ann"))
    assert await outcome(app) == EXPIRED
    code = "authenticated_profile_invalidated"
    await lab.seed(_shared(invalidated=True))
    assert await outcome(app) == ("mvpd", code)


async def test_the_own_login_comes_first(lab: Lab) -> None:
    document = _shared()
    document["subscribers"].append({"id": "bob", "entitlements": ["LAB-GOLD"]})
    document["profiles"].append(profile("own", client="app-1", subscriber="bob"))
    app = await seeded(lab, document, AD_Service_Token=sso_token("ann"))
    assert await outcome(app, "LAB-GOLD") == permit()


async def test_with_the_own_login_over_the_shared_one_does(lab: Lab) -> None:
    document = _shared()
    document["profiles"].append(profile("own", client="app-1", expires_in="-PT1S"))
    app = await seeded(lab, document)
    assert await outcome(app) == EXPIRED
    assert await outcome(app.sending(AD_Service_Token=sso_token("ann"))) == permit()


async def test_an_apple_profile_without_permission_leaves_the_shared_login(lab: Lab) -> None:
    document = _shared()
    document["profiles"].append(profile("own", client="app-1", type="appleSSO"))
    app = await seeded(lab, document, AD_Service_Token=sso_token("ann"))
    assert await outcome(app) == permit()


async def test_an_apple_profile_with_permission_is_a_login_like_any_other(lab: Lab) -> None:
    status = partner_status("labcable_apple", expirationDate="1893456000000")
    document = world(profiles=[profile("own", client="app-1", type="appleSSO")])
    app = await seeded(lab, document, AP_Partner_Framework_Status=status)
    assert await outcome(app) == permit()
    assert await outcome(app, operation=PREAUTHORIZE) == permit()
    # Its end is told by the decision: nobody looks at the partner's status any more.
    await lab.admin("POST", "profiles/own/expire")
    plain = await lab.app(TV, client="app-1")
    assert await outcome(plain) == EXPIRED


@pytest.mark.parametrize("operation", ["authorize", PREAUTHORIZE])
async def test_a_login_without_an_owner_goes_to_the_app_that_asks_first(
    lab: Lab, operation: str
) -> None:
    app = await seeded(lab, world(profiles=[profile("login")]))
    assert await outcome(app, operation=operation) == permit()
    other = await lab.app(TV, client="app-2")
    assert await outcome(other, operation=operation) == MISSING


async def test_logins_of_others_do_not_count(lab: Lab) -> None:
    others = [
        profile("device", "neighbour", client="app-1"),
        profile("app", client="app-2"),
        profile("mvpd", mvpd="LabDish", client="app-1"),
        profile("provider", client="app-1", service_provider="LABSP2"),
        # A view on somebody else's login is good only with the header that it came by.
        profile("view", client="app-1", type="serviceTokenSSO"),
    ]
    app = await seeded(lab, world(profiles=others))
    assert await outcome(app) == MISSING


async def test_a_proxied_mvpd_goes_by_the_rule_of_its_proxy(lab: Lab) -> None:
    app = await seeded(lab, world(degradations=[rule("AuthZAll")]))
    assert await outcome(app, mvpd="LabProxied") == permit("degradation")
    assert await outcome(app, mvpd="LabDish") == MISSING


async def test_when_a_rule_ends_everything_is_as_before(lab: Lab) -> None:
    app = await seeded(lab, world(degradations=[rule("AuthNAll", until="PT10M")]))
    assert await outcome(app) == permit("degradation")
    lab.clock.advance(minutes=10)
    assert await outcome(app) == MISSING


async def test_a_rule_that_has_not_begun_changes_nothing(lab: Lab) -> None:
    later = rule("AuthZNone", **{"from": "PT10M", "message": "Later."})
    app = await seeded(
        lab, world(profiles=[profile("login", client="app-1")], degradations=[later])
    )
    assert await outcome(app) == permit()
    lab.clock.advance(minutes=10)
    code = "authorization_denied_by_degradation_rule"
    assert await outcome(app) == ("degradation", (code, "Later."))


async def test_an_inactive_integration_is_asked_nothing_until_it_is_active(lab: Lab) -> None:
    document = world(profiles=[profile("login", mvpd="LabOff", client="app-1")])
    app = await seeded(lab, document)
    path = "/api/v2/LABSP/decisions/authorize/LabOff"
    reply = await lab.call("POST", path, app.headers, json={"resources": ["x"]})
    assert reply.data(400)["code"] == "invalid_integration"
    await lab.admin("PATCH", "integrations/LABSP:LabOff", {"active": True})
    assert await outcome(app, mvpd="LabOff") == permit()
