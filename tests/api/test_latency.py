"""Providers that take their time: only those wait who asked them, and not for ever."""

import asyncio
from typing import Any, Final

import pytest

from simulator.services.device import provider_latency
from tests.support.decisions import (
    AUTHORIZE,
    PREAUTHORIZE,
    decisions,
    outcome,
    permit,
    seeded,
    viewer,
)
from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, Browser, code_for
from tests.support.replies import Json
from tests.support.worlds import BOX, TV, world

LATE: Final = "maximum_execution_time_exceeded"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long would have been waited, in seconds; nobody really waits."""
    found: list[float] = []

    async def sleep(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr(provider_latency, "sleep", sleep)
    return found


def _slow(document: Json, **latency: object) -> Json:
    document["mvpds"] = [
        {**each, "latency": latency} if each["id"] == "LabCable" else each
        for each in document["mvpds"]
    ]
    return document


async def _app(lab: Lab, **latency: object) -> App:
    return await seeded(lab, _slow(viewer(entitlements=["LAB-LIVE"]), **latency))


@pytest.mark.parametrize("operation", [AUTHORIZE, PREAUTHORIZE])
async def test_a_decision_takes_as_long_as_the_provider(
    lab: Lab, waits: list[float], operation: str
) -> None:
    app = await _app(lab, authorization=2)
    assert await outcome(app, operation=operation) == permit()
    assert waits == [2.0]


async def test_what_is_cached_is_not_asked_for_again(lab: Lab, waits: list[float]) -> None:
    app = await _app(lab, authorization=2)
    assert [await outcome(app) for _ in range(3)] == [permit()] * 3
    assert waits == [2.0]


async def test_a_provider_that_is_not_asked_takes_no_time(lab: Lab, waits: list[float]) -> None:
    app = await _app(lab, authorization=2)
    assert await outcome(app, mvpd="TempBasic") == permit("temppass")
    await lab.admin("DELETE", "profiles/login")
    assert (await outcome(app))[1] == "authenticated_profile_missing"
    await lab.admin("POST", "degradations",
                    {"service_provider": "LABSP", "mvpd": "LabCable", "rule": "AuthZAll"})  # fmt: skip
    assert await outcome(app) == permit("degradation")
    assert waits == []


async def test_several_resources_are_one_exchange(lab: Lab, waits: list[float]) -> None:
    app = await _app(lab, authorization=2)
    await decisions(app, "LAB-LIVE", "a", "b", operation=PREAUTHORIZE)
    assert waits == [2.0]


@pytest.mark.parametrize("operation", [AUTHORIZE, PREAUTHORIZE])
async def test_the_time_budget_ends_the_wait(lab: Lab, waits: list[float], operation: str) -> None:
    app = await _app(lab, authorization=31)
    before = await lab.state()
    assert await outcome(app, operation=operation) == ("mvpd", LATE)
    assert waits == [30.0]
    assert await lab.state() == before
    await lab.settings(decisions__time_budget=60)
    assert await outcome(app, operation=operation) == permit()
    assert waits == [30.0, 31.0]


async def test_what_was_permitted_earlier_stands_while_the_rest_is_late(
    lab: Lab, waits: list[float]
) -> None:
    document = viewer(entitlements=["one", "two"])
    for each in document["integrations"]:
        each["authorize_limit"] = 2
    app = await seeded(lab, document)
    assert await outcome(app, "one") == permit()
    await lab.admin("PATCH", "mvpds/LabCable", {"latency": {"authorization": 100}})
    items = await decisions(app, "one", "two")
    assert [each.get("error") for each in items] == [None, LATE]


async def test_times_are_drawn_from_the_id_seed(lab: Lab, waits: list[float]) -> None:
    document = _slow(viewer(), authorization={"at_least": 1, "at_most": 5})
    document["settings"] = {"id_seed": "the same each time"}
    rounds = []
    for _ in range(2):
        app = await seeded(lab, document)
        for resource in ("a", "b", "c"):
            await outcome(app, resource)
        rounds.append([*waits])
        waits.clear()
    assert rounds[0] == rounds[1]
    assert len({*rounds[0]}) == 3
    assert all(1 <= each <= 5 for each in rounds[0])


async def test_the_journal_tells_once_what_was_found_and_how_long_it_took(
    lab: Lab, waits: list[float]
) -> None:
    app = await _app(lab, authorization=2)
    await outcome(app)
    (entry,) = (await lab.admin("GET", "requests?operation=authorize"))["items"]
    assert "the provider took 2.00 s for the authorization" in entry["explanation"]
    assert len(entry["explanation"]) == len({*entry["explanation"]})
    assert len(entry["changes"]["created"]) == 1


async def _browse(lab: Lab, device: str = TV, **answers: str) -> tuple[Browser, Any]:
    code = await code_for(await lab.app(device, client="app-1"))
    browser = Browser(lab=lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    return browser, await browser.submit(page, **answers)


async def test_a_login_takes_as_long_as_the_provider(lab: Lab, waits: list[float]) -> None:
    await lab.seed(_slow(world(subscribers=[ANN]), login=3))
    browser, landed = await _browse(lab, username="ann", password="secret")
    assert (landed.url, waits) == (DONE, [3.0])
    # The wrong password, and the login without a form that its own session makes, as well.
    await _browse(lab, "third", username="ann", password="wrong")
    code = await code_for(await lab.app(BOX, client="app-1"))
    assert (await browser.open(f"/api/v2/authenticate/LABSP/{code}")).url == DONE
    assert waits == [3.0] * 3


async def test_cancelling_takes_no_time(lab: Lab, waits: list[float]) -> None:
    await lab.seed(_slow(world(subscribers=[ANN]), login=3))
    _, landed = await _browse(lab, action="cancel")
    assert (landed.url, waits) == (DONE, [])


async def test_nobody_else_waits(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others write and read while the provider is out: no transaction is held."""
    waiting, answered = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        waiting.set()
        await answered.wait()

    monkeypatch.setattr(provider_latency, "sleep", sleep)
    app = await _app(lab, authorization=2)
    late = asyncio.create_task(outcome(app))
    await waiting.wait()
    await lab.admin("POST", "profiles",
                         {"id": "other", "service_provider": "LABSP", "mvpd": "LabDish",
                          "device": BOX})  # fmt: skip
    assert [*await (await lab.app(BOX)).profiles()] == ["LabDish"]
    assert not late.done()
    answered.set()
    assert await late == permit()


