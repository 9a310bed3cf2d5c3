"""Logins that could not be used any more when a capture first shows them, and what was there before."""

from typing import Final

import pytest

from tests.support.lab import Lab
from tests.support.logins import DONE

from .small_world import (
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
    seed,
)

# A newer one took the place of one that is known


async def newer_login_is_invalidated(lab: Lab) -> None:
    await seed(lab, login(expires_in="PT1H"))
    app = await app_of(lab)
    code = await create(app, None)
    await app.get("profiles/Cable")
    await approve(lab, code, mvpd="Cable")
    await invalidate(lab)
    lab.clock.advance(hours=2)
    await app.get("profiles")
    await ask(app, "preauthorize", "Cable", "NEWS")


async def newer_login_is_invalidated_like_the_one_before(lab: Lab) -> None:
    await seed(lab, login(expires_in="PT1H"))
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await invalidate(lab)
    await app.get("profiles/Cable")
    await approve(lab, await create(app))
    await invalidate(lab)
    lab.clock.advance(hours=2)
    await ask(app, "preauthorize", "Cable", "NEWS")


async def newer_login_of_no_code_is_invalidated(lab: Lab) -> None:
    await seed(lab, login(expires_in="PT1H"))
    app = await app_of(lab)
    await app.get("profiles/Cable")
    lab.clock.advance(hours=2)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await lab.admin("POST", "profiles", login(invalidated=True))
    await ask(app, "preauthorize", "Cable", "NEWS")


async def newer_login_is_over_first(lab: Lab) -> None:
    await seed(lab, login(expires_in="P90D"))
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "PT1H"})
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await invalidate(lab)
    await approve(lab, await create(app))
    lab.clock.advance(hours=2)
    await ask(app, "preauthorize", "Cable", "NEWS")


async def newer_login_of_no_code_is_over_first(lab: Lab) -> None:
    await seed(lab, login(expires_in="P90D"))
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await lab.admin("POST", "profiles", login(expires_in="PT1H"))
    lab.clock.advance(hours=2)
    await ask(app, "preauthorize", "Cable", "NEWS")


async def login_after_a_logout_is_invalidated(lab: Lab) -> None:
    await seed(lab, login())
    app = await app_of(lab)
    await app.logout("Cable", DONE)
    await app.get("profiles")
    await approve(lab, await create(app))
    await invalidate(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")


async def login_after_a_logout_is_over(lab: Lab) -> None:
    await seed(lab, login())
    app = await app_of(lab)
    await app.logout("Cable", DONE)
    await lab.admin("POST", "profiles", login(expires_in="PT1H"))
    lab.clock.advance(hours=2)
    await ask(app, "preauthorize", "Cable", "NEWS")


async def shared_login_after_a_logout_is_invalidated(lab: Lab) -> None:
    await seed(lab, login())
    app = await app_of(lab)
    await app.logout("Cable", DONE)
    await lab.admin("POST", "profiles", login("second", device="other", links=[LINK]))
    await invalidate(lab)
    await ask(await as_ann(lab, app), "preauthorize", "Cable", "NEWS")
    await ask(app, "preauthorize", "Cable", "NEWS")


async def somebody_logs_in_again_after_one_was_invalidated(lab: Lab) -> None:
    await seed(lab, login(invalidated=True))
    app = await app_of(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await lab.admin("POST", "profiles", login())
    await ask(app, "preauthorize", "Cable", "NEWS", "SPORT")


async def decision_outlives_what_others_last(lab: Lab) -> None:
    await seed(lab, login(expires_in="P90D"))
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "PT1H"})
    await ask(await app_of(lab), "authorize", "Cable", "NEWS")
    app = await app_of(lab, "second")
    await approve(lab, await create(app))
    await app.get("profiles/Cable")


async def login_outlives_what_others_last(lab: Lab) -> None:
    await seed(lab, login(expires_in="P90D"))
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "PT1H"})
    app = await app_of(lab, "second")
    await approve(lab, await create(app))
    await app.get("profiles/Cable")
    lab.clock.advance(hours=2)
    await ask(await app_of(lab), "preauthorize", "Cable", "NEWS")


async def login_beside_the_capture_outlives_what_others_last(lab: Lab) -> None:
    await seed(lab)
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "PT1H"})
    other = await app_of(lab, "second")
    await approve(lab, await create(other))
    await other.get("profiles/Cable")
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await lab.admin("POST", "profiles", login(expires_in="P90D"))
    await ask(app, "preauthorize", "Cable", "NEWS")
    lab.clock.advance(hours=2)
    await ask(app, "preauthorize", "Cable", "NEWS")


# What takes its place shows that it had gone


