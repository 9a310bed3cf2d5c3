"""The Testcontainers class, on an engine that the test plays: its container is the server of this run.

There is no container engine here, so what runs is all but the image.
"""

import json
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from testcontainers.core.config import ConnectionMode, testcontainers_config

from pass_simulator import Simulator, SimulatorError
from pass_simulator.testcontainers import PORT, PassSimulatorContainer

LOG = b"what it logged"


class Engine(BaseHTTPRequestHandler):
    """As much of the API of Docker Engine as starting one container takes."""

    protocol_version = "HTTP/1.1"
    port: ClassVar[int]
    made: ClassVar[dict[str, Any]]
    calls: ClassVar[list[str]]

    def _answer(self) -> None:
        path = re.sub(r"^/v[0-9.]+", "", urlsplit(self.path).path)
        self.calls.append(f"{self.command} {path}")
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        found: Any = {}
        if path == "/version":
            found = {"ApiVersion": "1.44", "MinAPIVersion": "1.24", "Version": "25.0"}
        elif path == "/containers/create":
            self.made.update(json.loads(body))
            found = {"Id": "c0ffee"}
        elif path.endswith("/logs"):
            # A frame of the multiplexed stream: stdout, its length, its text.
            found = b"\x01\x00\x00\x00" + len(LOG).to_bytes(4, "big") + LOG
        elif path == "/containers/c0ffee/json":
            mapped = [{"HostIp": "127.0.0.1", "HostPort": str(self.port)}]
            found = {
                "Id": "c0ffee",
                "State": {"Status": "running"},
                "Config": {"Tty": False},
                "NetworkSettings": {"Ports": {f"{PORT}/tcp": mapped}},
            }
        answer = found if isinstance(found, bytes) else json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - as http.server calls them

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Engine]]:
    """An engine on loopback, which Testcontainers is told of as it is of any."""
    kind = type("Played", (Engine,), {"made": {}, "calls": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.server_address[1]}")
    # These tests may run in a container themselves, whose gateway is not where this engine is.
    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)
    monkeypatch.setattr(
        testcontainers_config, "connection_mode_override", ConnectionMode.docker_host
    )
    yield kind
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_container_is_ready_when_it_is_entered(
    engine: type[Engine], simulator_server: Simulator, tmp_path: Path
) -> None:
    engine.port = urlsplit(simulator_server.url).port or 0
    container = PassSimulatorContainer(scenario="qa-home", scenarios=tmp_path)
    with container:
        assert container.url == f"http://127.0.0.1:{engine.port}"
        assert container.simulator.version() == simulator_server.version()
    asked = engine.made
    assert asked["Image"] == "pass-simulator"
    assert {*asked["Env"]} == {
        f"PASS_SIMULATOR_ADMIN_TOKEN={container.admin_token}",
        "PASS_SIMULATOR_DB=:memory:",
        "PASS_SIMULATOR_SCENARIO=qa-home",
    }
    assert [*asked["ExposedPorts"]] == [f"{PORT}/tcp"]
    assert asked["HostConfig"]["Binds"] == [f"{tmp_path}:/scenarios:ro"]
    assert len(container.admin_token) == 32
    assert "DELETE /containers/c0ffee" in engine.calls


def test_one_that_does_not_get_ready_is_removed_and_its_log_told(engine: type[Engine]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        engine.port = nobody.getsockname()[1]
    container = PassSimulatorContainer("registry.example/pass-simulator:0.1.0", timeout=0.1)
    with pytest.raises(SimulatorError, match=LOG.decode()):
        container.start()
    assert engine.made["Image"] == "registry.example/pass-simulator:0.1.0"
    assert "DELETE /containers/c0ffee" in engine.calls
