"""Connections of a server: those that keep it waiting are closed, and never shut others out."""

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from simulator.http import connections
from tests.support.server import READY, Server, ask, command, environment, serving

_PATIENCE: Final = 30.0
_STREAM: Final = b"GET /admin/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
_PROBE: Final = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"


def _connect(origin: str, sent: bytes = b"") -> socket.socket:
    parts = urlsplit(origin)
    assert parts.hostname
    assert parts.port
    connection = socket.create_connection((parts.hostname, parts.port), timeout=_PATIENCE)
    if sent:
        connection.sendall(sent)
    return connection


def _rest(connection: socket.socket) -> bytes:
    """All that still comes, up to the end of the connection."""
    found = b""
    with suppress(ConnectionError):
        while received := connection.recv(65_536):
            found += received
    return found


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side has ended it by now."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@contextmanager
def _serving(directory: Path, *arguments: str) -> Iterator[Server]:
    log = directory / "log"
    with serving(
        "--port", "0", "--db", ":memory:", *arguments, directory=directory, log=log
    ) as server:
        yield server


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET", b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: "],
    ids=["nothing", "a word", "half a head"],
)
def test_a_connection_that_sends_no_request_is_closed(tmp_path: Path, sent: bytes) -> None:
    with _serving(tmp_path, "--head-seconds", "1") as server:
        with _connect(server.origin, sent) as connection:
            assert _rest(connection) == b""
        assert ask(server.origin, "GET", "/livez").ok


def test_a_handshake_that_does_not_come_is_waited_for_only_so_long(tmp_path: Path) -> None:
    with _serving(tmp_path, "--head-seconds", "1", "--tls", "auto", "--tls-port", "0") as server:
        accepted = {"Accept": "application/json"}
        port = server.call("GET", "/certs", headers=accepted)["https_port"]
        with _connect(f"https://127.0.0.1:{port}") as connection:
            assert _rest(connection) == b""


def test_a_connection_that_is_kept_is_closed_when_no_other_request_comes(tmp_path: Path) -> None:
    with (
        _serving(tmp_path, "--idle-seconds", "1") as server,
        _connect(server.origin, _PROBE) as connection,
    ):
        assert _rest(connection).endswith(b'{"status":"live"}')


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/o/client/register", '"code":"request_timeout"'),
        ("/api/v2/REF30/sessions", '"code":"request_timeout"'),
        ("/admin/v1/seed", '"code":"request_timeout"'),
        ("/activate", "did not come in time"),
    ],
)
def test_a_body_that_does_not_come_is_waited_for_only_so_long(
    tmp_path: Path, path: str, named: str
) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
    head += 'Content-Type: application/json\r\n\r\n{"a'
    with (
        _serving(tmp_path, "--head-seconds", "1") as server,
        _connect(server.origin, head.encode()) as connection,
    ):
        status, _, rest = _rest(connection).decode().partition("\r\n")
        assert " 408 " in status
        assert named in rest
        if path.startswith("/o/"):
            (entry,) = server.call("GET", "/admin/v1/requests")["items"]
            assert entry["status"] == 408


def test_a_body_that_comes_byte_by_byte_is_waited_for_only_so_long(tmp_path: Path) -> None:
    head = b"POST /admin/v1/seed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{"
    with _serving(tmp_path, "--body-seconds", "1") as server:
        with _connect(server.origin, head) as connection:
            connection.settimeout(0.1)
            answer, until = b"", time.monotonic() + _PATIENCE
            while not answer and time.monotonic() < until:
                connection.send(b" ")
                with suppress(TimeoutError):
                    answer = connection.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 408 ")
        assert ask(server.origin, "GET", "/livez").ok


def test_who_takes_nothing_of_an_answer_is_waited_for_only_so_long(tmp_path: Path) -> None:
    # So many answers that no buffer on the way holds them.
    wanted = 200
    request = b"GET /admin/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with (
        _serving(tmp_path, "--head-seconds", "1", "--log-level", "debug") as server,
        _connect(server.origin, request * wanted) as connection,
    ):
        until = time.monotonic() + _PATIENCE
        while "does not take what it asked for" not in (tmp_path / "log").read_text():
            assert time.monotonic() < until
            assert ask(server.origin, "GET", "/livez").ok
        assert _rest(connection).count(b"HTTP/1.1 200") < wanted


def test_idle_connections_make_room_for_new_ones(tmp_path: Path) -> None:
    with _serving(tmp_path, "--max-connections", "20") as server, ExitStack() as stack:
        stream = stack.enter_context(_connect(server.origin, _STREAM))
        assert stream.recv(12) == b"HTTP/1.1 200"
        kept = stack.enter_context(_connect(server.origin, _PROBE))
        assert kept.recv(65_536).startswith(b"HTTP/1.1 200")
        idle = []
        for _ in range(60):
            idle.append(stack.enter_context(_connect(server.origin)))
            assert ask(server.origin, "GET", "/livez").ok
        # The last ones are there, the first ones are not, and what is in use is never closed.
        assert all(map(_is_closed, [kept, *idle[:40]]))
        assert not any(map(_is_closed, idle[-10:]))
        assert server.call("POST", "/admin/v1/reset")["generation"] == 2
        assert b"event: reset" in stream.recv(65_536) + stream.recv(65_536)
    lines = (tmp_path / "log").read_text().splitlines()
    (said,) = [each for each in lines if "--max-connections" in each]
    assert "20 connections" in json.loads(said)["event"]


def test_where_all_are_in_use_a_new_one_is_turned_away(tmp_path: Path) -> None:
    with _serving(tmp_path, "--max-connections", "3") as server, ExitStack() as stack:
        for _ in range(3):
            stream = stack.enter_context(_connect(server.origin, _STREAM))
            assert stream.recv(12) == b"HTTP/1.1 200"
        with _connect(server.origin) as refused:
            assert _rest(refused).startswith(b"HTTP/1.1 503 ")
        stream.close()
        while not ask(server.origin, "GET", "/livez").ok:
            continue
    assert "all are in use" in (tmp_path / "log").read_text()


@pytest.mark.skipif(os.name != "posix", reason="there is no limit of open files")
def test_few_descriptors_and_many_idle_clients_shut_nobody_out(tmp_path: Path) -> None:
    serve = command("serve", "--port", "0", "--db", ":memory:")
    limited = ["sh", "-c", 'ulimit -n 256 && exec "$@"', "sh", *serve]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            limited,
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
        ExitStack() as stack,
    ):
        try:
            assert process.stdout
            ready = re.fullmatch(READY, process.stdout.readline())
            assert ready
            for number in range(400):
                stack.enter_context(_connect(ready[1]))
                if number % 50 == 0:
                    assert ask(ready[1], "GET", "/readyz").ok
            assert ask(ready[1], "GET", "/admin/v1/version").ok
        finally:
            process.terminate()
            process.wait(_PATIENCE)
    assert process.returncode == 0
    assert "--max-connections" in (tmp_path / "log").read_text()


def test_there_may_be_as_many_connections_as_files_but_for_a_reserve(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for files, most in ((256, 192), (1024, 960), (64, 32), (1_000_000, 10_000)):
        monkeypatch.setattr("resource.getrlimit", lambda _, files=files: (files, files))
        assert connections.most_connections() == most
