"""What somebody's suite pays for the pytest plugin, alone and with four workers, in processor time.

Run by `python -m tests.bench.suite FOLDER WORKERS` it runs the tests in the folder once, and prints the
seconds of all processes that it took, those included that outlive whoever started them.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Final

from .report import Section, times

_ROUNDS: Final = 7
_TESTS: Final = 10
_WORKERS: Final = (0, 4)
# The number of this call of Linux: see prctl(2). Without parents, processes become children of ours.
_PR_SET_CHILD_SUBREAPER: Final = 36

_EMPTY: Final = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_nothing(number):
    pass
"""
_LOGIN: Final = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_login(simulator, number):
    device = simulator.device("tv")
    assert device.login("Cablevision").mvpd == "Cablevision"
    assert device.logout("Cablevision").action == "logout"
"""
_SUITES: Final = {"empty": _EMPTY, "login": _LOGIN}


def section(folder: Path) -> Section:
    """The table."""
    suites = {name: folder / f"suite-{name}" for name in _SUITES}
    for name, place in suites.items():
        place.mkdir()
        (place / "test_it.py").write_text(_SUITES[name].format(tests=_TESTS))
    spent: dict[tuple[str, int], list[float]] = {
        (name, workers): [] for workers in _WORKERS for name in suites
    }
    # The first round compiles what is imported, and has pytest rewrite the tests.
    for number in range(_ROUNDS + 1):
        print(f"round {number} of {_ROUNDS}", file=sys.stderr, flush=True)
        for (name, workers), found in spent.items():
            seconds = _measure(suites[name], workers)
            if number:
                found.append(seconds)
    return Section(
        title="A suite under pytest",
        text=(
            f"Processor time of a whole run of {_TESTS} tests, in all of its processes with the server: "
            "tests that do nothing, tests that log in and out in sandboxes of their own, and what those "
            "cost beyond the empty ones, beside the same with `-n 0`. "
            f"Medians of {_ROUNDS} interleaved rounds."
        ),
        head=("run", "empty tests", "logins", "beyond", "ratio"),
        rows=tuple(_row(spent, workers) for workers in _WORKERS),
    )


def _row(spent: Mapping[tuple[str, int], list[float]], workers: int) -> tuple[str, ...]:
    beyond, first = _beyond(spent, workers), _beyond(spent, 0)
    ratio = median(own / base for own, base in zip(beyond, first, strict=True))
    return (
        f"`pytest -n {workers}`",
        f"{median(spent['empty', workers]):.2f} s",
        f"{median(spent['login', workers]):.2f} s",
        f"{median(beyond):.2f} s",
        times(ratio),
    )


def _beyond(spent: Mapping[tuple[str, int], list[float]], workers: int) -> list[float]:
    """What the logins cost beyond the empty tests, round by round."""
    logins, empty = spent["login", workers], spent["empty", workers]
    return [own - base for own, base in zip(logins, empty, strict=True)]


def _measure(folder: Path, workers: int) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.suite", str(folder), str(workers)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main(folder: str, workers: str) -> None:
    """Run the tests, and print what it took."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    variables = {
        name: value
        for name, value in os.environ.items()
        # Those of this repository, as in `tests.bench.starting`.
        if not name.startswith(("PYTEST", "PASS_SIMULATOR_", "PYTHONDONTWRITEBYTECODE"))
    }
    plugins = ["-p", "xdist", "-p", "pass_simulator.pytest_plugin"]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, "-n", workers],
        cwd=folder,
        env={**variables, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    try:
        while True:
            os.wait()
    except ChildProcessError:
        spent = os.times()
    print(spent.children_user + spent.children_system)


if __name__ == "__main__":
    main(*sys.argv[1:])
