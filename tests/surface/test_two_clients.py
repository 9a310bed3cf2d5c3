"""The Python client and the TypeScript client have the same surface, but for what differs on purpose."""

import copy
import json
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import pytest

from simulator import __version__
from tests.docs.pages import FOLDER, read
from tests.docs.reference_python import FIXTURES
from tests.surface.client import client
from tests.surface.two_clients import camel, differences, on_purpose, typescript

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "clients" / "typescript"


def _found(theirs: dict[str, Any], ours: str) -> list[str]:
    return [str(each) for each in differences(theirs, ours)]


def _fits(found: str, pattern: str) -> bool:
    # Brackets are meant as they are.
    return fnmatchcase(found, pattern.replace("[", "[[]"))


def test_they_differ_only_where_they_are_meant_to() -> None:
    found, meant = _found(typescript(), client()), on_purpose()
    unmeant = [each for each in found if not any(_fits(each, place) for place in meant)]
    assert unmeant == [], (
        "write the twin in clients/typescript/src and run `npm run surface` there, or say in "
        "tests/surface/differences.toml why there is none"
    )
    assert [place for place in meant if not any(_fits(each, place) for each in found)] == []
    assert all(because.endswith(".") for because in meant.values())


@pytest.mark.parametrize(
    ("line", "difference"),
    [
        ("    skip_ahead(by: Length) -> ClockReading", "Clock.skipAhead: not in TypeScript"),
        ("    freeze(at: Instant, *, hard: bool=False) -> ClockReading", "Clock.freeze: takes"),
    ],
)
def test_what_is_added_to_the_python_client_is_missed(line: str, difference: str) -> None:
    ours = client()
    head = "class Clock(Resource)\n"
    assert head in ours
    added = ours.replace(head, f"{head}{line}\n").replace(
        "    freeze(at: Instant | None=None) -> ClockReading\n" if "freeze" in line else "\0", ""
    )
    new = {*_found(typescript(), added)} - {*_found(typescript(), ours)}
    assert [each.startswith(difference) for each in new] == [True]


def test_an_option_a_document_and_a_value_that_are_lost_are_missed() -> None:
    theirs = copy.deepcopy(typescript())
    theirs["."]["Device"]["members"]["logout"]["parameters"][-1]["members"] = []
    theirs["."]["Clock"]["members"]["freeze"]["doc"] = "Stop it."
    del theirs["."]["PLATFORMS"]["value"]["Roku"]
    new = {*_found(theirs, client())} - {*_found(typescript(), client())}
    assert new == {
        "Device.logout: lacks ['follow'], has []",
        "Clock.freeze: another doc",
        "PLATFORMS: another value",
    }


def test_nothing_that_is_offered_is_of_any_type_and_all_of_it_is_documented() -> None:
    def walk(place: str, node: Any) -> list[str]:  # noqa: ANN401 - JSON
        if isinstance(node, list):
            return [found for each in node for found in walk(place, each)]
        if not isinstance(node, dict):
            return []
        typed = f"{node.get('type', '')} {node.get('returns', '')}"
        own = [place] if "any" in typed.replace("<", " ").replace(">", " ").split() else []
        return own + [
            found for name, each in node.items() for found in walk(f"{place}.{name}", each)
        ]

    theirs = typescript()
    assert walk("", theirs) == []
    undocumented = [
        f"{entry} {name}"
        for entry, names in theirs.items()
        for name, each in names.items()
        if not each["doc"]
    ]
    assert undocumented == []


def test_the_fixtures_are_those_of_pytest_in_both_runners_and_documented() -> None:
    theirs = typescript()
    vitest = {*theirs["./vitest"]["SimulatorFixtures"]["members"]}
    playwright = {
        name
        for kind in ("SimulatorFixtures", "SimulatorWorkerFixtures")
        for name in theirs["./playwright"][kind]["members"]
    }
    assert vitest == playwright == {*map(camel, FIXTURES), "scenario", "simulatorJournal"}
    page = read(FOLDER / "typescript.md")
    assert [name for name in sorted(vitest) if f"| `{name}` |" not in page] == []


def test_both_are_of_one_version() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())
    lock = json.loads((PACKAGE / "package-lock.json").read_text())
    assert package["version"] == lock["version"] == lock["packages"][""]["version"] == __version__
    examples = [json.loads(each.read_text()) for each in ROOT.glob("examples/*/package.json")]
    assert {each["devDependencies"][package["name"]] for each in examples} == {__version__}
    for each in examples:
        # The tools are those of the package itself.
        assert each["devDependencies"].items() - {(package["name"], __version__)} <= (
            package["devDependencies"].items()
        )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert package["name"] == project["name"]
    assert package["license"] == project["license"]
    # The fetch of it is all that users get besides.
    assert [*package["dependencies"]] == ["openapi-fetch"]
