"""An answer that the others contradict is the one that differs, and they are not."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from tests.support.lab import Lab
from tests.support.logins import DONE

from .playing import graded, learnt, recorded
from .small_world import (
    LINK,
    app_of,
    approve,
    as_ann,
    ask,
    create,
    login,
    partner,
    partnered,
    resume,
    seed,
)
from .test_altered import named

Json = Any
Journey = Callable[[Lab], Awaitable[None]]


async def shown_thrice(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    await approve(lab, await create(app))
    for _ in range(3):
        lab.clock.advance(seconds=5)
        await app.get("profiles")


async def shown_and_used(lab: Lab) -> None:
    await shown_thrice(lab)
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await ask(app, "preauthorize", "Cable", "NEWS", "SPORT")
    lab.clock.advance(seconds=5)
    await app.get("profiles/Cable")


async def shared_thrice(lab: Lab) -> None:
    await seed(lab, login("second", device="other", links=[LINK], not_before="-PT1H"))
    app = await as_ann(lab, await app_of(lab))
    for _ in range(3):
        lab.clock.advance(seconds=5)
        await app.get("profiles")


async def asked_for_after_a_while(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    await app.get("configuration")
    lab.clock.advance(seconds=20)
    await approve(lab, await create(app))
    await app.get("profiles/Cable")


async def degraded(lab: Lab) -> None:
    rule = {"service_provider": "ONE", "mvpd": "Cable", "rule": "AuthNAll", "until": "PT30M"}
    await seed(lab, degradations=[rule])
    app = await app_of(lab)
    await app.get("profiles/Cable")
    lab.clock.advance(seconds=5)
    await ask(app, "authorize", "Cable", "NEWS")
    await create(app)
    await app.logout("Cable", DONE)


async def by_a_partner(lab: Lab) -> None:
    await seed(lab)
    app = await partnered(lab)
    await partner(app)
    await app.logout("Cable", DONE)


async def resumed(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    code = await create(app, None)
    await app.get(f"sessions/{code}")
    await resume(app, code)
    await approve(lab, code)
    await app.get("profiles/Cable")


async def logged_out(lab: Lab) -> None:
    await seed(lab, login())
    app = await app_of(lab)
    await create(app)
    await app.logout("Cable", DONE)
    await create(app)


def _put(*path: str | int, to: Json) -> Callable[[Json], None]:
    def alter(answer: Json) -> None:
        at = answer
        for each in path[:-1]:
            at = at[each]
        at[path[-1]] = to(at[path[-1]]) if callable(to) else to

    return alter


DAY: Final = 86_400_000
ODD: Final[dict[str, tuple[Journey, int, Callable[[Json], None], str]]] = {
    "a login that is there before and after": (shown_thrice, 2, _put("profiles", to={}),
        "$.profiles.Cable"),
    "a login that is there from the beginning": (shown_thrice, 1, _put("profiles", to={}),
        "$.profiles.Cable"),
    "a shared login that is there before and after": (shared_thrice, 1, _put("profiles", to={}),
        "$.profiles.Cable"),
    "a login that begins before nobody had one": (asked_for_after_a_while, 2,
        _put("profiles", "Cable", "notBefore", to=lambda at: at - 15_000),
        "$.profiles.Cable.notBefore"),
    "a login that decides before it is shown again": (shown_and_used, 3, _put("profiles", to={}),
        "$.profiles.Cable"),
    "a login that decides at its MVPD before it is shown again": (shown_and_used, 4,
        _put("profiles", to={}), "$.profiles.Cable"),
    "a beginning that is another later on": (shown_thrice, 2,
        _put("profiles", "Cable", "notBefore", to=lambda at: at - 5_000),
        "$.profiles.Cable.notBefore"),
    "a beginning that is not said later on": (shown_thrice, 2,
        _put("profiles", "Cable", "notBefore", to=None), "$.profiles.Cable.notBefore"),
    "a beginning that is to come": (shown_thrice, 2,
        _put("profiles", "Cable", "notBefore", to=lambda at: at + DAY),
        "$.profiles.Cable.notBefore"),
    "a rule's decision of nobody": (degraded, 1, _put("decisions", 0, "source", to=None),
        "$.decisions[0].source"),
    "a rule's decision of no known end": (degraded, 1, _put("decisions", 0, "notAfter", to=str),
        "$.decisions[0].notAfter"),
    "a rule's session for no known reason": (degraded, 2, _put("reasonType", to="other"),
        "$.reasonType"),
    "a rule's session that says nothing": (degraded, 2, lambda answer: answer.clear(), "$"),
    "a partner's profile of no type": (by_a_partner, 1, _put("profiles", "Cable", "type", to=None),
        "$.profiles.Cable.type"),
    "a partner's logout of another name": (by_a_partner, 2,
        _put("logouts", "Cable", "actionName", to="logout"), "$.logouts.Cable.actionName"),
    "a session whose code stands in its url": (resumed, 0, _put("code", to=["none"]), "$.code"),
    "a session that says to log in where one is": (logged_out, 0,
        _put("actionName", to="authenticate"), "$.actionName"),
    "a logout of nobody that leads to the MVPD": (logged_out, 1,
        _put("logouts", "Cable", "actionName", to="invalid"), "$.logouts.Cable.actionName"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
async def test_the_odd_answer_differs_and_no_other(lab: Lab, name: str) -> None:
    journey, which, alter, what = ODD[name]
    await journey(lab)
    archive = await recorded(lab)
    world = learnt(archive).document
    assert named(await graded(lab, archive, world=world)) == []
    entry = archive["log"]["entries"][which]
    answer = json.loads(entry["response"]["content"]["text"])
    alter(answer)
    entry["response"]["content"]["text"] = json.dumps(answer)
    grade = await graded(lab, archive, world=world)
    assert named(grade) == [(entry["_sim"]["operation"], what)]


async def test_a_login_of_somebody_whom_the_world_does_not_have_is_nobodys(lab: Lab) -> None:
    await seed(lab)
    app = await app_of(lab)
    await app.get("profiles/Cable")
    await lab.admin("POST", "profiles", login())
    await app.get("profiles/Cable")
    archive = await recorded(lab)
    world = {**learnt(archive).document, "subscribers": [{"id": "other"}]}
    grade = await graded(lab, archive, world=world)
    assert named(grade) == []
    (problem,) = grade.problems
    assert "so it was nobody" in problem
