"""A stop loses nothing that is under way, takes no longer than it may, and ends with status 0."""

import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pass_simulator.errors import NoResponse
from tests.support.replies import Json
from tests.support.server import Server, ask, serving


@contextmanager
def _serving(directory: Path, drain: int) -> Iterator[Server]:
    arguments = ("--port", "0", "--db", ":memory:", "--drain-seconds", str(drain))
    with serving(*arguments, directory=directory) as server:
        yield server


@contextmanager
def _under_way(server: Server, **action: object) -> Iterator[Future[Json]]:
    """A registration that meets a fault, once it has arrived."""
    order = {"match": {"operation": "register"}, "action": action}
    fault = server.call("POST", "/admin/v1/faults", order)["id"]
    applications = server.call("GET", "/admin/v1/applications")["items"]
    body = {"software_statement": applications[0]["software_statement"]}
    with ThreadPoolExecutor() as pool:
        future = pool.submit(server.call, "POST", "/o/client/register", body)
        while not server.call("GET", f"/admin/v1/faults/{fault}")["struck"]:
            time.sleep(0.01)
        yield future


def _ask(server: Server, path: str) -> int:
    return ask(server.origin, "GET", path).status


def _not_ready(server: Server) -> None:
    """Wait until the instance says that it is not ready any more."""
    deadline = time.monotonic() + 10
    while _ask(server, "/readyz") == 200:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert _ask(server, "/readyz") == 503
    assert _ask(server, "/livez") == 200


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_finished_and_nobody_new_is_invited(
    tmp_path: Path, with_signal: signal.Signals
) -> None:
    with _serving(tmp_path, 60) as server, _under_way(server, kind="delay", seconds=3) as reply:
        server.process.send_signal(with_signal)
        _not_ready(server)
        assert "client_id" in reply.result(30)
        assert server.process.wait(10) == 0
        with pytest.raises(NoResponse):
            server.call("GET", "/livez")


def test_what_hangs_is_cut_off_when_the_time_is_over(tmp_path: Path) -> None:
    with _serving(tmp_path, 2) as server, _under_way(server, kind="hang") as reply:
        begun = time.monotonic()
        assert server.stop() == 0
        assert 1.5 < time.monotonic() - begun < 10
        with pytest.raises(NoResponse):
            reply.result(10)


@pytest.mark.parametrize("signals", [1, 2])
def test_a_file_that_somebody_else_writes_to_is_not_waited_for(
    tmp_path: Path, signals: int
) -> None:
    drain = 1 if signals == 1 else 3600
    arguments = ("--port", "0", "--db", "state.db", "--drain-seconds", str(drain))
    with serving(*arguments, directory=tmp_path) as server, ThreadPoolExecutor() as pool:
        server.call("POST", "/admin/v1/tokens", {})
        with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            body = {"id": "waits", "display_name": "It waits"}
            writing = pool.submit(server.call, "POST", "/admin/v1/mvpds", body)
            while "requests_under_way 2.0" not in ask(server.origin, "GET", "/metrics").text:
                time.sleep(0.01)
            begun = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            if signals == 2:
                # Two at the same time are one.
                _not_ready(server)
                begun = time.monotonic()
                server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(30) == 0
            assert time.monotonic() - begun < (drain + 2 if signals == 1 else 2)
            assert writing.exception(10)


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    with _serving(tmp_path, 3600) as server, _under_way(server, kind="hang"):
        server.process.send_signal(signal.SIGTERM)
        _not_ready(server)
        assert server.stop() == 0


def test_without_requests_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    with _serving(tmp_path, 3600) as server:
        # A connection that is kept alive is no request.
        host, _, port = server.origin.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: lab\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
            assert server.stop() == 0