async def shared_login_shows_that_the_own_one_has_gone(lab: Lab) -> None:
    await seed(lab, login(), login("second", device="other", subscriber="bob", links=[LINK]))
    app = await app_of(lab)
    await app.get("profiles")
    await invalidate(lab)
    await (await as_ann(lab, app)).get("profiles")
    await app.get("profiles")


async def login_takes_the_place_of_a_partners(lab: Lab) -> None:
    await seed(lab)
    app = await partnered(lab)
    code = await create(app)
    await partner(app)
    await approve(lab, code)
    await app.logout("Cable", DONE)
    await create(app)


async def partners_login_takes_the_place(lab: Lab) -> None:
    await seed(lab, login())
    app = await app_of(lab)
    await app.get("profiles")
    await lab.admin("POST", "profiles", login(type="appleSSO"))
    await app.logout("Cable", DONE)
    await create(app)


# Nothing but the partner's answer shows that it had gone


async def partner_meets_a_login_that_was_invalidated(lab: Lab) -> None:
    await seed(lab, login())
    await lab.admin("PATCH", "mvpds/Cable", {"platform_mappings": {"apple": "cable"}})
    app = await app_of(lab)
    await app.get("configuration")
    await app.get("profiles/Cable")
    await partner(app)
    await invalidate(lab)
    await partner(app)
    await app.get("profiles")


async def partner_meets_no_rule_any_more(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll", "until": "PT1M"}
    await seed(lab, degradations=[rule])
    await lab.admin("PATCH", "mvpds/Cable", {"platform_mappings": {"apple": "cable"}})
    app = await app_of(lab)
    await app.get("configuration")
    await ask(app, "preauthorize", "Cable", "NEWS")
    await partner(app)
    lab.clock.advance(minutes=2)
    await partner(app)


# With which code somebody had logged in


async def code_led_to_a_login_that_was_invalidated(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await invalidate(lab)
    await app.logout("Cable", DONE)
    await create(app)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await app.get(f"profiles/code/{code}")


async def page_of_a_code_is_closed_by_a_login_that_was_invalidated(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await invalidate(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await lab.call("GET", f"/api/v2/authenticate/ONE/{code}")
    await app.get("profiles/Cable")


async def newer_code_was_given_out_for_want_of_a_login(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await invalidate(lab)
    await create(app)
    await app.get(f"sessions/{code}")
    await app.get("profiles")


async def login_is_none_that_the_headers_reach(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    other = await as_ann(lab, await app_of(lab, "second", "other"))
    await ask(other, "preauthorize", "Cable", "NEWS")
    await ask(app, "preauthorize", "Cable", "NEWS")
    await approve(lab, await create(app))
    await invalidate(lab)
    await ask(await as_ann(lab, app), "preauthorize", "Cable", "NEWS")


async def shared_login_came_later_and_was_invalidated(lab: Lab) -> None:
    await seed(lab)
    other = await as_ann(lab, await app_of(lab, "second", "other"))
    await ask(other, "preauthorize", "Cable", "NEWS")
    await lab.admin("POST", "profiles", login("first", device="tv", links=[LINK]))
    await invalidate(lab)
    await ask(other, "preauthorize", "Cable", "NEWS")


async def new_app_meets_its_login_invalidated(lab: Lab) -> None:
    await seed(lab)
    app = await registered(lab)
    await approve(lab, await create(app))
    await invalidate(lab)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await app.get("profiles")


CASES: Final[tuple[Case, ...]] = (
    newer_login_is_invalidated,
    newer_login_is_invalidated_like_the_one_before,
    newer_login_of_no_code_is_invalidated,
    newer_login_is_over_first,
    newer_login_of_no_code_is_over_first,
    login_after_a_logout_is_invalidated,
    login_after_a_logout_is_over,
    shared_login_after_a_logout_is_invalidated,
    somebody_logs_in_again_after_one_was_invalidated,
    decision_outlives_what_others_last,
    login_outlives_what_others_last,
    login_beside_the_capture_outlives_what_others_last,
    shared_login_shows_that_the_own_one_has_gone,
    login_takes_the_place_of_a_partners,
    partners_login_takes_the_place,
    partner_meets_a_login_that_was_invalidated,
    partner_meets_no_rule_any_more,
    code_led_to_a_login_that_was_invalidated,
    page_of_a_code_is_closed_by_a_login_that_was_invalidated,
    newer_code_was_given_out_for_want_of_a_login,
    login_is_none_that_the_headers_reach,
    shared_login_came_later_and_was_invalidated,
    new_app_meets_its_login_invalidated,
)


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.__name__.replace("_", " "))
async def test_what_was_unusable_happens_again(lab: Lab, case: Case) -> None:
    await happens_again(lab, case)
