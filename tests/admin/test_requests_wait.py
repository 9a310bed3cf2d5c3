"""`POST /admin/v1/requests/wait`: answered when it has come about, or told what came instead."""

import asyncio
from typing import Any

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import FULL, create
from tests.support.replies import Json
from tests.support.worlds import TV, profile, world


@pytest.fixture
async def tv(lab: Lab) -> App:
    await lab.seed(world(subscribers=[{"id": "ann", "password": "secret"}]))
    return await lab.app(TV, client="app-1")


async def _wait(lab: Lab, timeout: str = "PT10S", **condition: Json) -> Json:  # noqa: ASYNC109 - as it is sent
    return await lab.admin("POST", "requests/wait", {"for": condition, "timeout": timeout})


async def test_a_code_is_waited_for(lab: Lab, tv: App) -> None:
    waiting = asyncio.create_task(_wait(lab, code={"device": TV}))
    answer = await create(tv, FULL)
    found = await waiting
    assert (found["met"], found["code"]["code"]) == (True, answer["code"])


async def test_a_profile_is_waited_for_and_its_end(lab: Lab, tv: App) -> None:
    code = (await create(tv, FULL))["code"]
    wanted = {"device": TV, "mvpd": "LabCable"}
    waiting = asyncio.create_task(_wait(lab, profile=wanted))
    await lab.admin("POST", f"codes/{code}/approve")
    found = await waiting
    assert (found["met"], found["profile"]["type"]) == (True, "regular")
    gone = asyncio.create_task(_wait(lab, profile=wanted | {"absent": True}))
    await tv.logout("LabCable")
    assert (await gone)["met"]


async def test_a_denial_is_waited_for(lab: Lab, tv: App) -> None:
    denied = {"device": TV, "resource": "LAB-GOLD", "authorized": False}
    waiting = asyncio.create_task(_wait(lab, decision=denied))
    path = "/api/v2/LABSP/decisions/authorize/LabCable"
    await lab.call("POST", path, tv.headers, json={"resources": ["LAB-GOLD"]})
    found = await waiting
    assert found["met"]
    assert found["request"]["decisions"] == [
        {"resource": "LAB-GOLD", "authorized": False, "code": "authenticated_profile_missing"}
    ]
    assert not (await _wait(lab, "PT0S", decision={"resource": "LAB-GOLD", "authorized": True}))[
        "met"
    ]


async def test_requests_are_waited_for(lab: Lab, tv: App) -> None:
    wanted = {"operation": "profiles", "at_least": 2}
    waiting = asyncio.create_task(_wait(lab, request=wanted))
    await tv.get("profiles")
    await tv.get("profiles")
    found = await waiting
    assert found["met"]
    assert [each["operation"] for each in found["requests"]] == ["profiles", "profiles"]


async def test_a_reset_in_between_is_followed(lab: Lab, tv: App) -> None:
    waiting = asyncio.create_task(_wait(lab, profile={"device": TV}))
    await lab.seed(world(profiles=[profile("fresh", client="app-1")]))
    assert (await waiting)["profile"]["id"] == "fresh"


async def test_when_the_time_is_over_it_says_what_came_instead(lab: Lab, tv: App) -> None:
    before = (await tv.get("profiles")).headers["X-Sim-Request-Id"]
    waiting = asyncio.create_task(_wait(lab, "PT0.3S", code={"device": TV}))
    sent = set()
    while not waiting.done():
        sent.add((await tv.get("profiles/LabCable")).headers["X-Sim-Request-Id"])
    found = await waiting
    assert not found["met"]
    told = {each["id"] for each in found["instead"]}
    assert told
    assert told <= sent
    assert before not in told


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"for": {}},
        {"for": {"weather": {}}},
        {"for": {"code": {}, "profile": {}}},
        {"for": {"code": {"colour": "red"}}},
        {"for": {"code": {}}, "timeout": "10"},
        {"for": {"code": {}}, "timeout": "-PT1S"},
        {"for": {"code": {}}, "timeout": "PT11M"},
        {"for": {"request": {"at_least": 0}}},
        {"for": {"decision": {"operation": "logout"}}},
    ],
)
async def test_what_cannot_be_waited_for_is_refused(lab: Lab, body: dict[str, Any]) -> None:
    assert (await lab.refused("POST", "requests/wait", body))["code"] == "invalid_document"
