"""What a contributor runs: hooks, workflow and the commands of CONTRIBUTING.md are there and fit together."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import yaml

from tests.docs.pages import AROUND, PAGES, README, read

ROOT: Final = Path(__file__).resolve().parents[2]
PYPROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())
MAKEFILE: Final = (ROOT / "Makefile").read_text()
CI: Final = (ROOT / ".ci" / "run").read_text()
RECIPES: Final = frozenset(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
HOOKS: Final[list[dict[str, Any]]] = [
    hook
    for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    for hook in repo["hooks"]
]
WORKFLOW: Final[dict[Any, Any]] = yaml.safe_load(
    (ROOT / ".github" / "workflows" / "ci.yml").read_text()
)
[JOB] = WORKFLOW["jobs"].values()


def _requirement(name: str) -> bool:
    named = PYPROJECT["dependency-groups"]["dev"]
    return name in {re.split(r"[<>=\[ ]", each)[0] for each in named}


def test_a_hook_runs_a_tool_of_the_environment_or_a_recipe() -> None:
    assert len(HOOKS) >= 4
    for hook in HOOKS:
        program, argument = hook["entry"].split()[:2]
        if program == "make":
            assert argument in RECIPES, hook
        else:
            assert program.startswith(".venv/bin/"), hook
            assert _requirement(Path(program).name), hook


def test_a_hook_needs_no_internet() -> None:
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [each["repo"] for each in configuration["repos"]] == ["local"]
    assert {each["language"] for each in HOOKS} == {"system"}
    assert not any("additional_dependencies" in each for each in HOOKS)


def test_the_hooks_are_the_gates_of_lint() -> None:
    lint = re.search(r"^lint:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert lint
    gates = {" ".join(each.split()[:2]) for each in re.findall(r"\$\(BIN\)/(.+)", lint[1])}
    hooked = {" ".join(each["entry"].removeprefix(".venv/bin/").split()[:2]) for each in HOOKS}
    assert gates - hooked == set()


def test_the_workflow_runs_all_that_a_change_has_to_pass() -> None:
    assert JOB["steps"][-1] == {"run": ".ci/run"}
    assert JOB["runs-on"] == "ubuntu-latest"
    # YAML takes the name of this member for a truth value.
    assert {"push", "pull_request"} <= WORKFLOW[True].keys()


def test_the_workflow_has_pythons_that_the_package_supports() -> None:
    versions = JOB["strategy"]["matrix"]["python"]
    assert f">={versions[0]}" == PYPROJECT["project"]["requires-python"]
    for each in versions:
        assert f"Programming Language :: Python :: {each}" in PYPROJECT["project"]["classifiers"]


def test_the_workflow_has_the_postgresql_that_the_script_looks_for() -> None:
    default = re.search(r"PASS_SIMULATOR_TEST_POSTGRES:=(\S+)}", CI)
    assert default
    assert JOB["env"] == {"PASS_SIMULATOR_TEST_POSTGRES": default[1]}
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    service = JOB["services"]["postgres"]
    assert service["image"] == compose["services"]["database"]["image"]
    assert service["ports"] == ["5432:5432"]
    assert service["env"]["POSTGRES_DB"] == default[1].rpartition("/")[2]


def test_the_workflow_may_do_little_and_uses_actions_of_a_version() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in JOB
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is True
    used = [each["uses"] for each in JOB["steps"] if "uses" in each]
    assert used
    for each in used:
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", each), each


def test_every_recipe_that_is_named_exists() -> None:
    for page in (README, *PAGES, *AROUND):
        named = set(re.findall(r"`make ([a-z-]+)", read(page)))
        assert named <= RECIPES, page.name
    assert {"check", "test", "lint", "format", "docs"} <= RECIPES


def test_every_recipe_is_made_whether_there_is_a_file_of_its_name_or_not() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert {*phony[1].split()} == RECIPES


def test_every_gate_is_told() -> None:
    told = read(ROOT / "CONTRIBUTING.md")
    for recipe in re.findall(r"\bmake ([a-z-]+)$", CI, re.MULTILINE):
        assert f"`make {recipe}`" in told or recipe == "build", recipe


def test_every_kind_of_change_is_told() -> None:
    told = read(ROOT / "CONTRIBUTING.md")
    for kind in PYPROJECT["tool"]["towncrier"]["type"]:
        assert f"`{kind['directory']}`" in told


def test_contributing_is_short() -> None:
    assert len(read(ROOT / "CONTRIBUTING.md").splitlines()) <= 100
