"""`scenario`: looking at scenarios and checking one's own, without a simulator."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from simulator.cli.commands import app
from simulator.scenarios.library import shipped_directory

SOUND = "name: {}\ntitle: Mine\nextends: {}\n"
BROKEN = "name: broken\nmvpds:\n  - {id: 7}\n  - {ID: x}\n"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["scenario", *arguments])


def _json(*arguments: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(_run(*arguments, "--json").stdout)


def test_the_shipped_scenarios_are_listed_with_those_of_a_folder(here: Path) -> None:
    (here / "mine.yaml").write_text(SOUND.format("mine", "demo"))
    (here / "broken.yaml").write_text(BROKEN)
    items = {each["name"]: each for each in _json("list", "--scenarios", ".")["items"]}
    assert {"demo", "logout-samples", "mine", "broken"} <= items.keys()
    assert items["mine"]["title"] == "Mine"
    assert len(items["broken"]["problems"]) == 3
    shown = _run("list", "--scenarios", ".")
    assert shown.exit_code == 0
    assert "cannot be used" in shown.stdout
    assert "scenario validate" in shown.stderr
    assert "mine" not in _run("list").stdout


def test_a_scenario_is_shown_as_its_file_has_it_or_as_json() -> None:
    assert _run("show", "demo").stdout == (shipped_directory() / "demo.yaml").read_text()
    assert _json("show", "demo")["name"] == "demo"


def test_a_near_miss_is_named() -> None:
    done = _run("show", "logout-sample")
    assert done.exit_code == 1
    assert "logout-samples" in done.stderr


def test_all_problems_of_all_files_are_told_at_once(here: Path) -> None:
    (here / "broken.yaml").write_text(BROKEN)
    (here / "mine.yaml").write_text(SOUND.format("mine", "demo"))
    done = _run("validate", "broken.yaml", "mine.yaml")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == "mine.yaml: valid"
    assert "broken.yaml:3: mvpds[0].id" in done.stdout
    assert "broken.yaml:4: mvpds[1]" in done.stdout
    assert "3 problems in 1 of 2." in done.stderr
    told = _json("validate", "broken.yaml", "mine.yaml")
    assert told["valid"] is False
    assert [each["valid"] for each in told["files"]] == [False, True]
    assert {each["line"] for each in told["files"][0]["problems"]} == {3, 4}


def test_a_folder_stands_for_its_scenarios(here: Path) -> None:
    (here / "lab").mkdir()
    # Each extends the other's neighbour, which is found beside it and nowhere else.
    (here / "lab" / "one.yaml").write_text(SOUND.format("one", "demo"))
    (here / "lab" / "two.yaml").write_text(SOUND.format("two", "one"))
    done = _run("validate", "lab")
    assert (done.exit_code, done.stdout.count(": valid\n")) == (0, 2)
    assert _run("validate", str(shipped_directory())).exit_code == 0


def test_references_are_checked_too(here: Path) -> None:
    (here / "dangling.yaml").write_text(
        "name: dangling\nservice_providers: [{id: REF30}]\n"
        "integrations: [{service_provider: REF30, mvpd: Dish}]\n"
    )
    (here / "orphan.yaml").write_text(SOUND.format("orphan", "nobody"))
    done = _run("validate", "dangling.yaml", "orphan.yaml")
    assert done.exit_code == 1
    assert "Dish" in done.stdout
    assert "nobody" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "names"),
    [
        (["validate", "demo"], 0, []),
        (["validate", "gone.yaml"], 2, ["gone.yaml", "No such file"]),
        (["validate", "nothing"], 2, ["'nothing'", "scenario list"]),
        (["validate", "empty"], 2, ["empty"]),
        (["validate", "demo", "--scenarios", "nowhere"], 2, ["nowhere", "--scenarios"]),
        (["validate", "binary.yaml"], 1, ["1 problem in 1 of 1."]),
        (["validate", "text.json"], 1, ["1 problem in 1 of 1."]),
        (["validate"], 2, ["FILES"]),
        (["list", "--scenarios", "nowhere"], 2, ["nowhere", "--scenarios"]),
        (["show", "binary", "--scenarios", "."], 1, ["UTF-8"]),
    ],
)
def test_what_cannot_be_checked_is_told_from_what_is_wrong(
    here: Path, arguments: list[str], status: int, names: list[str]
) -> None:
    (here / "binary.yaml").write_bytes(b"\xff\xfe")
    (here / "text.json").write_text("{")
    (here / "empty").mkdir()
    done = _run(*arguments)
    assert done.exit_code == status, done.output
    for name in names:
        assert name.lower() in done.stderr.lower()
    assert "Traceback" not in done.output


def test_a_valid_scenario_that_leads_nowhere_is_warned_of(here: Path) -> None:
    (here / "bare.yaml").write_text("name: bare\ntitle: Bare\nmvpds: [{id: Cable}]\n")
    done = _run("validate", "bare.yaml", "demo")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "bare.yaml: valid",
        "bare.yaml:1: warning: service_providers: there is none, so every call of an app is refused",
        "bare.yaml:1: warning: applications: there is none, so no app can register",
        "demo: valid",
    ]
    bare, demo = _json("validate", "bare.yaml", "demo")["files"]
    assert (bare["valid"], demo["warnings"]) == (True, [])
    assert [each["path"] for each in bare["warnings"]] == ["service_providers", "applications"]
