"""The fixtures of the pytest plugin."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pass_simulator.client.resources import Clock
    from pass_simulator.client.sandbox import Sandbox
    from pass_simulator.client.simulator import Simulator


@pytest.fixture(scope="session")
def simulator_server(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> "Simulator":
    """The running simulator: a `pass_simulator.Simulator`.

    It is started on a free port with a database in memory, once for the run: the workers of pytest-xdist
    share it, and it ends with the last of them. With --pass-simulator-url or PASS_SIMULATOR_URL, the one that
    runs there is used. Where there is none, the run ends with a usage error.
    """
    from .server import open_server

    return open_server(pytestconfig, tmp_path_factory)


@pytest.fixture
def simulator(request: pytest.FixtureRequest, simulator_server: "Simulator") -> "Sandbox":
    """A sandbox of its own for the test: a `pass_simulator.Sandbox`; its `url` is for the app under test.

    `@pytest.mark.scenario(…)` says what it is made from. It is deleted after the test; if that fails,
    its journal is shown in the report. Tests that await take `simulator.asynchronous`.
    """
    from .sandboxes import create_sandbox

    return create_sandbox(request.node, simulator_server)


@pytest.fixture
def simulator_clock(simulator: "Sandbox") -> "Clock":
    """The clock of the test's sandbox, which drives every expiry: `freeze`, `advance`, `set`, `reset`."""
    return simulator.clock
