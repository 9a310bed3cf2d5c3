"""What the plugin does around tests: the end of their sandboxes, reports of failed ones, usage errors."""

import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from . import run

_NUMBERS: Final = ("pass_simulator_start_timeout", "pass_simulator_journal")
# What its teardown found out for the report that is made of it afterwards.
_SECTIONS: Final = pytest.StashKey[list[tuple[str, str]]]()


def check_numbers(config: pytest.Config) -> None:
    """Raise `pytest.UsageError` for an ini setting that has to be a number and is none."""
    for name in _NUMBERS:
        given: Any = config.getini(name)
        try:
            float(given)
        except ValueError:
            message = f"the ini setting {name} takes a number, found {given!r}"
            raise pytest.UsageError(message) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the journal of the sandbox in the report of a test that failed, and none of our own frames."""
    if call.excinfo is not None and "pass_simulator.errors" in sys.modules:
        from .tracebacks import end_in_test

        end_in_test(call.excinfo, whole=item.config.getoption("fulltrace", default=False))
    report = yield
    if report.failed:
        before = len(item.user_properties)
        late = item.stash.get(_SECTIONS, []) if call.when == "teardown" else []
        report.sections += _describe(item) or late
        report.user_properties += item.user_properties[before:]
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Delete the sandbox after all fixtures of the test, which may still ask it for something."""
    try:
        with _described_if_it_fails(item):
            result = yield
    finally:
        used = run.sandboxes(item.config).get(item)
        if used is not None:
            try:
                with _described_if_it_fails(item):
                    item.ihook.pytest_pass_simulator_teardown(
                        item=item, sandbox=used.sandbox, failed=used.failed
                    )
            finally:
                _end(item, used)
    return result


@contextmanager
def _described_if_it_fails(item: pytest.Item) -> Iterator[None]:
    """Note down for the report of a teardown what can be said only as long as the sandbox is there."""
    try:
        yield
    except BaseException:
        item.stash[_SECTIONS] = _describe(item)
        raise


def _end(item: pytest.Item, used: run.UsedSandbox) -> None:
    del run.sandboxes(item.config)[item]
    if not used.kept:
        from .sandboxes import delete_sandbox

        delete_sandbox(used.sandbox)


def _describe(item: pytest.Item) -> list[tuple[str, str]]:
    """What there is to say of the sandbox of a test that has failed, for people and as properties."""
    used = run.sandboxes(item.config).get(item)
    if used is None:
        return []
    used.failed = True
    sections = []
    if most := int(float(item.config.getini("pass_simulator_journal"))):
        from .failure_report import journal_section

        title, journal = journal_section(used.sandbox, most)
        sections.append((title, journal))
        item.user_properties.append(("pass_simulator_journal", journal))
    if item.config.getoption("pass_simulator_keep"):
        from .keeping import keep

        sections.append(keep(item, used))
    return sections


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Let a run end with a usage error for which a fixture has found a reason."""
    try:
        return (yield)
    except pytest.exit.Exception:
        problem = run.problem(session.config)
        if problem is None or run.is_worker(session.config):
            raise
        raise pytest.UsageError(problem) from None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - pytest-xdist's own
    """Take what a worker of pytest-xdist leaves: a reason for a usage error, a server that is ending."""
    run.take_output(node.config, getattr(node, "workeroutput", {}))
