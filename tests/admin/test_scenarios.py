"""The scenarios at hand: listed, shown, and checked before they are used."""

from pathlib import Path

import pytest

from simulator.scenarios.library import shipped_directory
from tests.conftest import MakeLab
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.worlds import profile, world

SHIPPED = {"demo", "logout-sample-apple", "logout-samples"}


async def test_the_shipped_scenarios_are_listed_and_sound(lab: Lab) -> None:
    found = await lab.admin("GET", "scenarios")
    assert found["next"] is None
    assert {each["name"] for each in found["items"]} >= SHIPPED
    for each in found["items"]:
        assert each.keys() == {"name", "title", "description", "problems", "warnings"}
        assert each["title"]
        assert each["description"]
        assert each["problems"] == []


async def test_a_scenario_is_shown_as_its_file_has_it(lab: Lab) -> None:
    shown = await lab.admin("GET", "scenarios/logout-sample-apple")
    assert shown["name"] == "logout-sample-apple"
    assert shown["extends"] == "logout-samples"
    assert [each["id"] for each in shown["profiles"]] == ["sample-cablevision"]
    await lab.seed(shown)


@pytest.mark.parametrize("name", ["nope", "schema", "..%2Fpyproject", "%FF", "demo.yaml"])
async def test_a_scenario_that_is_not_there_is_not_found(lab: Lab, name: str) -> None:
    error = await lab.refused("GET", f"scenarios/{name}")
    assert (error["status"], error["code"]) == (404, "scenario_not_found")


async def _problems(lab: Lab, text: str) -> list[tuple[int | None, str]]:
    reply = await lab.call(
        "POST", "/admin/v1/scenarios/validate", {"Content-Type": "application/yaml"}, data=text
    )
    found = reply.data()
    assert found["valid"] is (found["problems"] == [])
    return [(each["line"], each["path"]) for each in found["problems"]]


async def test_a_sound_document_is_valid_and_changes_nothing(lab: Lab) -> None:
    before = await lab.state()
    document = world(profiles=[profile("own")])
    found = await lab.admin("POST", "scenarios/validate", document)
    assert found == {"valid": True, "problems": [], "warnings": []}
    assert await lab.state() == before


async def test_a_sound_document_is_warned_of_where_it_leads_nowhere(lab: Lab) -> None:
    reply = await lab.call(
        "POST",
        "/admin/v1/scenarios/validate",
        {"Content-Type": "application/yaml"},
        data="name: x\nextends: demo\nservice_providers:\n  - id: ALONE\n",
    )
    problem = "no integration of it is active, so nobody can log in there"
    (found,) = reply.data()["warnings"]
    assert (found["line"], found["problem"]) == (4, problem)
    assert found["path"].startswith("service_providers[")
    assert reply.json["valid"] is True


async def test_the_list_tells_which_scenarios_lead_nowhere(lab: Lab) -> None:
    found = (await lab.admin("GET", "scenarios"))["items"]
    warned = {each["name"]: each["warnings"] for each in found if each["warnings"]}
    assert warned.keys() == {"qa-temp-pass-broken"}
    assert "every trial is refused" in warned["qa-temp-pass-broken"][0]


async def test_every_problem_of_a_document_is_found_with_its_line(lab: Lab) -> None:
    text = """\
name: broken
mvpds:
  - id: A
  - id: A
integrations:
  - {service_provider: S, mvpd: A}
colour: blue
"""
    assert await _problems(lab, text) == [
        (4, "mvpds[1].id"),
        (6, "integrations[0].service_provider"),
        (7, "colour"),
    ]


async def test_what_a_scenario_extends_counts(lab: Lab) -> None:
    text = (
        "name: x\nextends: logout-samples\nintegrations:\n  - {service_provider: REF30, mvpd: %s}\n"
    )
    assert await _problems(lab, text % "Dish") == []
    assert await _problems(lab, text % "Dosh") == [(4, "integrations[0].mvpd")]


async def test_a_scenario_is_shown_as_a_document_or_as_its_file_stands(lab: Lab) -> None:
    file = (shipped_directory() / "demo.yaml").read_text()
    asked = await lab.call("GET", "/admin/v1/scenarios/demo?format=yaml")
    accepted = await lab.call("GET", "/admin/v1/scenarios/demo", {"Accept": "application/yaml"})
    assert asked.text == accepted.text == file
    assert asked.headers["Content-Type"] == "application/yaml; charset=utf-8"
    assert (await lab.admin("GET", "scenarios/demo?format=json"))["name"] == "demo"
    await lab.refuses(400, "invalid_format", "GET", "scenarios/demo?format=toml")
    await lab.refuses(404, "scenario_not_found", "GET", "scenarios/nope?format=yaml")


async def test_text_that_is_no_yaml_has_one_problem_and_its_line(lab: Lab) -> None:
    assert await _problems(lab, "name: x\nmvpds: [\n") == [(3, "")]


@pytest.mark.parametrize(
    ("document", "path"),
    [({}, "name"), ({"name": "x", "extends": "nope"}, "extends"), ([], ""), ("x", "")],
)
async def test_json_is_checked_as_well(lab: Lab, document: Json, path: str) -> None:
    found = await lab.admin("POST", "scenarios/validate", document)
    assert found["valid"] is False
    assert path in {each["path"] for each in found["problems"]}


@pytest.fixture
async def own_lab(make_lab: MakeLab, tmp_path: Path) -> Lab:
    """A simulator with a folder of scenarios of its own."""
    (tmp_path / "mine.yaml").write_text("name: mine\ntitle: Mine\nmvpds:\n  - id: Mine\n")
    (tmp_path / "broken.yaml").write_text("name: broken\nmvpds:\n  - ID: x\n")
    return await make_lab(scenarios=tmp_path)


async def test_scenarios_of_ones_own_stand_beside_the_shipped_ones(own_lab: Lab) -> None:
    found = {each["name"]: each for each in (await own_lab.admin("GET", "scenarios"))["items"]}
    assert found.keys() >= {*SHIPPED, "mine", "broken"}
    assert found["mine"]["title"] == "Mine"
    await own_lab.seed("mine")
    assert (await own_lab.admin("GET", "mvpds/Mine"))["id"] == "Mine"
    # A broken one says what is wrong and where.
    assert any("broken.yaml:3" in problem for problem in found["broken"]["problems"])
    error = await own_lab.refused("POST", "seed", {"scenario": "broken"})
    assert (error["status"], error["code"]) == (422, "invalid_document")
    assert any("broken.yaml: line 3" in each["path"] for each in error["fields"])


async def test_a_scenario_is_read_anew_each_time_it_is_asked_for(
    own_lab: Lab, tmp_path: Path
) -> None:
    await own_lab.seed("mine")
    (tmp_path / "mine.yaml").write_text("name: mine\nmvpds:\n  - id: Other\n")
    await own_lab.seed("mine")
    assert [each["id"] for each in (await own_lab.admin("GET", "mvpds"))["items"]] == ["Other"]
