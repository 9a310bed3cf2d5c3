"""The client in both of its modes, in a sandbox of a real server."""

import pytest

from simulator.testing import Sandbox, Simulator

from .modes import Spoken

MODES = ("blocking", "awaiting")


@pytest.fixture(params=MODES)
def server(request: pytest.FixtureRequest, simulator_server: Simulator) -> Spoken:
    """The instance, spoken to in either mode."""
    return simulator_server if request.param == "blocking" else simulator_server.asynchronous


@pytest.fixture(params=MODES)
def sandbox(request: pytest.FixtureRequest, simulator: Sandbox) -> Spoken:
    """A fresh sandbox, spoken to in either mode."""
    return simulator if request.param == "blocking" else simulator.asynchronous
