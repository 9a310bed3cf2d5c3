"""The client in both of its modes, in a sandbox of a real server; test runs that use the plugin."""

import pytest

from pass_simulator import Sandbox, Simulator

from .modes import Spoken
from .runs import PLUGIN, Run

MODES = ("blocking", "awaiting")


@pytest.fixture(params=MODES)
def server(request: pytest.FixtureRequest, simulator_server: Simulator) -> Spoken:
    """The instance, spoken to in either mode."""
    return simulator_server if request.param == "blocking" else simulator_server.asynchronous


@pytest.fixture(params=MODES)
def sandbox(request: pytest.FixtureRequest, simulator: Sandbox) -> Spoken:
    """A fresh sandbox, spoken to in either mode."""
    return simulator if request.param == "blocking" else simulator.asynchronous


@pytest.fixture
def device(sandbox: Spoken) -> Spoken:
    """A device in it, spoken to in the same mode."""
    return sandbox.device("tv")


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run tests with our plugin and no other: those of this environment take seconds to load."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess(*PLUGIN, *arguments)

    return run


@pytest.fixture
def run_here(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same in this process, for what is about neither its end nor a server of its own."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess(*PLUGIN, *arguments)

    return run


@pytest.fixture
def reused(simulator_server: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """The server of this very run, named to the inner one, which spares it starting its own."""
    monkeypatch.setenv("PASS_SIMULATOR_URL", simulator_server.url)
    return simulator_server
