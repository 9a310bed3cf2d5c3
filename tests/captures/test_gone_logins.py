"""Logins that had gone, or were done once more, before any answer of a capture shows it."""

from typing import Final

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import DONE, post

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
    partner,
    partnered,
    resume,
    seed,
)

# In one instant


async def partner_takes_the_place_in_the_instant_of_a_login(lab: Lab) -> None:
    await seed(lab)
    app = await partnered(lab)
    await approve(lab, await create(app))
    await app.get("profiles/Cable")
    await partner(app)
    await app.logout("Cable", DONE)


async def login_takes_the_place_in_the_instant_of_a_partners(lab: Lab) -> None:
    await seed(lab)
    app = await partnered(lab)
    code = await create(app)
    await partner(app)
    await approve(lab, code)
    await app.get("profiles")
    await app.logout("Cable", DONE)


async def newer_code_is_of_the_instant_of_the_login(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    first = await create(app)
    await approve(lab, first)
    second = await create(app, None)
    await resume(app, second)
    await resume(app, first)
    await app.get(f"profiles/code/{first}")


async def newer_code_of_the_instant_is_met_by_a_retrieval(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    first = await create(app)
    await approve(lab, first)
    second = await create(app, None)
    await resume(app, second)
    await app.get(f"sessions/{first}")
    await app.get("profiles")
    await app.get(f"profiles/code/{first}")


# A code leads to a login once more


async def page(lab: Lab, code: str) -> None:
    await lab.call("GET", f"/api/v2/authenticate/ONE/{code}")


async def code_is_used_again_after_its_login_was_invalidated(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await app.get(f"profiles/code/{code}")
    await invalidate(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await resume(app, code)
    await approve(lab, code)
    await page(lab, code)


async def code_is_used_again_after_its_login_was_over(lab: Lab) -> None:
    await seed(lab)
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "PT5M"})
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await app.get(f"profiles/code/{code}")
    lab.clock.advance(minutes=6)
    await resume(app, code)
    await approve(lab, code)
    await page(lab, code)


# Whoever chose the MVPD logged in


async def resume_without_mvpd(lab: Lab, code: str) -> None:
    form = {"domainName": "one.example", "redirectUrl": DONE}
    await post(await app_of(lab), f"sessions/{code}", form)


async def code_for_nobody_led_to_a_login_that_has_gone(lab: Lab) -> None:
    await seed(lab)
    code = await create(await app_of(lab), None)
    await approve(lab, code, mvpd="Cable")
    await invalidate(lab)
    await resume_without_mvpd(lab, code)
    await (await app_of(lab)).get("profiles")


async def code_for_nobody_led_to_a_login_that_is_over_later(lab: Lab) -> None:
    await seed(lab)
    code = await create(await app_of(lab), None)
    await approve(lab, code, mvpd="Cable")
    await invalidate(lab)
    await resume_without_mvpd(lab, code)
    lab.clock.advance(days=40)
    await ask(await app_of(lab), "preauthorize", "Cable", "NEWS")


# A code that is refused before its time is over led to nothing


async def refused_code(lab: Lab, *, as_whom: bool) -> tuple[App, App]:
    await seed(lab)
    app = await app_of(lab)
    asking = await as_ann(lab, app) if as_whom else app
    code = await create(asking)
    await create(asking, "Dish")
    await app.get(f"sessions/{code}")
    return app, asking


async def refused_code_did_not_lead_to_a_login(lab: Lab) -> None:
    app, _ = await refused_code(lab, as_whom=False)
    lab.clock.advance(seconds=5)
    await lab.admin("POST", "profiles", login())
    await ask(app, "preauthorize", "Cable", "NEWS")


async def refused_code_did_not_lead_to_the_login_of_a_later_one(lab: Lab) -> None:
    app, asking = await refused_code(lab, as_whom=True)
    other = await as_ann(lab, await app_of(lab, "second", "other"))
    await create(other)
    code = await create(app, None)
    await approve(lab, code, mvpd="Cable")
    await create(asking)
    await app.get("profiles/Cable")


async def refused_code_is_none_that_somebody_used_before(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await invalidate(lab)
    await resume(app, code)
    await create(app, "Dish")
    await app.get(f"sessions/{code}")
    await lab.admin("POST", "profiles", login())
    await ask(app, "preauthorize", "Cable", "NEWS", "SPORT")


# The headers of an app do not reach it any more


async def listing_shows_that_a_shared_login_has_gone(lab: Lab) -> None:
    await seed(lab, login("second", device="other", links=[LINK]))
    app = await as_ann(lab, await app_of(lab))
    await app.get("profiles/Cable")
    await invalidate(lab)
    await app.get("profiles")


async def answer_of_an_mvpd_shows_that_a_shared_login_has_gone(lab: Lab) -> None:
    await seed(lab, login("second", device="other", links=[LINK]))
    app = await as_ann(lab, await app_of(lab))
    await app.get("profiles")
    await invalidate(lab)
    await app.get("profiles/Cable")


async def session_shows_that_a_shared_login_has_gone(lab: Lab) -> None:
    await seed(lab, login("second", device="other", links=[LINK]))
    app = await as_ann(lab, await app_of(lab))
    await app.get("profiles")
    await invalidate(lab)
    await create(app)
    await app.logout("Cable", DONE)


# What was long ago


async def code_of_long_ago_led_to_no_login_that_is_left(lab: Lab) -> None:
    await seed(lab)
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "P1D"})
    other = await app_of(lab, "second")
    await approve(lab, await create(other))
    await other.get("profiles/Cable")
    app = await app_of(lab)
    await app.get("profiles")
    await create(app)
    lab.clock.advance(days=3)
    await create(await app_of(lab, "second"))
    lab.clock.advance(seconds=3)
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll"}
    await lab.admin("POST", "degradations", rule)
    lab.clock.advance(seconds=3)
    await (await app_of(lab)).logout("Cable", DONE)


async def used_up(lab: Lab, operation: str) -> None:
    trial = {"service_provider": "ONE", "mvpd": "Promo", "device": "box",
             "first_authorized": "-PT2M", "used_resources": ["NEWS", "SPORT"]}  # fmt: skip
    operator = {"id": "operator", "scopes": ["api:client:v2", "temporary:passes:owner"]}
    await seed(lab, temp_passes=[trial], applications=[{"id": "app"}, operator])
    app = (await app_of(lab)).sending(**IDENTITY)
    await ask(app, operation, "Promo", "NEWS")
    bearer = {"Authorization": f"Bearer {await lab.token(application='operator')}"}
    path = "/reset-tempass/v3/reset/generic?requestor_id=ONE&mvpd_id=Promo"
    await lab.call("DELETE", path, bearer)
    lab.clock.advance(minutes=50)
    await ask(app, operation, "Promo", "NEWS")


async def partners_permission_is_asked_for(lab: Lab, operation: str) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthZAll", "until": "PT1M"}
    await seed(lab, login(type="appleSSO"), degradations=[rule])
    app = await partnered(lab)
    await ask(app, operation, "Cable", "NEWS")
    lab.clock.advance(minutes=2)
    await ask(app, operation, "Cable", "NEWS")


async def rule_was_over_when_the_partner_had_to_permit(lab: Lab) -> None:
    await partners_permission_is_asked_for(lab, "authorize")


async def rule_was_over_when_the_partner_had_to_permit_beforehand(lab: Lab) -> None:
    await partners_permission_is_asked_for(lab, "preauthorize")


async def reset_leaves_what_is_used_up_for_long(lab: Lab) -> None:
    await used_up(lab, "preauthorize")


async def reset_leaves_what_denies_for_long(lab: Lab) -> None:
    await used_up(lab, "authorize")


CASES: Final[tuple[Case, ...]] = (
    partner_takes_the_place_in_the_instant_of_a_login,
    login_takes_the_place_in_the_instant_of_a_partners,
    newer_code_is_of_the_instant_of_the_login,
    newer_code_of_the_instant_is_met_by_a_retrieval,
    code_is_used_again_after_its_login_was_invalidated,
    code_is_used_again_after_its_login_was_over,
    code_for_nobody_led_to_a_login_that_has_gone,
    code_for_nobody_led_to_a_login_that_is_over_later,
    refused_code_did_not_lead_to_a_login,
    refused_code_did_not_lead_to_the_login_of_a_later_one,
    refused_code_is_none_that_somebody_used_before,
    listing_shows_that_a_shared_login_has_gone,
    answer_of_an_mvpd_shows_that_a_shared_login_has_gone,
    session_shows_that_a_shared_login_has_gone,
    code_of_long_ago_led_to_no_login_that_is_left,
    rule_was_over_when_the_partner_had_to_permit,
    rule_was_over_when_the_partner_had_to_permit_beforehand,
    reset_leaves_what_is_used_up_for_long,
    reset_leaves_what_denies_for_long,
)


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.__name__.replace("_", " "))
async def test_what_had_gone_happens_again(lab: Lab, case: Case) -> None:
    await happens_again(lab, case)
