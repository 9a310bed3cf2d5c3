"""What happens beside a capture, and what was before it, is learnt of what its answers take for granted."""

from typing import Final

import pytest

from tests.support.lab import Lab
from tests.support.logins import DONE

from .small_world import (
    IDENTITY,
    LINK,
    Case,
    app_of,
    approve,
    as_ann,
    ask,
    create,
    happens_again,
    invalidate,
    login,
    registered,
    resume,
    seed,
)

# TempPass


async def resources_are_left(lab: Lab) -> None:
    await seed(lab)
    await (await app_of(lab)).get("profiles/Promo")
    app = (await app_of(lab)).sending(**IDENTITY)
    await ask(app, "authorize", "Promo", "NEWS")
    await ask(app, "preauthorize", "Promo", "NEWS")


async def resources_are_left_on_another_device(lab: Lab) -> None:
    await seed(lab)
    await (await app_of(lab)).get("profiles/Promo")
    await ask((await app_of(lab)).sending(**IDENTITY), "authorize", "Promo", "NEWS")
    await ask(await app_of(lab, device="other"), "preauthorize", "Promo", "NEWS", "SPORT")
    await ask((await app_of(lab)).sending(**IDENTITY), "authorize", "Promo", "SPORT", "MOVIES")


async def resources_were_used_before(lab: Lab) -> None:
    trial = {"service_provider": "ONE", "mvpd": "Promo", "device": "box",
             "first_authorized": "-PT2M", "used_resources": ["NEWS"]}  # fmt: skip
    await seed(lab, temp_passes=[trial])
    app = (await app_of(lab)).sending(**IDENTITY)
    await ask(app, "authorize", "Promo", "SPORT", "MOVIES")
    await app.get("profiles/Promo")


async def resource_that_was_used_before_is_used_again(lab: Lab) -> None:
    trial = {"service_provider": "ONE", "mvpd": "Promo", "device": "box",
             "first_authorized": "-PT2M", "used_resources": ["NEWS"]}  # fmt: skip
    await seed(lab, temp_passes=[trial])
    await lab.admin("PATCH", "integrations/ONE:Promo", {"temp_pass_resources": 3})
    app = (await app_of(lab)).sending(**IDENTITY)
    await ask(app, "authorize", "Promo", "SPORT", "NEWS")
    await app.get("profiles/Promo")


async def resources_were_used_in_an_order_of_their_own(lab: Lab) -> None:
    trial = {"service_provider": "ONE", "mvpd": "Promo", "device": "box",
             "first_authorized": "-PT2M", "used_resources": ["SPORT", "NEWS"]}  # fmt: skip
    await seed(lab, temp_passes=[trial])
    await lab.admin("PATCH", "integrations/ONE:Promo", {"temp_pass_resources": 3})
    app = (await app_of(lab)).sending(**IDENTITY)
    await app.get("profiles/Promo")
    await app.get("profiles")


async def resources_are_used_up_for_long(lab: Lab) -> None:
    trial = {"service_provider": "ONE", "mvpd": "Promo", "device": "box",
             "first_authorized": "-PT2M", "used_resources": ["NEWS", "SPORT"]}  # fmt: skip
    await seed(lab, temp_passes=[trial])
    app = (await app_of(lab)).sending(**IDENTITY)
    await ask(app, "preauthorize", "Promo", "NEWS")
    lab.clock.advance(minutes=30)
    await ask(app, "preauthorize", "Promo", "NEWS")


async def used_resources_stay_permitted(lab: Lab) -> None:
    await seed(lab, settings={"temp_pass.strict_quota": False})
    app = (await app_of(lab)).sending(**IDENTITY)
    await ask(app, "authorize", "Promo", "NEWS", "SPORT")
    await ask(app, "preauthorize", "Promo", "MOVIES", "NEWS")


# The world


async def inactive_integration_has_a_login(lab: Lab) -> None:
    await seed(lab, login())
    await lab.admin("PATCH", "integrations/ONE:Cable", {"active": False})
    app = await app_of(lab)
    await app.get("profiles")
    await app.get("configuration")


