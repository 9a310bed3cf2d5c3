"""`--pass-simulator-coverage`: what the tests of a run showed their apps, in one file.

The counts of a test's sandbox are taken before it is deleted; workers of pytest-xdist hand theirs to the
process that began the run, which writes the file and says what has to be said.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from pass_simulator import coverage_file
from pass_simulator.coverage_file import Axes, CoverageFile
from pass_simulator.errors import AdminError, UnusableCoverage

if TYPE_CHECKING:
    from pass_simulator.client.sandbox import Sandbox

_OUTPUT: Final = "pass_simulator_coverage"
_WRONG: Final = ("looped", "stopped", "gave_up")
_TITLE: Final = "pass-simulator coverage"


class CoverageCollector:
    """Collects during a run, and writes `path` at its end; `required` are cells that have to be met."""

    def __init__(self, path: Path, required: list[str]) -> None:
        self._path = path
        self._required = required
        self._axes: Axes = {}
        self._found: CoverageFile | None = None
        self._unmet: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_pass_simulator_teardown(self, item: pytest.Item, sandbox: "Sandbox") -> None:
        """Take what the test's apps were shown."""
        try:
            report = sandbox.coverage().raw
        except AdminError as error:
            # The test may have deleted it itself.
            if error.code != "sandbox_not_found":
                raise
        else:
            coverage_file.add(self._axes, coverage_file.of_report(report, item.nodeid))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - pytest-xdist's own
        """Take what a worker has collected."""
        coverage_file.add(self._axes, getattr(node, "workeroutput", {}).get(_OUTPUT, {}))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over what was collected, or write it; fail the run where something required was not met."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = self._axes
            return
        found = self._found = coverage_file.collected(secrets.token_hex(16), [self._axes])
        _write(self._path, found.text())
        if self._axes:
            try:
                self._unmet = [each for each in self._required if not found.cell(each)["met"]]
            except UnusableCoverage as error:
                raise pytest.UsageError(f"pass_simulator_require: {error}") from None
        else:
            self._unmet = self._required
        if self._unmet and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's own
        """Say where the file is, what was not met though it was required, and where apps went wrong."""
        if self._found is None:
            return
        terminalreporter.section(_TITLE)
        terminalreporter.write_line(f"written to {self._path}")
        on_github = os.environ.get("GITHUB_ACTIONS") == "true"
        for level, told in self._told(self._found):
            terminalreporter.write_line(told)
            if on_github:
                terminalreporter.write_line(f"::{level} title={_TITLE}::{_escaped(told)}")

    def _told(self, found: CoverageFile) -> Iterator[tuple[str, str]]:
        """What there is to say, and how grave it is."""
        for each in self._unmet:
            yield "error", f"not met: {each}; pass-simulator coverage arm {each} shows it to an app"
        for axis, cells in found.axes.items():
            for name, cell in cells.items():
                wrong = [
                    f"{outcome.replace('_', ' ')} {cell['outcomes'][outcome]}"
                    for outcome in _WRONG
                    if cell["outcomes"].get(outcome)
                ]
                if cell.get("verdict") == "broken":
                    wrong.append("broken")
                if wrong:
                    by = ", ".join(cell["tests"])
                    yield "warning", f"{axis}:{name}: {', '.join(wrong)} ({by})"


def _write(path: Path, text: str) -> None:
    """All of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _escaped(text: str) -> str:
    """As GitHub reads the message of an annotation."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
