"""The action for GitHub: its steps, walked as a runner walks them; `.ci/packaging` walks the installation."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from pass_simulator import AdminError, Simulator

ROOT: Final = Path(__file__).resolve().parents[2]
ACTION: Final[dict[str, Any]] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: Final = {each["id"]: each for each in ACTION["runs"]["steps"]}


def test_what_is_used_is_there() -> None:
    text = (ROOT / "action.yml").read_text()
    assert {*re.findall(r"inputs\.([\w-]+)", text)} == {*ACTION["inputs"]}
    outputs = re.findall(r"steps\.(\w+)\.outputs\.([\w-]+)", text)
    for step, name in outputs:
        assert f'echo "{name}=' in STEPS[step]["run"]
    assert all(each["shell"] == "bash" and each["name"] for each in STEPS.values())
    # What is given reaches a script by its environment alone, never as a part of its text.
    assert not any("${{" in each["run"] for each in STEPS.values())


@dataclass(frozen=True)
class Runner:
    """A machine that runs steps, by the files through which they speak to it."""

    temp: Path

    def run(self, step: str, inputs: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        """Run a step with these inputs, the others by their defaults."""
        defaults = {name: each["default"] for name, each in ACTION["inputs"].items()}
        given = {**defaults, **inputs}
        variables = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
            for name, value in STEPS[step]["env"].items()
        }
        bare = {name: value for name, value in os.environ.items() if "PASS_SIMULATOR" not in name}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step]["run"]],
            env={
                **bare,
                **variables,
                "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_ENV": str(self.temp / "env"),
                "GITHUB_OUTPUT": str(self.temp / "output"),
            },
            cwd=self.temp,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    def told(self, file: str) -> dict[str, str]:
        """The pairs in a file that steps write to."""
        lines = (self.temp / file).read_text().splitlines()
        return {name: value for name, _, value in (each.partition("=") for each in lines)}


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    yield Runner(tmp_path)
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int((tmp_path / "pass-simulator/pid").read_text()), signal.SIGTERM)


def test_the_steps_that_follow_find_a_simulator_that_is_ready(
    runner: Runner, tmp_path: Path
) -> None:
    (tmp_path / "own.yaml").write_text("name: own\nextends: demo\nmvpds: [{id: Own}]\n")
    inputs = {"port": "0", "scenario": "own", "scenarios": str(tmp_path)}
    done = runner.run("start", inputs)
    assert done.returncode == 0, done.stdout + done.stderr
    found, output = runner.told("env"), runner.told("output")
    url, token = found["PASS_SIMULATOR_URL"], found["PASS_SIMULATOR_ADMIN_TOKEN"]
    assert output == {
        "url": url,
        "admin-token": token,
        "log": str(tmp_path / "pass-simulator/log"),
    }
    assert f"::add-mask::{token}\n" in done.stdout
    with Simulator(url, admin_token=token) as simulator:
        assert simulator.default.mvpds.get("Own").id == "Own"
    with Simulator(url) as stranger, pytest.raises(AdminError, match="unauthorized"):
        stranger.sandboxes()


def test_one_that_cannot_start_fails_the_step_with_its_log(runner: Runner) -> None:
    done = runner.run("start", {"port": "0", "scenario": "nope"})
    assert done.returncode == 1
    assert "::error title=" in done.stdout
    assert "'nope'" in done.stdout
