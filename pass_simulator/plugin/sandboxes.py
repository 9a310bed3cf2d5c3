"""The sandbox of a test: how it is made, and how it goes."""

from typing import Final

import pytest

from pass_simulator.client.sandbox import Sandbox
from pass_simulator.client.simulator import Simulator
from pass_simulator.errors import AdminError, SimulatorError

from . import run
from .scenario_marker import InvalidMarker, sandbox_name, scenario_for
from .server import named_url

# On a server that others use, too, the sandbox of a test run that was killed goes by itself.
_LEASE: Final = ("pytest", "PT6H")


def create_sandbox(node: pytest.Item, server: Simulator) -> Sandbox:
    """The sandbox that the test wants. Fails the test where there cannot be one."""
    problem, sandbox = _try_to_create(node, server)
    if sandbox is None:
        pytest.fail(f"the sandbox of {node.name} cannot be made: {problem}", pytrace=False)
    run.sandboxes(node.config)[node] = run.UsedSandbox(sandbox=sandbox)
    return sandbox


def delete_sandbox(sandbox: Sandbox) -> None:
    """Delete it, unless the test has done that itself. Raises `SimulatorError`."""
    try:
        sandbox.delete()
    except AdminError as error:
        if error.code != "sandbox_not_found":
            raise


def _try_to_create(node: pytest.Item, server: Simulator) -> tuple[str, Sandbox | None]:
    """The sandbox, or why there cannot be one."""
    default = node.config.getini("pass_simulator_scenario") or None
    lease = _LEASE if named_url(node.config) else None
    try:
        choice = scenario_for(node, default)
        sandbox = server.create_sandbox(sandbox_name(node.name), scenario=choice.name, lease=lease)
    except (InvalidMarker, SimulatorError) as error:
        return str(error), None
    if choice.content is not None:
        try:
            sandbox.seed(choice.content)
        except AdminError as error:
            sandbox.delete()
            return str(error), None
    return "", sandbox
