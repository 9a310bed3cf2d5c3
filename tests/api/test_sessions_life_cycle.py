"""The life of a session over HTTP: its status by what can be done with its code.

(Adobe: create session, API2, TTL1)
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import pytest

from tests.support.lab import App
from tests.support.logins import DONE, FULL, Browser, by_code, code_for, create, log_in, post
from tests.support.replies import Reply
from tests.support.shapes import assert_enhanced
from tests.support.worlds import BOX, TV, rule

UNKNOWN: Final = "invalid_authentication_session"


async def _authenticate(app: App, code: str) -> Reply:
    return await app.lab.call("GET", f"/api/v2/authenticate/{app.service_provider}/{code}")


async def _pending(app: App) -> str:
    return await code_for(app)


async def _incomplete(app: App) -> str:
    code: str = (await create(app, {"mvpd": "LabCable"}))["code"]
    return code


async def _started(app: App) -> str:
    code = await code_for(app)
    await Browser(lab=app.lab).open(f"/api/v2/authenticate/LABSP/{code}")
    return code


async def _completed(app: App) -> str:
    return await log_in(app)


async def _authorized(app: App) -> str:
    code: str = (await create(app))["code"]
    answer = (await post(app, f"sessions/{code}", {"mvpd": "TempBasic"})).data()
    assert answer["reasonType"] == "temporary"
    return code


async def _failed(app: App) -> str:
    code = await code_for(app)
    browser = Browser(lab=app.lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    assert (await browser.submit(page, action="cancel")).url == DONE
    return code


async def _superseded(app: App) -> str:
    code = await code_for(app)
    await code_for(app)
    return code


async def _expired(app: App) -> str:
    code = await code_for(app)
    app.lab.clock.advance(minutes=30)
    return code


async def _expired_after_login(app: App) -> str:
    code = await log_in(app)
    app.lab.clock.advance(minutes=30)
    return code


@dataclass(frozen=True, kw_only=True)
class State:
    """How a session gets there, and what each operation then answers.

    `resumed` is the name and reason of the action; `opens` says that a user agent gets on; `shown` is
    the type of the profile by code, if there is one. A session that is not `known` gives an error.
    """

    by: Callable[[App], Awaitable[str]]
    known: bool = True
    resumed: tuple[str, str] = ("authenticate", "none")
    opens: bool = False
    shown: str | None = None


STATES: Final = {
    "pending": State(by=_pending, opens=True),
    "pending, incomplete": State(by=_incomplete, resumed=("retry", "none")),
    "started": State(by=_started, opens=True),
    "completed": State(by=_completed, resumed=("authorize", "authenticated"), shown="regular"),
    "authorized": State(by=_authorized, resumed=("authorize", "temporary"), shown="temporary"),
    "failed": State(by=_failed, opens=True),
    "superseded": State(by=_superseded, known=False),
    "expired": State(by=_expired, known=False),
    "expired after the login": State(by=_expired_after_login, known=False),
}


@pytest.mark.parametrize("state", STATES.values(), ids=[*STATES])
async def test_what_each_operation_makes_of_a_session(app: App, state: State) -> None:
    code = await state.by(app)

    retrieved = await app.get(f"sessions/{code}")
    looked_up = await app.get(f"profiles/code/{code}")
    opened = await _authenticate(app, code)
    resumed = await post(app, f"sessions/{code}")

    assert opened.status == (302 if state.opens else 400)
    assert opened.headers.get("Content-Type", "").startswith("text/html") is not state.opens
    if not state.known:
        for reply in (retrieved, looked_up, resumed):
            assert_enhanced(reply, UNKNOWN)
        return
    assert retrieved.data()["existingParameters"]["serviceProvider"] == "LABSP"
    shown = looked_up.data()["profiles"]
    assert {each["type"] for each in shown.values()} == ({state.shown} if state.shown else set())
    answer = resumed.data()
    assert (answer["actionName"], answer["reasonType"]) == state.resumed


@pytest.mark.parametrize("state", STATES.values(), ids=[*STATES])
async def test_under_another_service_provider_a_code_is_unknown(app: App, state: State) -> None:
    code = await state.by(app)
    elsewhere = app.at("LABSP2")
    assert_enhanced(await elsewhere.get(f"sessions/{code}"), UNKNOWN)
    assert_enhanced(await elsewhere.get(f"profiles/code/{code}"), UNKNOWN)
    assert_enhanced(await post(elsewhere, f"sessions/{code}", FULL), UNKNOWN)
    assert (await _authenticate(elsewhere, code)).status == 400


async def test_a_code_lives_for_thirty_minutes(app: App) -> None:
    code = await code_for(app)
    app.lab.clock.advance(minutes=29, seconds=59, milliseconds=999)
    assert (await app.get(f"sessions/{code}")).status == 200
    app.lab.clock.advance(milliseconds=1)
    error = assert_enhanced(await app.get(f"sessions/{code}"), UNKNOWN)
    assert "expired" in error["message"]


async def test_resuming_a_session_does_not_prolong_it(app: App) -> None:
    code = (await create(app))["code"]
    app.lab.clock.advance(minutes=29)
    assert (await post(app, f"sessions/{code}", FULL)).data()["actionName"] == "authenticate"
    app.lab.clock.advance(minutes=1)
    assert (await _authenticate(app, code)).status == 400


async def test_a_code_that_expires_while_the_password_is_typed_is_of_no_use(app: App) -> None:
    code = await code_for(app)
    browser = Browser(lab=app.lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    app.lab.clock.advance(minutes=30)
    landed = await browser.submit(page, username="ann", password="secret")
    assert landed.page.status == 400
    assert "has expired" in landed.page.text
    assert await app.profiles() == {}


@pytest.mark.parametrize(
    "earlier",
    [_pending, _incomplete, _started, _failed],
    ids=["pending", "incomplete", "started", "failed"],
)
async def test_a_new_code_ends_the_old_one(
    app: App, earlier: Callable[[App], Awaitable[str]]
) -> None:
    old = await earlier(app)
    new = await code_for(app)
    assert new != old
    error = assert_enhanced(await app.get(f"profiles/code/{old}"), UNKNOWN)
    assert "newer" in error["message"]
    assert (await app.get(f"profiles/code/{new}")).status == 200


async def test_of_many_codes_at_once_one_is_left(app: App) -> None:
    codes = await asyncio.gather(*(code_for(app) for _ in range(20)))
    replies = [await app.get(f"sessions/{code}") for code in {*codes}]
    assert sorted(reply.status for reply in replies) == [200] + [400] * 19


async def test_a_login_that_was_completed_outlives_a_new_code(app: App) -> None:
    old = await _completed(app)
    await code_for(app, mvpd="LabDish")
    assert [*await by_code(app, old)] == ["LabCable"]


async def test_a_new_code_leaves_the_codes_of_others_alone(app: App) -> None:
    lab = app.lab
    others = [
        await lab.app(TV, client="app-2"),
        await lab.app(BOX, client="app-1"),
        app.at("LABSP2"),
    ]
    codes = [await code_for(each) for each in others]
    await code_for(app)
    for other, code in zip(others, codes, strict=True):
        assert (await other.get(f"sessions/{code}")).status == 200


async def test_an_answer_that_needs_no_login_leaves_the_old_code_alone(app: App) -> None:
    code = await code_for(app)
    assert (await create(app, {"mvpd": "TempBasic"}))["actionName"] == "authorize"
    assert (await app.get(f"sessions/{code}")).status == 200


async def test_a_login_that_failed_can_be_tried_again_with_the_same_code(app: App) -> None:
    code = await _failed(app)
    await Browser(lab=app.lab).log_in(f"/api/v2/authenticate/LABSP/{code}")
    assert [*await by_code(app, code)] == ["LabCable"]


async def test_a_started_login_can_begin_again_on_another_phone_or_at_another_mvpd(
    app: App,
) -> None:
    code = await _started(app)
    assert (await _authenticate(app, code)).status == 302
    await post(app, f"sessions/{code}", {"mvpd": "LabDish"})
    await Browser(lab=app.lab).log_in(f"/api/v2/authenticate/LABSP/{code}")
    assert [*await by_code(app, code)] == ["LabDish"]


async def test_who_has_logged_out_since_can_log_in_with_the_same_code(app: App) -> None:
    code = await _completed(app)
    await app.logged_out("LabCable")
    assert await by_code(app, code) == {}
    assert (await _authenticate(app, code)).status == 400
    # What says that a login is needed must open the way to it.
    answer = (await post(app, f"sessions/{code}")).data()
    assert answer["actionName"] == "authenticate"
    assert (await _authenticate(app, code)).status == 302


async def test_a_session_that_a_degradation_settled_opens_when_the_rule_is_gone(app: App) -> None:
    found = await app.lab.admin("POST", "degradations", {"id": "d", **rule("AuthNAll")})
    code = (await create(app))["code"]
    answer = (await post(app, f"sessions/{code}", FULL)).data()
    assert answer["reasonType"] == "degraded"
    assert (await by_code(app, code))["LabCable"]["type"] == "degraded"
    await app.lab.admin("DELETE", f"degradations/{found['id']}")
    assert await by_code(app, code) == {}
    assert (await post(app, f"sessions/{code}")).data()["actionName"] == "authenticate"
    assert (await _authenticate(app, code)).status == 302
