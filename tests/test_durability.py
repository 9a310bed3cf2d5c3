"""What an answer has promised survives the process."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support.lab import device_header
from tests.support.replies import Json
from tests.support.server import Server, environment, serving

DEVICE: Final = "ba23d141-d715-561c-94f4-e9e4c966b1eb"
OPTIONS: Final = ("--port", "0", "--db", "state.db", "--scenario", "logout-samples")


def _log_out(server: Server, mvpd: str = "Cablevision") -> Json:
    token = server.call("POST", "/admin/v1/tokens", {})["access_token"]
    path = f"/api/v2/REF30/logout/{mvpd}?redirectUrl=https%3A%2F%2Fadobe.com"
    headers = {
        "Authorization": f"Bearer {token}",
        "AP-Device-Identifier": device_header(DEVICE),
    }
    return server.call("GET", path, headers=headers)["logouts"][mvpd]["actionName"]


def test_a_logout_that_was_answered_survives_the_kill_of_the_process(tmp_path: Path) -> None:
    with serving(*OPTIONS, directory=tmp_path) as server:
        assert _log_out(server) == "logout"
        server.kill()
    with serving(*OPTIONS, directory=tmp_path) as server:
        assert _log_out(server) == "invalid"
        assert _log_out(server, "Dish") == "complete"


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_a_restart_keeps_state_clients_and_tokens(
    tmp_path: Path, with_signal: signal.Signals
) -> None:
    with serving(*OPTIONS, directory=tmp_path) as server:
        token = server.call("POST", "/admin/v1/tokens", {})["access_token"]
        server.call("POST", "/admin/v1/devices", {"id": "made by hand"})
        assert _log_out(server) == "logout"
        before = server.call("GET", "/admin/v1/state")
        statement = server.call("GET", "/admin/v1/applications")["items"][0]["software_statement"]
        assert server.stop(with_signal) == 0
    # Another scenario is for a new database only.
    with serving(*OPTIONS[:4], "--scenario", "demo", directory=tmp_path) as server:
        assert server.call("GET", "/admin/v1/state") == before
        registered = server.call("POST", "/o/client/register", {"software_statement": statement})
        assert registered["client_id"]
        headers = {
            "Authorization": f"Bearer {token}",
            "AP-Device-Identifier": device_header(DEVICE),
        }
        profiles = server.call("GET", "/api/v2/REF30/profiles", headers=headers)["profiles"]
        assert "Cablevision" not in profiles
        assert "Dish" in profiles


def test_the_first_line_comes_when_devices_can_be_answered_and_nothing_follows_it(
    tmp_path: Path,
) -> None:
    with serving(*OPTIONS, directory=tmp_path) as server:
        assert server.call("GET", "/readyz") == {"status": "ready"}
        assert server.call("GET", "/livez") == {"status": "live"}
        assert server.process.stdout
        assert server.stop() == 0
        assert server.process.stdout.read() == ""


def test_the_environment_starts_it_as_flags_do(tmp_path: Path) -> None:
    variables = {
        "PASS_SIMULATOR_PORT": "0",
        "PASS_SIMULATOR_DB": ":memory:",
        "PASS_SIMULATOR_SCENARIO": "logout-sample-apple",
    }
    with serving(directory=tmp_path, variables=variables) as server:
        assert server.call("GET", "/admin/v1/state")["name"] == "logout-sample-apple"
    assert list(tmp_path.iterdir()) == []


_ASK: Final = """
import asyncio, sys
from simulator.clock import SystemClock
from simulator.storage.engine.opening import open_engine

async def main():
    engine = await open_engine(sys.argv[1], SystemClock())
    ask = lambda connection: connection.exec_driver_sql("PRAGMA synchronous").scalar()
    print(await engine.transact(ask))
    await engine.close()

asyncio.run(main())
"""


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """2 is FULL. In a process of its own: the tests in this one do not wait."""
    command = [sys.executable, "-c", _ASK, str(tmp_path / "state.db")]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "2\n"
