"""The pytest plugin: what the tests of a run showed their apps, in one file."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from pass_simulator import Simulator, UnusableCoverage
from pass_simulator.coverage_file import merge, read
from simulator.domain.coverage.axes import AXES

from .runs import Run

pytest_plugins = ["pytester"]

TESTS: Final = """
    import pytest

    @pytest.mark.parametrize("number", range(3))
    def test_logout(simulator, number):
        device = simulator.device("tv", platform="Roku", minted=True)
        device.logout("Cablevision")

    def test_flaky(simulator):
        simulator.arm("codes:invalid_integration", device="tv")
        device = simulator.device("tv", platform="Roku", minted=True)
        for _ in range(6):
            device.request("GET", "/api/v2/REF30/profiles/SunsetTV")

    def test_gone(simulator):
        simulator.delete()
"""
FILE: Final = "coverage.json"


def _axes(path: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads(path.read_text())["axes"]


def test_a_run_writes_one_file_whatever_workers_there_are(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = pytester.makepyfile(TESTS).name
    pytester.makeini("[pytest]\npass_simulator_require =\n    logout:L10\n    sessions:N4\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    alone = run_here(f"--pass-simulator-coverage={FILE}", "-p", "no:randomly")
    assert alone.ret == pytest.ExitCode.TESTS_FAILED
    alone.assert_outcomes(passed=5)
    alone.stdout.fnmatch_lines(
        [
            "*pass-simulator coverage*",
            "not met: sessions:N4; *",
            "::error title=pass-simulator coverage::not met: sessions:N4; *",
            "codes:invalid_integration: looped 5 (*::test_flaky)",
            "::warning title=pass-simulator coverage::*",
        ]
    )
    written = pytester.path / FILE
    axes = _axes(written)
    assert {axis: [*cells] for axis, cells in axes.items()} == {
        axis.id: [*axis.cells] for axis in AXES.values()
    }
    assert axes["logout"]["L10"] | {"outcomes": None} == {
        "met": 3,
        "forced": 0,
        "outcomes": None,
        "tests": [f"{file}::test_logout[{number}]" for number in range(3)],
    }
    assert axes["codes"]["invalid_integration"]["forced"] == 1
    assert axes["codes"]["invalid_integration"]["outcomes"]["looped"] == 5

    run_here("--pass-simulator-coverage=more/spread.json", "-p", "xdist", "-n", "2")
    spread = pytester.path / "more" / "spread.json"
    assert _axes(spread) == axes
    assert read(spread).runs != read(written).runs

    merged = merge([read(written), read(spread)])
    assert merged.cell("logout:L10")["met"] == 6
    assert len(merged.runs) == 2


def _written(folder: Path, name: str, **changes: object) -> Path:
    cell = {"met": 1, "forced": 0, "outcomes": {"well": 1}, "tests": ["a"]}
    document = {
        "format": "pass-simulator-coverage",
        "version": 1,
        "runs": [name],
        "axes": {"logout": {"L5": cell}},
        **changes,
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"version": 2}, "is of version 2"),
        ({"format": "coverage.py"}, "its format is 'coverage.py'"),
        ({"runs": []}, "lacks some"),
        ({"axes": {"logout": {"L5": {"met": -1}}}}, "lacks some"),
        ({"axes": {"logout": {"L5": {"met": True}}}}, "lacks some"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_by_name(
    tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    path = _written(tmp_path, "other", **changes)
    with pytest.raises(UnusableCoverage, match=f"{path.name}.*{problem}"):
        read(path)


def test_what_is_cut_off_or_merged_twice_is_refused_by_name(tmp_path: Path) -> None:
    one, two = read(_written(tmp_path, "one")), read(_written(tmp_path, "two"))
    both = merge([one, two])
    assert both.cell("logout:L5")["met"] == 2
    whole = tmp_path / "both.json"
    whole.write_text(both.text())
    assert read(whole).axes == both.axes
    with pytest.raises(UnusableCoverage, match=r"two\.json has the run two, which is in .*both"):
        merge([read(whole), two])
    whole.write_text(both.text()[:-10])
    with pytest.raises(UnusableCoverage, match=r"both\.json is cut off"):
        read(whole)
    with pytest.raises(UnusableCoverage, match="Did you mean logout:L5"):
        both.cell("logout:L6")
