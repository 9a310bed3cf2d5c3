"""With which code somebody had logged in, or nobody had, which shows only when it is used again."""

from typing import Final

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import DONE, post

from .small_world import (
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


async def code_of_an_mvpd_before_did_not_lead_to_a_login(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    lab.clock.advance(minutes=2)
    await resume(app, code, "Dish")
    await ask(app, "preauthorize", "Cable", "NEWS")
    lab.clock.advance(minutes=2)
    await approve(lab, await create(app, None), mvpd="Cable")
    await create(app)


async def code_of_an_mvpd_before_did_not_lead_to_a_login_beside(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    lab.clock.advance(minutes=2)
    await resume(app, code, "Dish")
    await app.get("profiles/Cable")
    lab.clock.advance(minutes=2)
    await lab.admin("POST", "profiles", login())
    await ask(app, "preauthorize", "Cable", "NEWS")


async def code_for_nobody_that_outlives_another_led_to_a_login(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app, None)
    await approve(lab, code, mvpd="Cable")
    await create(app, "Dish")
    await app.get("profiles")
    await app.logout("Cable", DONE)
    await app.get(f"profiles/code/{code}")


async def code_for_nobody_that_outlives_another_is_retrieved(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app, None)
    await approve(lab, code, mvpd="Cable")
    await create(app, "Dish")
    await app.get("profiles")
    await resume(app, code, "Dish")


async def login_takes_the_place_of_a_partners_without_its_status(lab: Lab) -> None:
    await seed(lab)
    app = await partnered(lab)
    code = await create(app)
    await partner(app)
    await app.get("profiles/Cable")
    await approve(lab, code)
    await create(app)
    await app.get("profiles/Cable")


async def code_is_open_again_after_a_newer_one(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await invalidate(lab)
    await create(app)
    await app.get(f"sessions/{code}")
    await resume(app, code)
    await approve(lab, code, "bob")
    await app.get(f"profiles/code/{code}")


async def code_is_open_again_after_a_newer_one_for_an_mvpd_of_its_own(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app)
    await approve(lab, code)
    await invalidate(lab)
    await create(app, "Dish")
    await app.get(f"profiles/code/{code}")
    await resume(app, code)
    await approve(lab, code, "bob")
    lab.clock.advance(seconds=5)
    await app.get("profiles")


CASES: Final[tuple[Case, ...]] = (
    code_is_used_again_after_its_login_was_invalidated,
    code_is_used_again_after_its_login_was_over,
    code_for_nobody_led_to_a_login_that_has_gone,
    code_for_nobody_led_to_a_login_that_is_over_later,
    refused_code_did_not_lead_to_a_login,
    refused_code_did_not_lead_to_the_login_of_a_later_one,
    refused_code_is_none_that_somebody_used_before,
    code_of_an_mvpd_before_did_not_lead_to_a_login,
    code_of_an_mvpd_before_did_not_lead_to_a_login_beside,
    code_for_nobody_that_outlives_another_led_to_a_login,
    code_for_nobody_that_outlives_another_is_retrieved,
    login_takes_the_place_of_a_partners_without_its_status,
    code_is_open_again_after_a_newer_one,
    code_is_open_again_after_a_newer_one_for_an_mvpd_of_its_own,
)


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.__name__.replace("_", " "))
async def test_what_codes_led_to_happens_again(lab: Lab, case: Case) -> None:
    await happens_again(lab, case)
