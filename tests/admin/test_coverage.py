"""`GET /admin/v1/coverage`: what apps were shown, and what they did about it."""

from xml.etree import ElementTree as ET

import pytest

from simulator.http.endpoint import CONTEXT
from simulator.storage.journal.coverage import counts, devices
from tests.support.lab import App, Lab
from tests.support.logins import Browser
from tests.support.replies import Json
from tests.support.worlds import BOX, TV, profile, world

HEADER = {"X-Device-Info": "eyJvc05hbWUiOiAiUm9rdSBPUyJ9"}


@pytest.fixture
async def tv(lab: Lab) -> App:
    """A TV that is logged in at LabCable."""
    await lab.seed(world(profiles=[profile("login")]))
    return await lab.app(TV, application="lab-app")


async def _met(lab: Lab, query: str = "", axis: str = "logout") -> dict[str, Json]:
    """The cells of an axis that were met."""
    found = await lab.admin("GET", f"coverage{query}")
    (axis_found,) = (each for each in found["axes"] if each["axis"] == axis)
    return {each["name"]: each for each in axis_found["cells"] if each["met"]}


async def _outcomes(lab: Lab, cell: str) -> dict[str, int]:
    axis, _, name = cell.partition(":")
    counted = (await _met(lab, axis=axis))[name]["outcomes"]
    return {each: number for each, number in counted.items() if number}


async def test_two_logouts_meet_two_rules_and_nothing_is_added_up(lab: Lab, tv: App) -> None:
    first, second = await tv.logout("LabCable"), await tv.logout("LabCable")
    met = await _met(lab)
    assert {name: each["last"] for name, each in met.items()} == {
        "L5": first.headers["X-Sim-Request-Id"],
        "L10": second.headers["X-Sim-Request-Id"],
    }
    assert [(each["met"], each["forced"]) for each in met.values()] == [(1, 0), (1, 0)]
    found = await lab.admin("GET", "coverage")
    assert {*found} == {"generation", "incomplete", "known", "required", "axes"}
    assert all({*each} == {"axis", "title", "cells"} for each in found["axes"])
    assert "total" not in str(found)
    assert "percent" not in str(found)


async def test_a_reset_keeps_what_was_met_and_since_narrows_it(lab: Lab, tv: App) -> None:
    await tv.logout("LabCable")
    generation = (await lab.admin("POST", "reset"))["generation"]
    await tv.get("profiles")
    assert [*await _met(lab)] == ["L5"]
    assert [*await _met(lab, f"?since=generation:{generation - 1}")] == ["L5"]
    assert [*await _met(lab, f"?since=generation:{generation}")] == []
    assert [*await _met(lab, "?since=current", "operations")] == ["profiles"]
    known = (await lab.admin("GET", "coverage"))["known"]
    assert known["generations"] == [generation - 1, generation]


async def test_delete_forgets_what_was_met_and_nothing_else(lab: Lab, tv: App) -> None:
    await tv.logout("LabCable")
    assert await lab.admin("DELETE", "coverage") == {"cleared": True}
    assert await _met(lab) == {}
    assert await lab.admin("DELETE", "coverage") == {"cleared": False}
    assert len((await lab.admin("GET", "requests"))["items"]) == 1


async def test_the_journal_may_be_emptied_and_the_counts_stay(lab: Lab, tv: App) -> None:
    for _ in range(3):
        await tv.logout("LabCable")
    await lab.admin("DELETE", "requests")
    assert {name: each["met"] for name, each in (await _met(lab)).items()} == {"L5": 1, "L10": 2}


async def test_filters_narrow_by_application_platform_and_device(lab: Lab, tv: App) -> None:
    box = (await lab.app(BOX, application="lab-app")).sending(**HEADER)
    await tv.logout("LabCable")
    await box.get("profiles")
    assert [*await _met(lab, f"?device={TV}", "operations")] == ["logout"]
    assert [*await _met(lab, f"?device={BOX}", "operations")] == ["profiles"]
    assert [*await _met(lab, "?platform=Roku", "operations")] == ["profiles"]
    assert [*await _met(lab, "?application=lab-app", "operations")] == ["profiles", "logout"]
    assert await _met(lab, "?application=nobody", "operations") == {}


