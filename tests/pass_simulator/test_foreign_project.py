"""A project that has folders of the names of ours, and uses the plugin all the same."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .runs import PLUGIN

PYTEST = (str(Path(sys.executable).with_name("pytest")),)
MODULE = (sys.executable, "-m", "pytest")

# Packages of theirs, each with a module that there is in ours as well.
FOLDERS = {"scenarios": "demo.py", "tests": "conftest.py", "migrations": "env.py"}
CONFTEST = """
import simulator.robot

def pytest_report_header():
    return f"ARM {simulator.robot.ARM}"
"""
TEST = """
import pytest
import scenarios.demo
import tests.conftest
from simulator.robot import ARM

@pytest.mark.parametrize("number", range(2))
def test_a_login(simulator, simulator_clock, number):
    assert ARM == "left"
    assert scenarios.demo.NAME == tests.conftest.NAME == "theirs"
    assert simulator.device("tv").login("Cablevision").mvpd == "Cablevision"
    simulator_clock.advance(days=31)
    assert simulator.device("tv").profile("Cablevision") is None
"""


@dataclass(frozen=True, kw_only=True)
class Way:
    """How the tests are run."""

    command: tuple[str, ...]
    is_package: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)


WAYS = {
    "conftest": Way(command=PYTEST),
    "module": Way(command=MODULE),
    "workers": Way(command=(*PYTEST, "-p", "xdist", "-n", "2", "-o", "pythonpath=.")),
    "variable": Way(
        command=(*PYTEST, "--import-mode=importlib"),
        environment={"PYTHONPATH": ".", "PYTHONSAFEPATH": "1"},
    ),
    "namespace": Way(command=(*PYTEST, "-o", "pythonpath=."), is_package=False),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project, with modules of the names of some that the server imports."""
    package = tmp_path / "simulator"
    package.mkdir()
    (package / "robot.py").write_text('ARM = "left"\n')
    (tmp_path / "typer.py").write_text("raise AssertionError\n")
    for folder, module in FOLDERS.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("")
        (tmp_path / folder / module).write_text('NAME = "theirs"\n')
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "tests" / "test_it.py").write_text(TEST)
    return tmp_path


@pytest.mark.parametrize("name", WAYS)
def test_its_tests_import_its_own_and_have_our_fixtures(project: Path, name: str) -> None:
    way = WAYS[name]
    if way.is_package:
        (project / "simulator" / "__init__.py").write_text("OWN = True\n")
        (project / "simulator" / "cli.py").write_text("raise AssertionError\n")
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*way.command, *PLUGIN],
        cwd=project,
        env={**inherited, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **way.environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ARM left" in done.stdout
    assert "2 passed" in done.stdout