async def rule_was_over_when_a_login_was_asked_for(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthZNone", "until": "PT1M"}
    await seed(lab, degradations=[rule], settings={"decisions.error_level": "top"})
    app = await app_of(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")
    lab.clock.advance(minutes=2)
    await ask(app, "preauthorize", "Cable", "NEWS")


async def rule_was_over_when_there_was_nobody_to_log_out(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll", "until": "PT1M"}
    await seed(lab, degradations=[rule])
    app = await app_of(lab)
    await app.get("profiles/Cable")
    lab.clock.advance(minutes=2)
    await app.logout("Cable", DONE)


async def mvpd_is_none_that_everybody_may_leave(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll", "until": "PT1M"}
    await seed(lab, degradations=[rule])
    app = await app_of(lab)
    await app.get("profiles")
    await app.logout("Cable", DONE)
    lab.clock.advance(minutes=2)
    await create(app)


async def shared_login_has_no_logout(lab: Lab) -> None:
    await seed(lab, login(mvpd="Dish", links=[LINK]))
    await create(await app_of(lab, "second"), "Dish")
    app = await registered(lab, "other")
    await (await as_ann(lab, app)).logout("Dish", DONE)
    await create(await app_of(lab, "second", "third"), "Dish")


async def decision_ends_with_its_login(lab: Lab) -> None:
    await seed(lab)
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "P1D"})
    app = await app_of(lab)
    await approve(lab, await create(app), "bob")
    await ask(app, "authorize", "Cable", "SPORT")
    lab.clock.advance(minutes=7)
    await ask(app, "authorize", "Cable", "NEWS")


# What happens beside the requests


async def login_is_invalidated(lab: Lab) -> None:
    await seed(lab, login())
    app = await app_of(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await invalidate(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")


async def login_is_invalidated_and_shows_nowhere(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    await approve(lab, await create(app))
    await app.get("profiles/Cable")
    await invalidate(lab)
    await app.get("profiles/Cable")
    await app.get("profiles")
    await ask(app, "preauthorize", "Cable", "NEWS")


async def login_of_a_code_is_invalidated(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await app.get(f"sessions/{code}")
    await lab.call("GET", f"/api/v2/authenticate/ONE/{code}")
    await invalidate(lab)
    await app.get(f"profiles/code/{code}")


async def login_is_over_after_a_week(lab: Lab) -> None:
    await seed(lab)
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "P7D"})
    app = await app_of(lab)
    await approve(lab, await create(app))
    await ask(app, "preauthorize", "Cable", "NEWS")
    lab.clock.advance(days=8)
    await ask(await app_of(lab), "preauthorize", "Cable", "NEWS")


async def login_was_over_when_nobody_found_it(lab: Lab) -> None:
    await seed(lab)
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "P7D"})
    app = await app_of(lab)
    await approve(lab, await create(app))
    await ask(app, "preauthorize", "Cable", "NEWS")
    lab.clock.advance(days=8)
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await ask(app, "preauthorize", "Cable", "NEWS")


async def remove_rule(lab: Lab) -> None:
    lab.clock.advance(seconds=10)
    name = (await lab.admin("GET", "degradations"))["items"][0]["id"]
    await lab.admin("DELETE", f"degradations/{name}")
    lab.clock.advance(seconds=10)


async def rule_is_removed(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll"}
    await seed(lab, degradations=[rule])
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await remove_rule(lab)
    await app.get("profiles/Cable")


async def rule_is_removed_before_its_decision_ends(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll"}
    await seed(lab, degradations=[rule])
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authorization_ttl": "PT10M"})
    app = await app_of(lab)
    await ask(app, "authorize", "Cable", "NEWS")
    await remove_rule(lab)
    await ask(app, "authorize", "Cable", "NEWS")


async def rule_is_removed_when_it_shows_in_a_profile(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll"}
    await seed(lab, degradations=[rule])
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authorization_ttl": "PT10M"})
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await ask(app, "authorize", "Cable", "NEWS")
    await remove_rule(lab)
    await create(app)


async def rule_is_removed_before_it_was_to_end(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll", "until": "PT5M"}
    await seed(lab, login(), degradations=[rule])
    app = await app_of(lab)
    await ask(app, "authorize", "Cable", "NEWS")
    await remove_rule(lab)
    await ask(app, "authorize", "Cable", "NEWS")


async def rule_gives_way_to_one_whose_decisions_have_no_end(lab: Lab) -> None:
    where = {"service_provider": "ONE", "mvpd": "Cable"}
    await seed(lab, degradations=[{**where, "rule": "AuthNAll"}])
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await remove_rule(lab)
    await lab.admin("POST", "degradations", {**where, "rule": "AuthZAll"})
    await ask(app, "authorize", "Cable", "NEWS")
    await app.get("profiles/Cable")


async def rule_lasts_longer_than_its_decisions(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll"}
    await seed(lab, degradations=[rule])
    await ask(await app_of(lab), "authorize", "Cable", "NEWS")
    lab.clock.advance(days=8)
    await ask(await app_of(lab), "preauthorize", "Cable", "NEWS")


async def rule_is_none_once_a_code_shows_nothing(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll", "until": "PT1M"}
    await seed(lab, degradations=[rule])
    app = await app_of(lab)
    code = await create(app, None)
    await resume(app, code)
    lab.clock.advance(minutes=2)
    await app.get(f"profiles/code/{code}")


async def reset_leaves_a_trial_without_an_identity(lab: Lab) -> None:
    trial = {"service_provider": "ONE", "mvpd": "Promo", "device": "box",
             "first_authorized": "-PT2M", "used_resources": ["NEWS"]}  # fmt: skip
    operator = {"id": "operator", "scopes": ["api:client:v2", "temporary:passes:owner"]}
    await seed(lab, temp_passes=[trial], applications=[{"id": "app"}, operator])
    bearer = {"Authorization": f"Bearer {await lab.token(application='operator')}"}
    path = "/reset-tempass/v3/reset/generic?requestor_id=ONE&mvpd_id=Promo"
    await lab.call("DELETE", path, bearer)
    await (await app_of(lab)).sending(**IDENTITY).get("profiles/Promo")
    lab.clock.advance(hours=2)
    await (await app_of(lab)).sending(**IDENTITY).get("profiles/Promo")


async def two_viewers_log_in_at_once(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    await approve(lab, await create(app))
    await app.get("profiles")
    other = await as_ann(lab, await app_of(lab, "second", "other"))
    await approve(lab, await create(other), "bob")
    await (await as_ann(lab, await app_of(lab, device="third"))).get("profiles")


async def clock_of_the_capture_is_ahead(lab: Lab) -> None:
    await seed(lab, login(not_before="-PT1H", expires_in="P90D"))
    await lab.admin("POST", "clock/advance", {"by": "P60D"})
    app = await app_of(lab)
    await app.get("profiles")
    await app.logout("Cable", DONE)


CASES: Final[tuple[Case, ...]] = (
    resources_are_left,
    resources_are_left_on_another_device,
    resources_were_used_before,
    resource_that_was_used_before_is_used_again,
    resources_were_used_in_an_order_of_their_own,
    resources_are_used_up_for_long,
    used_resources_stay_permitted,
    inactive_integration_has_a_login,
    rule_was_over_when_a_login_was_asked_for,
    rule_was_over_when_there_was_nobody_to_log_out,
    mvpd_is_none_that_everybody_may_leave,
    shared_login_has_no_logout,
    decision_ends_with_its_login,
    login_is_invalidated,
    login_is_invalidated_and_shows_nowhere,
    login_of_a_code_is_invalidated,
    login_is_over_after_a_week,
    login_was_over_when_nobody_found_it,
    rule_is_removed,
    rule_is_removed_before_its_decision_ends,
    rule_is_removed_when_it_shows_in_a_profile,
    rule_is_removed_before_it_was_to_end,
    rule_gives_way_to_one_whose_decisions_have_no_end,
    rule_lasts_longer_than_its_decisions,
    rule_is_none_once_a_code_shows_nothing,
    reset_leaves_a_trial_without_an_identity,
    two_viewers_log_in_at_once,
    clock_of_the_capture_is_ahead,
)


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.__name__.replace("_", " "))
async def test_what_is_not_shown_happens_again(lab: Lab, case: Case) -> None:
    await happens_again(lab, case)