async def test_a_forced_code_is_told_apart_from_one_that_came_of_itself(lab: Lab, tv: App) -> None:
    await tv.get("profiles/NOPE")
    await lab.admin("POST", "coverage/arm", {"cell": "codes:invalid_parameter_mvpd", "device": TV})
    await tv.get("profiles")
    code = (await _met(lab, "?application=lab-app", "codes"))["invalid_parameter_mvpd"]
    assert (code["met"], code["forced"]) == (2, 1)
    assert [*await _met(lab, axis="faults")] == ["error"]


async def test_what_the_app_did_then(lab: Lab, tv: App) -> None:
    url = (await tv.logged_out("LabCable"))["url"]
    assert await _outcomes(lab, "logout:L5") == {"open": 1}
    await Browser(lab=lab).open(url)
    assert await _outcomes(lab, "logout:L5") == {"well": 1}

    await lab.admin("POST", "coverage/arm", {"cell": "logout:L5", "device": TV})
    await tv.logout("LabCable")
    await lab.admin("POST", "clock/advance", {"by": "PT10M"})
    assert await _outcomes(lab, "logout:L5") == {"well": 1, "stopped": 1}

    for _ in range(5):
        await tv.get("profiles/NOPE")
    assert await _outcomes(lab, "codes:invalid_parameter_mvpd") == {"looped": 5}


async def test_another_sandbox_shows_nothing_of_it(lab: Lab, tv: App) -> None:
    await tv.logout("LabCable")
    await lab.admin("POST", "sandboxes", {"id": "coverage-b"})
    found = (await lab.call("GET", "/s/coverage-b/admin/v1/coverage")).json
    assert found["known"] == {"applications": [], "platforms": [], "devices": [], "generations": []}
    assert not any(cell["met"] for axis in found["axes"] for cell in axis["cells"])


async def test_devices_beyond_the_most_are_counted_together(
    lab: Lab, tv: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "MOST_DEVICES", 2)
    for name in ("one", "two", "three", "four"):
        await (await lab.app(name, application="lab-app")).logout("LabCable")
    known = (await lab.admin("GET", "coverage"))["known"]
    assert known["devices"] == [counts.OTHERS, "one", "two"]
    assert (await _met(lab))["L10"]["met"] == 4


async def test_generations_of_long_ago_become_one(
    lab: Lab, tv: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "MOST_GENERATIONS", 1)
    for _ in range(3):
        await tv.logout("LabCable")
        await lab.admin("POST", "reset")
    before = await _met(lab)
    engine = lab.client.app[CONTEXT].engine
    while await engine.transact(counts.fold):
        pass
    known = (await lab.admin("GET", "coverage"))["known"]
    assert known["generations"][0] == 0
    after = await _met(lab)
    assert {name: each["met"] for name, each in after.items()} == {
        name: each["met"] for name, each in before.items()
    }
    assert after["L5"]["last"] == before["L5"]["last"]


async def test_required_cells_fail_a_pipeline(lab: Lab, tv: App) -> None:
    await tv.logout("LabCable")
    query = "?require=logout:L5&require=logout:L6"
    found = await lab.admin("GET", f"coverage{query}")
    assert found["required"] == [
        {"cell": "logout:L5", "met": True},
        {"cell": "logout:L6", "met": False},
    ]
    reply = await lab.ask("GET", f"coverage{query}&format=junit")
    suites = ET.fromstring(reply.text)  # noqa: S314 - it is our own
    cases = {
        f"{case.get('classname')}:{case.get('name')}": [each.tag for each in case]
        for case in suites.iter("testcase")
    }
    assert cases["coverage.logout:L5"] == []
    assert cases["coverage.logout:L6"] == ["failure"]
    assert cases["coverage.logout:L1"] == ["skipped"]
    page = (await lab.ask("GET", "coverage?format=html")).text
    assert '<tr class="met"><td class="n">L5</td>' in page
    assert "pass-simulator coverage arm logout:L6" in page


async def test_what_makes_no_sense_is_refused_with_what_is_near(lab: Lab) -> None:
    for query, status, code, told in (
        ("?require=logout:L15&require=faults:dela", 422, "unknown_cell", "faults:delay"),
        ("?require=L5", 422, "unknown_cell", "logout:L5"),
        ("?client=x", 400, "unknown_filter", "client"),
        ("?since=yesterday", 400, "invalid_generation", "yesterday"),
        ("?format=pdf", 400, "invalid_format", "pdf"),
    ):
        error = await lab.refuses(status, code, "GET", f"coverage{query}")
        assert told in error["message"], query