async def test_what_happens_meanwhile_counts(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(seconds: float) -> None:
        await lab.admin("POST", "profiles/login/expire")

    monkeypatch.setattr(provider_latency, "sleep", sleep)
    app = await _app(lab, authorization=2)
    assert (await outcome(app))[1] == "authenticated_profile_expired"


@pytest.mark.parametrize(
    ("latency", "path"),
    [
        ({"login": -1}, "login.seconds"),
        ({"authorization": 601}, "authorization.seconds"),
        ({"authorization": "fast"}, "authorization"),
        ({"authorization": {"seconds": 1, "median": 2}}, "authorization"),
        ({"authorization": {"at_least": 2, "at_most": 1}}, "authorization"),
        ({"authorization": {"median": 2}}, "authorization"),
        ({"logout": 1}, "logout"),
        (3, ""),
    ],
)
async def test_a_latency_that_cannot_be(lab: Lab, latency: Json, path: str) -> None:
    await lab.seed(world())
    before = await lab.state()
    error = await lab.refused("PATCH", "mvpds/LabCable", {"latency": latency})
    assert error["status"] == 422
    assert [each["path"] for each in error["fields"]] == [f"latency.{path}".rstrip(".")]
    assert await lab.state() == before


async def test_a_latency_is_shown_exported_and_taken_away(lab: Lab) -> None:
    wanted = {"login": {"median": 1.5, "sigma": 0.5}, "authorization": {"seconds": 0.25}}
    await lab.seed(_slow(world(), **wanted))
    shown = await lab.admin("GET", "mvpds/LabCable")
    assert shown["latency"] == wanted
    exported = await lab.admin("GET", "state")
    await lab.seed(exported)
    assert await lab.admin("GET", "state") == exported
    assert (await lab.admin("GET", "mvpds/LabCable"))["latency"] == wanted
    gone = await lab.admin("PATCH", "mvpds/LabCable", {"latency": None})
    assert gone["latency"] is None
