"""Authorization decisions that are repeated: for whom, for how long, and what ends them."""

from typing import Any, Final

import pytest

from tests.support.decisions import (
    DAY,
    HOUR,
    PREAUTHORIZE,
    decision,
    decisions,
    outcome,
    permit,
    seeded,
    viewer,
)
from tests.support.lab import App, Lab
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, TV, changed, profile, rule, service_token, world

DENIED: Final = ("mvpd", "authorization_denied_by_mvpd")


async def _withdraw(lab: Lab) -> None:
    """From now on the MVPD would deny everything."""
    await lab.admin("PATCH", "subscribers/ann", {"entitlements": []})


async def test_a_permit_is_repeated_with_its_window_and_a_fresh_token(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    first = await decision(app)
    await _withdraw(lab)
    await lab.admin("PATCH", "integrations/LABSP:LabCable", {"authorization_ttl": "PT1H"})
    lab.clock.advance(hours=23)
    again = await decision(app)
    assert (again["notBefore"], again["notAfter"]) == (first["notBefore"], first["notAfter"])
    assert again["token"]["notBefore"] == lab.clock.now()
    assert again["token"]["serializedToken"] != first["token"]["serializedToken"]


async def test_after_the_ttl_the_mvpd_is_asked_again(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    await decision(app)
    lab.clock.advance(days=1)
    now = lab.clock.now()
    assert (await decision(app))["notBefore"] == now
    await _withdraw(lab)
    lab.clock.advance(days=1)
    assert await outcome(app) == DENIED


async def test_a_denial_is_not_kept(lab: Lab) -> None:
    app = await seeded(lab, viewer(entitlements=[]))
    assert await outcome(app) == DENIED
    await lab.admin("PATCH", "subscribers/ann", {"entitlements": ["LAB-LIVE"]})
    assert await outcome(app) == permit()


async def test_preauthorize_neither_keeps_nor_repeats(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    assert await outcome(app, operation=PREAUTHORIZE) == permit()
    await _withdraw(lab)
    assert await outcome(app) == DENIED
    await lab.admin("PATCH", "subscribers/ann", {"entitlements": None})
    await decision(app)
    await _withdraw(lab)
    code = "preauthorization_denied_by_mvpd"
    assert await outcome(app, operation=PREAUTHORIZE) == ("mvpd", code)


def _everybody() -> dict[str, Any]:
    """Ann's logins, one for each part of the key that a decision is kept under."""
    places: tuple[dict[str, Any], ...] = (
        {"client": "app-1"},
        {"client": "app-2"},
        {"client": "app-1", "device": BOX},
        {"client": "app-1", "mvpd": "LabDish"},
        {"client": "app-1", "service_provider": "LABSP2"},
    )
    return world(
        subscribers=[{"id": "ann"}],
        profiles=[
            profile(f"login-{number}", **{"subscriber": "ann", **place})
            for number, place in enumerate(places)
        ],
    )


async def test_nobody_else_gets_what_was_permitted(lab: Lab) -> None:
    app = await seeded(lab, _everybody())
    await decision(app, "LAB-LIVE")
    await _withdraw(lab)
    assert await outcome(app, "LAB-LIVE") == permit()
    assert await outcome(app, "LAB-NEWS") == DENIED
    assert await outcome(app, "LAB-LIVE", "LabDish") == DENIED
    assert await outcome(app.at("LABSP2"), "LAB-LIVE") == DENIED
    assert await outcome(await lab.app(BOX, client="app-1")) == DENIED
    assert await outcome(await lab.app(TV, client="app-2")) == DENIED


async def test_the_profile_s_end_ends_its_decisions(lab: Lab) -> None:
    login = profile("login", client="app-1", subscriber="ann", expires_in="PT1H")
    app = await seeded(lab, world(subscribers=[{"id": "ann"}], profiles=[login]))
    await decision(app)
    lab.clock.advance(hours=1)
    assert await outcome(app) == ("mvpd", "authenticated_profile_expired")
    await _withdraw(lab)
    await lab.admin("PATCH", "profiles/login", {"expires_in": "P1D"})
    assert await outcome(app) == DENIED


async def test_an_invalidated_profile_is_not_served_from_what_was_kept(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    await decision(app)
    await lab.admin("POST", "profiles/login/invalidate")
    assert await outcome(app) == ("mvpd", "authenticated_profile_invalidated")


async def _log_in_again(lab: Lab) -> None:
    login = {**profile("again", client="app-1", subscriber="ann")}
    await lab.admin("POST", "profiles", login)


async def test_logout_ends_the_decisions_of_the_login(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    await decision(app)
    await _withdraw(lab)
    await app.logged_out("LabCable")
    assert await outcome(app) == ("mvpd", "authenticated_profile_missing")
    await _log_in_again(lab)
    assert await outcome(app) == DENIED
    # No row is left behind.
    cleared = (await lab.admin("POST", "reset"))["cleared"]
    assert "decisions" not in cleared


async def test_a_new_login_starts_without_decisions(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    await decision(app)
    await _withdraw(lab)
    await _log_in_again(lab)
    assert await outcome(app) == DENIED


async def test_a_login_of_the_same_name_starts_without_decisions(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    await decision(app)
    await _withdraw(lab)
    lab.clock.advance(seconds=1)
    await lab.admin("DELETE", "profiles/login")
    login = {**profile("login", client="app-1", subscriber="ann")}
    await lab.admin("POST", "profiles", login)
    assert await outcome(app) == DENIED


async def test_single_logout_ends_the_decisions_of_every_app_that_shared_the_login(
    lab: Lab,
) -> None:
    shared = profile("source", client="app-1", subscriber="ann", links=[service_token("ann")])
    await lab.seed(world(subscribers=[{"id": "ann"}], profiles=[shared]))
    source = await lab.app(TV, client="app-1")
    other = (await lab.app(BOX, client="app-2")).sending(AD_Service_Token=sso_token("ann"))
    assert await outcome(other) == permit()
    await source.logged_out("LabCable")
    assert await outcome(other) == ("mvpd", "authenticated_profile_missing")
    await _withdraw(lab)
    await lab.admin("POST", "profiles", {**shared, "id": "again"})
    assert await outcome(other) == DENIED


async def test_reset_takes_the_decisions_along(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    await decision(app)
    assert (await lab.admin("POST", "reset"))["cleared"] == {"decisions": 1}
    await _withdraw(lab)
    assert await outcome(app) == DENIED


async def test_the_export_knows_nothing_of_decisions(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    before = await lab.state()
    await decision(app)
    assert await lab.state() == before


async def test_degradation_comes_before_what_was_kept(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    first = await decision(app)
    added = await lab.admin("POST", "degradations", rule("AuthZNone"))
    code = "authorization_denied_by_degradation_rule"
    assert await outcome(app) == ("degradation", code)
    await lab.admin("DELETE", f"degradations/{added['id']}")
    assert (await decision(app))["notAfter"] == first["notAfter"]


async def test_the_same_resource_twice_is_one_decision(lab: Lab) -> None:
    document = changed(("LABSP", "LabCable"), authorize_limit=3)
    app = await seeded(lab, document | {"profiles": [profile("login", client="app-1")]})
    first, second, third = await decisions(app, "one", "two", "one")
    assert first["notBefore"] == third["notBefore"] == second["notBefore"]
    assert (await lab.admin("POST", "reset"))["cleared"]["decisions"] == 2


@pytest.mark.parametrize("ttl", ["PT0S", "PT1H"])
async def test_the_integration_says_how_long(lab: Lab, ttl: str) -> None:
    document = changed(("LABSP", "LabCable"), authorization_ttl=ttl)
    login = profile("login", client="app-1", subscriber="ann")
    app = await seeded(lab, document | {"subscribers": [{"id": "ann"}], "profiles": [login]})
    item = await decision(app)
    assert item["notAfter"] - item["notBefore"] == (HOUR if ttl == "PT1H" else 0)
    await _withdraw(lab)
    assert await outcome(app) == (permit() if ttl == "PT1H" else DENIED)


async def _household(app: App) -> Any:  # noqa: ANN401 - JSON
    found = (await app.profiles())["LabCable"]["attributes"]
    ids = {"userID", "upstreamUserID"}
    return {name: each["value"] for name, each in found.items() if name not in ids}


async def test_a_permit_renews_the_metadata_of_the_profile(lab: Lab) -> None:
    login = profile(
        "login",
        client="app-1",
        subscriber="ann",
        attributes={"householdID": "old", "language": "en"},
    )
    attributes = {"language": "de", "allowMirroring": True}
    ann = {"id": "ann", "household": "new", "attributes": attributes}
    app = await seeded(lab, world(subscribers=[ann], profiles=[login]))
    assert await _household(app) == {"householdID": "old", "language": "en"}
    await decision(app, operation=PREAUTHORIZE)
    assert await _household(app) == {"householdID": "old", "language": "en"}
    await decision(app)
    # What comes with a login alone stays as it was.
    assert await _household(app) == {
        "householdID": "new",
        "language": "en",
        "allowMirroring": True,
    }


async def test_the_clock_of_the_sandbox_counts(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    first = await decision(app)
    await lab.admin("POST", "clock/advance", {"by": "PT24H"})
    again = await decision(app)
    assert again["notBefore"] == first["notBefore"] + DAY
    assert again["token"]["notBefore"] == first["token"]["notBefore"] + DAY
