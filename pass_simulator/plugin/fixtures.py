"""The fixtures of the pytest plugin, and the journal of a failed test in its report."""

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pass_simulator.client.resources import Clock
    from pass_simulator.client.sandbox import Sandbox
    from pass_simulator.client.simulator import Simulator

# On a server that others use, too, the sandbox of a test run that was killed goes by itself.
_LEASE = ("pytest", "PT6H")
_NAMED_SERVER = (
    "It was named by --pass-simulator-url or PASS_SIMULATOR_URL; "
    "without them a simulator is started."
)
_SANDBOX: "pytest.StashKey[Sandbox]" = pytest.StashKey()


@pytest.fixture(scope="session")
def simulator_server(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[Simulator]":
    """The running simulator: a `pass_simulator.Simulator`.

    It is started on a free port with a database in memory, one for each worker of pytest-xdist. With
    --pass-simulator-url or PASS_SIMULATOR_URL, the one that runs there is used.
    """
    from contextlib import ExitStack

    from pass_simulator.client.simulator import Simulator
    from pass_simulator.errors import SimulatorError
    from pass_simulator.server_process import running_server

    timeout = _number(pytestconfig, "pass_simulator_start_timeout")
    url = _option(pytestconfig, "url")
    problem = ""
    with ExitStack() as stack:
        try:
            if url:
                token = _option(pytestconfig, "admin_token")
                server = stack.enter_context(Simulator(url, admin_token=token))
            else:
                arguments = pytestconfig.getini("pass_simulator_arguments")
                log = tmp_path_factory.mktemp("pass-simulator") / "server.log"
                started = stack.enter_context(running_server(arguments, log=log, timeout=timeout))
                server = stack.enter_context(Simulator(started))
            server.wait_until_ready(timeout)
        except SimulatorError as error:
            problem = f"{error}\n{_NAMED_SERVER}" if url else str(error)
        else:
            yield server
    if problem:
        pytest.fail(problem, pytrace=False)


@pytest.fixture
def simulator(request: pytest.FixtureRequest, simulator_server: "Simulator") -> "Iterator[Sandbox]":
    """A sandbox of its own for the test: a `pass_simulator.Sandbox`; its `url` is for the app under test.

    `@pytest.mark.scenario(…)` says what it is made from. It is deleted after the test; if that fails,
    its journal is shown in the report. Tests that await take `simulator.asynchronous`.
    """
    from pass_simulator.errors import AdminError

    node = request.node
    problem, sandbox = _create_sandbox(node, simulator_server)
    if sandbox is None:
        pytest.fail(f"the sandbox of {node.name} cannot be made: {problem}", pytrace=False)
    node.stash[_SANDBOX] = sandbox
    yield sandbox
    del node.stash[_SANDBOX]
    node.ihook.pytest_pass_simulator_teardown(item=node, sandbox=sandbox, failed=False)
    try:
        sandbox.delete()
    except AdminError as error:
        # The test may have done that itself.
        if error.code != "sandbox_not_found":
            raise


def _create_sandbox(node: pytest.Item, server: "Simulator") -> "tuple[str, Sandbox | None]":
    """The sandbox that the test wants, or why there cannot be one."""
    from pass_simulator.errors import AdminError

    from .scenario_marker import InvalidMarker, sandbox_name, scenario_for

    default = node.config.getini("pass_simulator_scenario") or None
    lease = _LEASE if _option(node.config, "url") else None
    try:
        choice = scenario_for(node, default)
        sandbox = server.create_sandbox(sandbox_name(node.name), scenario=choice.name, lease=lease)
    except (InvalidMarker, AdminError) as error:
        return str(error), None
    if choice.content is not None:
        try:
            sandbox.seed(choice.content)
        except AdminError as error:
            sandbox.delete()
            return str(error), None
    return "", sandbox


@pytest.fixture
def simulator_clock(simulator: "Sandbox") -> "Clock":
    """The clock of the test's sandbox, which drives every expiry: `freeze`, `advance`, `set`, `reset`."""
    return simulator.clock


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the journal of the sandbox in the report of a test that failed."""
    report = yield
    sandbox = item.stash.get(_SANDBOX, None)
    if report.failed and sandbox is not None:
        most = int(_number(item.config, "pass_simulator_journal"))
        if most > 0:
            from .failure_report import journal_section

            report.sections.append(journal_section(sandbox, most))
    return report


def _option(config: pytest.Config, name: str) -> str | None:
    given: str | None = config.getoption(f"pass_simulator_{name}")
    return given or os.environ.get(f"PASS_SIMULATOR_{name.upper()}") or None


def _number(config: pytest.Config, name: str) -> float:
    given: Any = config.getini(name)
    try:
        return float(given)
    except ValueError:
        message = f"the ini setting {name} takes a number, found {given!r}"
        raise pytest.UsageError(message) from None
