"""Logins that had gone, or were done once more, before any answer of a capture shows it."""

from typing import Final

import pytest

from tests.support.lab import App, Lab
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
    partner,
    partnered,
    registered,
    registered_client,
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


async def other_viewer_logs_in_in_the_instant_of_an_invalidated_login(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    await approve(lab, await create(app))
    await app.get("profiles/Cable")
    await invalidate(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await approve(lab, await create(app), "bob")
    await app.get("profiles/Cable")


async def login_goes_in_the_instant_in_which_it_decides(lab: Lab) -> None:
    await seed(lab, login(expires_in="PT1H"))
    app = await app_of(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await invalidate(lab)
    await app.get("profiles")
    lab.clock.advance(hours=2)
    await ask(app, "preauthorize", "Cable", "NEWS")


async def login_goes_in_the_instant_in_which_a_session_finds_it(lab: Lab) -> None:
    await seed(lab, login(expires_in="PT1H"))
    app = await app_of(lab)
    await create(app)
    await invalidate(lab)
    await app.get("profiles/Cable")
    lab.clock.advance(hours=2)
    await ask(app, "authorize", "Cable", "NEWS")


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


async def other_service_provider_reaches_no_shared_login(lab: Lab) -> None:
    await seed(lab, login("second", device="other", links=[LINK]))
    await lab.admin("PATCH", "integrations/TWO:Cable", {"active": False})
    app = await as_ann(lab, await app_of(lab))
    await app.get("profiles")
    await app.at("TWO").get("profiles/Cable")
    await app.at("TWO").get("profiles")
    await (await app_of(lab, "second", "other")).get("profiles")


async def shared_login_decides_beside_one_that_was_invalidated(lab: Lab) -> None:
    await seed(lab, login("second", device="other", links=[LINK]))
    app = await app_of(lab)
    await approve(lab, await create(app))
    await app.get("profiles/Cable")
    profiles = (await lab.admin("GET", "profiles"))["items"]
    own = next(each["id"] for each in profiles if each["device"] == "box")
    await lab.admin("POST", f"profiles/{own}/invalidate")
    await create(await as_ann(lab, app))


async def shared_login_decides_beside_one_that_is_over(lab: Lab) -> None:
    over = login(not_before="-PT2H", expires_in="-PT1M")
    await seed(lab, over, login("second", device="other", links=[LINK]))
    app = await app_of(lab)
    await ask(await as_ann(lab, app), "authorize", "Cable", "NEWS")
    lab.clock.advance(seconds=8)
    await ask(app, "preauthorize", "Cable", "NEWS")


# What was long ago


async def month_after_a_login(lab: Lab) -> App:
    await seed(lab)
    await approve(lab, await create(await registered(lab)))
    lab.clock.advance(days=31)
    return await app_of(lab, await registered_client(lab))


async def login_was_over_when_it_was_missed(lab: Lab) -> None:
    app = await month_after_a_login(lab)
    await app.get("profiles")
    lab.clock.advance(seconds=30)
    await ask(app, "authorize", "Cable", "NEWS")


async def login_was_over_when_it_was_missed_at_its_mvpd(lab: Lab) -> None:
    app = await month_after_a_login(lab)
    await app.get("profiles/Cable")
    lab.clock.advance(seconds=30)
    await ask(app, "authorize", "Cable", "NEWS")


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
    other_viewer_logs_in_in_the_instant_of_an_invalidated_login,
    login_goes_in_the_instant_in_which_it_decides,
    login_goes_in_the_instant_in_which_a_session_finds_it,
    listing_shows_that_a_shared_login_has_gone,
    answer_of_an_mvpd_shows_that_a_shared_login_has_gone,
    session_shows_that_a_shared_login_has_gone,
    other_service_provider_reaches_no_shared_login,
    shared_login_decides_beside_one_that_was_invalidated,
    shared_login_decides_beside_one_that_is_over,
    login_was_over_when_it_was_missed,
    login_was_over_when_it_was_missed_at_its_mvpd,
    code_of_long_ago_led_to_no_login_that_is_left,
    rule_was_over_when_the_partner_had_to_permit,
    rule_was_over_when_the_partner_had_to_permit_beforehand,
    reset_leaves_what_is_used_up_for_long,
    reset_leaves_what_denies_for_long,
)


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.__name__.replace("_", " "))
async def test_what_had_gone_happens_again(lab: Lab, case: Case) -> None:
    await happens_again(lab, case)
