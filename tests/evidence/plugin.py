"""A run of pytest in which each test of the evidence has to pass, and to notice what is spoilt for it.

Beside each test that rows name, there is a copy of it for each of those rows, whose answers are altered.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from simulator.evidence import loading
from tests.evidence.altering import Alteration
from tests.evidence.claims import Claim, claims
from tests.support.replies import ALTERATIONS

CLAIM: Final = pytest.StashKey[Claim]()
ALTERATION: Final = pytest.StashKey[Alteration]()
KEY: Final = "evidence"
VERDICT: Final = "verdict"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("evidence")
    group.addoption("--evidence-folder", default=str(loading.FOLDER))
    group.addoption("--evidence", default="", help="names of files, with commas; all by default")
    group.addoption("--altered-only", action="store_true", help="not the tests as they are")


def pytest_configure(config: pytest.Config) -> None:
    subjects = loading.load(Path(config.getoption("--evidence-folder")))
    names = [each for each in config.getoption("--evidence").split(",") if each]
    run = Evidence(claims(subjects, names), altered_only=config.getoption("--altered-only"))
    config.pluginmanager.register(run, "evidence-run")


class Evidence:
    """What is found out of each claim in this run."""

    def __init__(self, made: list[Claim], *, altered_only: bool) -> None:
        self.claims = made
        self._altered_only = altered_only
        self.refused: dict[str, str] = {}
        self._heard: dict[str, str] = {}
        self._outcomes: dict[str, str] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        by_test: dict[str, list[Claim]] = {}
        for claim in self.claims:
            by_test.setdefault(claim.test, []).append(claim)
        items[:] = [
            run
            for item in items
            if isinstance(item, pytest.Function) and item.nodeid in by_test
            for run in (item, *(_copy(item, claim) for claim in by_test[item.nodeid]))
            if not (self._altered_only and run is item)
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        claim = item.stash.get(CLAIM, None)
        if claim is None:
            return (yield)
        item.stash[ALTERATION] = claim.alteration()
        with _in_force(item.stash[ALTERATION]):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        claim = item.stash.get(CLAIM, None)
        if claim is None:
            return report
        if call.when == "call":
            verdict = _verdict(item.stash[ALTERATION], call.excinfo)
            report.user_properties.append((VERDICT, verdict))
            _set(report, verdict)
        elif call.when == "teardown":
            # A test that was cut short may leave behind what its fixtures complain about.
            _set(report, "")
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        noted = {str(name): str(each) for name, each in report.user_properties}
        if key := noted.get(KEY):
            if VERDICT in noted:
                self._heard[key] = noted[VERDICT]
        elif report.outcome != "passed" or report.when == "call":
            self._outcomes.setdefault(report.nodeid, report.outcome)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return
        for claim in self.claims:
            if sentence := self._sentence(claim):
                self.refused[claim.key] = sentence
        if self.refused and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _sentence(self, claim: Claim) -> str:
        match self._outcomes.get(claim.test):
            case None if not self._altered_only:
                return "was not collected: name the test as pytest prints it, with its parameters"
            case "skipped":
                return "is skipped: name one that runs everywhere"
            case "failed":
                return "fails as it is: mend the product or the test, or say how we differ"
        return self._heard.get(claim.key, "was not run with its answers altered")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.refused:
            terminalreporter.section(f"{len(self.refused)} rows refused")
        tests = {claim.key: claim.test for claim in self.claims}
        for key, sentence in self.refused.items():
            terminalreporter.line(f"{key}: {tests[key]} {sentence}")


def _copy(item: pytest.Function, claim: Claim) -> pytest.Function:
    """The same test once more, for a claim; its own fixtures, and those that it shares."""
    copy: pytest.Function = type(item).from_parent(
        item.parent,
        name=f"{item.name} with {claim.key}",
        callspec=getattr(item, "callspec", None),
        callobj=item.obj,
        fixtureinfo=item._fixtureinfo,
        originalname=f"{item.originalname} with {claim.key}",
    )
    copy.user_properties.append((KEY, claim.key))
    copy.own_markers = item.own_markers
    copy.stash[CLAIM] = claim
    return copy


@contextmanager
def _in_force(alteration: Alteration) -> Iterator[None]:
    ALTERATIONS.append(alteration)
    try:
        yield
    finally:
        ALTERATIONS.remove(alteration)


def _verdict(alteration: Alteration, failure: pytest.ExceptionInfo[BaseException] | None) -> str:
    """What is wrong with a test whose answers were altered, or nothing."""
    operation = alteration.operation
    if not alteration.met:
        return (
            f"got no answer of {operation} with such a place: correct `where` or `alter`, or name "
            "a test that asks by the Lab"
        )
    if failure is None:
        return "does not notice the alteration: assert the fact, or name a test that does"
    if not _asserted(failure.value):
        return f"fails by {failure.typename}, not by an assertion: assert the fact before using it"
    return ""


def _asserted(failure: BaseException) -> bool:
    if isinstance(failure, BaseExceptionGroup):
        return failure.split(AssertionError)[1] is None
    return isinstance(failure, AssertionError)


def _set(report: pytest.TestReport, verdict: str) -> None:
    report.outcome = "failed" if verdict else "passed"
    report.longrepr = verdict or None
    report.sections.clear()
