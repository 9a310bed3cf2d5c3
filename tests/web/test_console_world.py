"""The world of a sandbox on the console: scenario, snapshots, clock, faults and switches."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import MakeLab
from tests.support.console import Console
from tests.support.lab import App, Lab
from tests.support.replies import Json
from tests.support.worlds import TV, profile, rule, world

ALERT: Final = "//*[@role='alert']"


@pytest.fixture
async def app(lab: Lab) -> App:
    document = world(profiles=[profile("home")], degradations=[rule("AuthNAll", "LabDish")])
    await lab.seed(document | {"title": "A lab <b>of</b> ours", "description": "For tests."})
    return await lab.app(TV, client="app-1")


async def _sandbox(lab: Lab) -> Json:
    return await lab.admin("GET", "sandboxes/default")


async def test_the_world_at_a_glance(app: App, console: Console) -> None:
    await app.logout("LabCable")
    page = await console.open("/world")
    [scenario] = page.texts("//section[@aria-labelledby='scenario']")
    assert "lab A lab <b>of</b> ours generation 2" in scenario
    assert "1 profile changed since" in scenario
    assert "AuthNAll LABSP at LabDish in force Remove" in page.texts("//li")
    [clock] = page.texts("//section[@aria-labelledby='clock']")
    assert "2026-01-01 00:00:00 UTC It runs" in clock


# Scenario


async def test_seeding_another_scenario(app: App, console: Console) -> None:
    page = await console.act("/world/seed", scenario="logout-samples", mode="replace")
    assert "The scenario is in force." in page.told
    assert (await _sandbox(app.lab))["baseline"] == "logout-samples"


async def test_merging_a_scenario_into_the_world(app: App, console: Console) -> None:
    await console.act("/world/seed", scenario="logout-samples", mode="merge")
    found = await _sandbox(app.lab)
    assert (found["baseline"], found["generation"]) == ("lab", 2)
    assert len(await app.lab.profile_ids()) > 1


async def test_an_unknown_scenario_is_refused(app: App, console: Console) -> None:
    told = await console.refused("/world/seed", 404, scenario="logout-sample")
    assert "Did you mean 'logout-samples'" in told
    assert (await _sandbox(app.lab))["generation"] == 2


async def test_resetting_emptying_and_coming_back_to_a_snapshot(app: App, console: Console) -> None:
    await app.logout("LabCable")
    page = await console.act("/world/snapshots", name="signed-out")
    assert any(each.startswith("signed-out ") for each in page.texts("//li"))
    await console.act("/world/reset")
    assert await app.lab.profile_ids() == {"home"}
    await console.act("/world/reset", target="snapshot:signed-out")
    assert await app.lab.profile_ids() == set()
    await console.act("/world/reset", target="empty")
    assert (await app.lab.admin("GET", "mvpds"))["items"] == []
    await console.act("/world/snapshots/delete", name="signed-out")
    assert (await app.lab.admin("GET", "snapshots"))["items"] == []


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/world/reset", {"target": "nowhere"}, 400),
        ("/world/reset", {"target": "snapshot:none"}, 404),
        ("/world/snapshots", {}, 422),
        ("/world/snapshots", {"name": "a b"}, 422),
        ("/world/snapshots", {"name": "x" * 101}, 422),
        ("/world/snapshots/delete", {"name": "none"}, 404),
        ("/world/seed", {}, 404),
        ("/world/clock", {}, 400),
        ("/world/clock", {"what": "advance"}, 400),
        ("/world/clock", {"what": "advance", "by": "-5"}, 400),
        ("/world/clock", {"what": "advance", "by": "9" * 15}, 400),
        ("/world/settings", {"name": "no-such-switch", "value": "1"}, 422),
        ("/world/settings", {"name": "cors", "value": "perhaps"}, 422),
        ("/world/settings", {"name": "access_token.lifetime", "value": "soon"}, 422),
        ("/world/settings", {"name": "access_token.lifetime", "value": "0"}, 422),
        ("/world/settings", {"name": "logout.url", "value": "sideways"}, 422),
        ("/world/settings", {"value": "x"}, 422),
        ("/world/faults", {}, 422),
        ("/world/faults", {"kind": "error"}, 422),
        ("/world/faults", {"kind": "error", "code": "unheard_of"}, 422),
        ("/world/faults", {"kind": "status", "status": "abc"}, 422),
        ("/world/faults", {"kind": "delay", "seconds": "-1"}, 422),
        ("/world/faults", {"kind": "delay", "seconds": "1.2.3"}, 422),
        ("/world/faults", {"kind": "throttle", "times": "few"}, 422),
        ("/world/faults", {"kind": "throttle", "operation": "dance"}, 422),
        ("/world/faults/delete", {"id": "none"}, 404),
        ("/world/faults/delete", {}, 404),
    ],
)
async def test_what_cannot_be_done_is_told_and_changes_nothing(
    app: App, console: Console, path: str, fields: Mapping[str, str], status: int
) -> None:
    before = await app.lab.state(), await _sandbox(app.lab)
    assert await console.refused(path, status, **fields)
    assert (await app.lab.state(), await _sandbox(app.lab)) == before


# Clock


async def test_the_clock_is_moved_on_by_the_buttons(app: App, console: Console) -> None:
    page = await console.open("/world")
    steps = page.attributes("//form[starts-with(@id, 'step-')]//input[@name='by']", "value")
    assert len(steps) == 4
    for by in steps:
        page = await console.act("/world/clock", what="advance", by=by)
    # A minute, half an hour, six hours and a day.
    assert page.texts("//*[@data-clock]") == ["2026-01-02 06:31:00 UTC"]
    assert "1 d 6 h ahead of real time" in page.reply.text
    page = await console.act("/world/clock", what="reset")
    assert page.texts("//*[@data-clock]") == ["2026-01-01 00:00:00 UTC"]


async def test_the_clock_is_stopped_and_goes_on(app: App, console: Console) -> None:
    page = await console.act("/world/clock", what="freeze")
    app.lab.clock.advance(hours=1)
    assert (
        "It stands still, 1 h 0 min behind real time" in (await console.open("/world")).reply.text
    )
    assert "/console/world/clock" in page.forms
    await console.act("/world/clock", what="run")
    app.lab.clock.advance(hours=1)
    assert (await app.lab.admin("GET", "clock"))["now"] == "2026-01-01T01:00:00.000Z"


# Faults


async def test_a_fault_for_one_device_is_ordered_counted_and_removed(
    app: App, console: Console
) -> None:
    page = await console.open(f"/world?device={TV}")
    assert page.attributes("//input[@name='device']", "value") == [TV]
    page = await console.act(
        "/world/faults", kind="error", code="internal_server_error", device=TV, times="1"
    )
    assert any(
        "device living-room-tv, 1 times; struck 0 of 0" in each for each in page.texts("//li")
    )
    other = await app.lab.app("other", client="app-2")
    assert (await other.get("profiles")).status == 200
    assert (await app.get("profiles")).status == 500
    assert (await app.get("profiles")).status == 200
    page = await console.open("/world")
    assert any("struck 1 of 2" in each for each in page.texts("//li"))
    [fault] = page.attributes(
        "//form[contains(@action, 'faults/delete')]/input[@name='id']", "value"
    )
    await console.act("/world/faults/delete", id=fault)
    assert (await app.lab.admin("GET", "faults"))["items"] == []


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ({"kind": "status", "status": "503", "code": "x"}, {"kind": "status", "status": 503}),
        (
            {"kind": "error", "code": "ours", "status": "503"},
            {"kind": "error", "code": "ours", "status": 503},
        ),
        ({"kind": "delay", "seconds": "0.5"}, {"kind": "delay", "seconds": 0.5}),
        ({"kind": "throttle", "status": "1"}, {"kind": "throttle"}),
        ({"kind": "hang", "seconds": "3"}, {"kind": "hang", "seconds": 3}),
        ({"kind": "hang"}, {"kind": "hang"}),
        ({"kind": "truncate"}, {"kind": "truncate"}),
    ],
)
async def test_each_kind_of_fault_takes_what_is_meant_for_it(
    app: App, console: Console, fields: dict[str, str], action: Json
) -> None:
    await console.act("/world/faults", **fields, operation="logout", skip="2")
    [fault] = (await app.lab.admin("GET", "faults"))["items"]
    assert (fault["action"], fault["match"], fault["skip"]) == (action, {"operation": "logout"}, 2)


async def test_all_faults_are_removed_at_once(app: App, console: Console) -> None:
    for _ in range(2):
        await console.act("/world/faults", kind="throttle")
    assert "No fault is left." in (await console.act("/world/faults/clear")).told
    assert (await app.lab.admin("GET", "faults"))["items"] == []


async def test_the_form_knows_every_kind_of_fault_that_there_is(console: Console) -> None:
    document = await console.lab.admin("GET", "openapi.json")
    known = {
        schema["properties"]["kind"]["const"]
        for name, schema in document["components"]["schemas"].items()
        if name.endswith("Action")
    }
    page = await console.open("/world")
    assert {*page.attributes("//select[@name='kind']/option", "value")} == known


# Settings


async def test_switches_that_are_set_stand_out_and_go_back(app: App, console: Console) -> None:
    assert "Every switch stands at its default." in (await console.open("/world")).reply.text
    await console.act("/world/settings", name="logout.url", value="absolute")
    await console.act("/world/settings", name="cors", value="false")
    page = await console.act("/world/settings", name="access_token.lifetime", value="60")
    switches = await app.lab.admin("GET", "settings")
    set_here = {
        name: each["value"] for name, each in switches.items() if each["source"] == "sandbox"
    }
    assert set_here == {"logout.url": "absolute", "cors": False, "access_token.lifetime": 60}
    assert len(page.texts("//*[text()='set here']")) == 3
    page = await console.act("/world/settings", name="cors")
    assert len(page.texts("//*[text()='set here']")) == 2


async def test_the_page_goes_on_by_itself(app: App, console: Console) -> None:
    [live] = (await console.open("/world")).attributes("//*[@id='world']", "hx-get")
    app.lab.clock.advance(seconds=5)
    assert (await app.lab.call("GET", live)).status == 204
    await app.logout("LabCable")
    assert "1 profile changed" in (await app.lab.call("GET", live)).text


# What resets keep, degradation, and what leads nowhere


async def test_what_a_reset_keeps_is_chosen_for_once_and_for_all(
    app: App, console: Console
) -> None:
    async def registered() -> bool:
        clients = (await app.lab.admin("GET", "clients"))["items"]
        return "new" in {each["id"] for each in clients}

    application = (await app.lab.admin("GET", "applications"))["items"][0]
    client = {"id": "new", "application": application["id"]}
    await app.lab.admin("POST", "clients", client)
    await console.act("/world/reset", keep="clients")
    assert await registered()
    await console.act("/world/keep", keep="nothing")
    assert (await _sandbox(app.lab))["keep"] == []
    await console.act("/world/reset")
    assert not await registered()
    await console.act("/world/keep", keep="clients")
    await app.lab.admin("POST", "clients", client)
    await console.act("/world/reset")
    assert await registered()
    await console.act("/world/reset", keep="nothing")
    assert not await registered()


async def test_degradation_is_applied_and_removed(app: App, console: Console) -> None:
    page = await console.act(
        "/world/degradations", rule="AuthZNone", at="LABSP/LabCable", until="PT1H", message="Soon."
    )
    assert any(
        each.startswith("AuthZNone LABSP at LabCable in force until 2026-01-01 01:00:00 UTC")
        for each in page.texts("//li")
    )
    [found] = (await app.lab.admin("GET", "degradations?mvpd=LabCable"))["items"]
    assert found["message"] == "Soon."
    await console.act("/world/degradations/delete", id=found["id"])
    assert (await app.lab.admin("GET", "degradations?mvpd=LabCable"))["items"] == []


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/world/degradations", {}, 422),
        ("/world/degradations", {"rule": "AuthNAll", "at": "LABSP/Nobody"}, 422),
        ("/world/degradations", {"rule": "Nonsense", "at": "LABSP/LabCable"}, 422),
        ("/world/degradations", {"rule": "AuthNAll", "at": "LABSP/LabCable", "until": "x"}, 422),
        ("/world/degradations/delete", {"id": "none"}, 404),
        ("/world/keep", {"keep": "profiles"}, 422),
        ("/world/reset", {"keep": "all"}, 422),
        ("/world/reset", {"target": "empty", "keep": "clients"}, 400),
        ("/world/seed", {"scenario": "demo", "keep": "all"}, 422),
    ],
)
async def test_these_forms_refuse_what_cannot_be_done(
    app: App, console: Console, path: str, fields: Mapping[str, str], status: int
) -> None:
    before = await app.lab.state(), await _sandbox(app.lab)
    assert await console.refused(path, status, **fields)
    assert (await app.lab.state(), await _sandbox(app.lab)) == before


async def test_what_leads_nowhere_in_a_scenario_is_shown_when_it_is_seeded(
    lab_with: MakeLab, tmp_path: Path
) -> None:
    (tmp_path / "bare.yaml").write_text("name: bare\nmvpds: [{id: One}]\n")
    console = Console(lab=await lab_with(scenarios=tmp_path))
    page = await console.act("/world/seed", scenario="bare")
    assert "The scenario is in force." in page.told
    assert page.texts("//*[@id='warnings']//li")
    page = await console.act("/world/seed", scenario="demo")
    assert page.texts("//*[@id='warnings']") == []
