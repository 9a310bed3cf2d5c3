"""Logins that a capture does not show, but takes for granted, happen again in the world learnt of it."""

from dataclasses import replace
from typing import Final

import pytest

from simulator.captures.learning.facts import Caller, Moment
from simulator.captures.learning.logins import Logins
from tests.support.lab import App, Lab
from tests.support.logins import DONE

from .playing import learnt, recorded
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
    registered,
    registered_client,
    resume,
    seed,
)

# An app that registered in the capture brought no login along


async def new_app_decides_by_single_sign_on(lab: Lab) -> None:
    await seed(lab, login(links=[LINK]))
    app = await registered(lab, "other")
    await ask(await as_ann(lab, app), "preauthorize", "Cable", "NEWS", "SPORT")
    await ask(app, "preauthorize", "Cable", "NEWS")
    await app.get("profiles")


async def new_app_meets_a_shared_login_that_is_over(lab: Lab) -> None:
    await seed(lab, login(links=[LINK], not_before="-PT2H", expires_in="-PT1M"))
    app = await registered(lab, "other")
    await ask(await as_ann(lab, app), "preauthorize", "Cable", "NEWS")
    await ask(app, "preauthorize", "Cable", "NEWS")


async def new_app_logs_out_of_a_temp_pass(lab: Lab) -> None:
    await seed(lab)
    app = await registered(lab)
    await app.logout("Trial", DONE)
    await app.get("profiles")


async def new_app_logs_out_while_degraded(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll", "until": "PT1M"}
    await seed(lab, degradations=[rule])
    app = await registered(lab)
    await app.logout("Cable", DONE)
    lab.clock.advance(minutes=2)
    await app.logout("Cable", DONE)
    await create(app)


async def new_app_comes_to_a_login_beside_the_capture(lab: Lab) -> None:
    await seed(lab)
    app = await registered(lab)
    await lab.admin("POST", "profiles", login(await registered_client(lab)))
    await ask(app, "preauthorize", "Cable", "NEWS", "SPORT")


# Whose login it is


async def session_is_shared(lab: Lab) -> None:
    await seed(lab, login(links=[LINK]))
    app = await app_of(lab, "second", "other")
    await create(await as_ann(lab, app))
    await create(app)


async def logout_is_shared(lab: Lab) -> None:
    await seed(lab, login(links=[LINK]))
    app = await app_of(lab, "second", "other")
    await (await as_ann(lab, app)).logout("Cable", DONE)
    await app.get("profiles")


async def login_that_is_over_is_shared(lab: Lab) -> None:
    await seed(lab, login(links=[LINK], not_before="-PT2H", expires_in="-PT1M"))
    app = await app_of(lab, "second", "other")
    await ask(await as_ann(lab, app), "preauthorize", "Cable", "NEWS")
    await ask(app, "preauthorize", "Cable", "NEWS")


async def login_that_is_over_makes_room(lab: Lab) -> None:
    await seed(lab, login(not_before="-PT2H", expires_in="-PT1M"))
    app = await app_of(lab)
    named = await as_ann(lab, app)
    code = await create(named)
    await ask(app, "preauthorize", "Cable", "NEWS")
    await approve(lab, code)
    await ask(
        await as_ann(lab, await app_of(lab, "second", "other")), "preauthorize", "Cable", "NEWS"
    )
    await create(app)


async def shared_login_lasts_as_long(lab: Lab) -> None:
    await seed(lab)
    await lab.admin("PATCH", "integrations/ONE:Cable", {"authentication_ttl": "PT6H"})
    app = await as_ann(lab, await app_of(lab))
    await approve(lab, await create(app))
    await (await as_ann(lab, await app_of(lab, "second", "other"))).get("profiles")


async def decides_while_a_code_waits(lab: Lab, app: App) -> None:
    """The login that another app comes to beside the capture is shared with one that has a code."""
    await create(app)
    lab.clock.advance(seconds=9)
    await lab.admin("POST", "profiles", login(links=[LINK]))
    await (await app_of(lab)).get("profiles")
    await ask(app, "preauthorize", "Cable", "NEWS")
    await app.get("profiles")


async def shared_login_denies_while_a_code_waits(lab: Lab) -> None:
    await seed(lab)
    app = await as_ann(lab, await app_of(lab, "second", "other"))
    await decides_while_a_code_waits(lab, app)
    await ask(app, "authorize", "Cable", "SPORT")


async def shared_login_denies_an_app_that_nobody_saw_before(lab: Lab) -> None:
    await seed(lab)
    app = await as_ann(lab, await app_of(lab, "second", "other"))
    await decides_while_a_code_waits(lab, app)
    await ask(replace(app, device="third"), "authorize", "Cable", "SPORT")


async def shared_login_is_not_reached_by_another_identity(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab, "second", "other")
    made = await lab.admin("POST", "subject-tokens", {"subject": "home", "expires_in": 9_000_000})
    home = app.sending(Adobe_Subject_Token=made["token"])
    await decides_while_a_code_waits(lab, await as_ann(lab, home))
    lab.clock.advance(seconds=9)
    await home.get("profiles")
    await ask(await app_of(lab), "authorize", "Cable", "SPORT")


# With which code somebody logged in, and when


async def code_outlives_a_newer_one(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await create(app, "Dish")
    await app.get(f"sessions/{code}")


async def code_is_resumed_after_a_newer_one(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await create(app, None)
    await resume(await app_of(lab, "second", "phone"), code, "Dish")


async def code_for_nobody_shows_its_profile(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app, None)
    await approve(lab, code, mvpd="Cable")
    await app.get("profiles")
    await app.get(f"profiles/code/{code}")


async def code_for_nobody_shows_where_the_login_was(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app, None)
    await approve(lab, code, mvpd="Cable")
    await app.get(f"sessions/{code}")
    await app.get("profiles")


async def code_for_nobody_leads_to_a_login_that_takes_the_place(lab: Lab) -> None:
    await seed(lab, login())
    app = await app_of(lab)
    await app.get("profiles")
    code = await create(app, None)
    await approve(lab, code, "bob", mvpd="Cable")
    await app.get(f"sessions/{code}")
    await app.get("profiles")


async def code_changes_its_mvpd_and_back(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    phone = await app_of(lab, "second", "phone")
    await resume(phone, code, "Dish")
    await create(app)
    await resume(phone, code, "Cable")
    await ask(app, "preauthorize", "Cable", "SPORT")


async def code_is_given_to_another_mvpd_for_who_is_logged_in(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    first = await create(app)
    await approve(lab, first)
    second = await create(app, "Dish")
    await ask(app, "preauthorize", "Cable", "NEWS")
    await resume(app, second, "Cable")
    await app.get(f"profiles/code/{first}")
    await app.get(f"profiles/code/{second}")


async def code_is_taken_twice_after_a_newer_one(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await create(app, "Dish")
    await invalidate(lab)
    await resume(app, code, "Dish")
    await resume(app, code, "Cable")
    await app.get(f"sessions/{code}")
    await lab.admin("POST", "profiles", login(mvpd="Dish"))
    await app.get("profiles")


async def code_takes_the_place_of_the_one_before(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    first = await create(app)
    await approve(lab, first)
    second = await create(app, None)
    await resume(await app_of(lab, "second", "phone"), first)
    await approve(lab, second, "bob", mvpd="Cable")
    await app.get(f"sessions/{second}")
    await app.get(f"profiles/code/{second}")


async def code_takes_the_place_and_shows_no_profile(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    first = await create(app)
    await approve(lab, first)
    second = await create(app, None)
    await resume(await app_of(lab, "second", "phone"), first)
    await approve(lab, second, mvpd="Cable")
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll"}
    lab.clock.advance(seconds=5)
    await lab.admin("POST", "degradations", rule)
    await app.get(f"profiles/code/{second}")
    await app.get(f"profiles/code/{first}")


CASES: Final[tuple[Case, ...]] = (
    new_app_decides_by_single_sign_on,
    new_app_meets_a_shared_login_that_is_over,
    new_app_logs_out_of_a_temp_pass,
    new_app_logs_out_while_degraded,
    new_app_comes_to_a_login_beside_the_capture,
    session_is_shared,
    logout_is_shared,
    login_that_is_over_is_shared,
    login_that_is_over_makes_room,
    shared_login_lasts_as_long,
    shared_login_denies_while_a_code_waits,
    shared_login_denies_an_app_that_nobody_saw_before,
    shared_login_is_not_reached_by_another_identity,
    code_outlives_a_newer_one,
    code_is_resumed_after_a_newer_one,
    code_for_nobody_shows_its_profile,
    code_for_nobody_shows_where_the_login_was,
    code_for_nobody_leads_to_a_login_that_takes_the_place,
    code_changes_its_mvpd_and_back,
    code_is_given_to_another_mvpd_for_who_is_logged_in,
    code_is_taken_twice_after_a_newer_one,
    code_takes_the_place_of_the_one_before,
    code_takes_the_place_and_shows_no_profile,
)


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.__name__.replace("_", " "))
async def test_what_is_not_shown_happens_again(lab: Lab, case: Case) -> None:
    await happens_again(lab, case)


async def test_a_code_for_nobody_that_outlives_a_newer_one_is_for_no_mvpd(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app, None)
    await approve(lab, code, mvpd="Cable")
    await app.logout("Cable", DONE)
    await create(app, "Dish")
    await app.get(f"profiles/code/{code}")
    await app.get("profiles")
    archive = await recorded(lab)
    missed, missing = list[str](), Logins.missing

    def noted(logins: Logins, caller: Caller, mvpd: str, now: Moment) -> None:
        missed.append(mvpd)
        missing(logins, caller, mvpd, now)

    monkeypatch.setattr(Logins, "missing", noted)
    learnt(archive)
    assert {*missed} == {"Cable", "Dish"}
