"""Clients that hang up, or that speak no HTTP: no failure of ours, and none in the log."""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from tests.support.server import Server, ask, serving

_PATIENCE: Final = 20.0
CUT: Final = b"Content-Length: 100\r\nContent-Type: application/json\r\n\r\n{"
MALFORMED: Final = "pass_simulator_malformed_requests_total"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A server of a process of its own: aiohttp's for tests ends what nobody waits for in another way."""

    server: Server
    log: Path

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        """A connection of which nothing is known but its bytes."""
        parts = urlsplit(self.server.origin)
        with socket.create_connection((parts.hostname, parts.port), _PATIENCE) as connection:
            yield connection

    def metrics(self) -> str:
        return ask(self.server.origin, "GET", "/metrics").text

    def statuses(self) -> dict[str, float]:
        """How many requests there were so far, by the class of their status."""
        found: dict[str, float] = {}
        for status, count in re.findall(
            r'^pass_simulator_requests_total\{.*status="(\w+)".*\} (\S+)$',
            self.metrics(),
            re.MULTILINE,
        ):
            found[status] = found.get(status, 0) + float(count)
        return found

    def malformed(self) -> int:
        found = re.search(rf"^{MALFORMED} (\S+)$", self.metrics(), re.MULTILINE)
        assert found
        return int(float(found[1]))

    def logged(self, event: str, before: int = 0) -> dict[str, Any]:
        """The line of the log that says so, after as many of its kind as there were `before`."""
        until = time.monotonic() + _PATIENCE
        while True:
            lines = [each for each in self.lines() if each["event"] == event]
            if len(lines) > before:
                return lines[before]
            assert time.monotonic() < until, f"not logged: {event}"
            time.sleep(0.01)

    def lines(self) -> list[dict[str, Any]]:
        text = self.log.read_text(encoding="utf-8")
        # The last line may be on its way.
        return [json.loads(each) for each in text.rpartition("\n")[0].splitlines()]


@pytest.fixture(scope="module")
def of_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    place = tmp_path_factory.mktemp("hang-ups")
    flags = ("--port", "0", "--db", ":memory:", "--log-level", "debug", "--log-format", "json")
    with serving(*flags, directory=place, log=place / "log") as server:
        yield Watched(server=server, log=place / "log")


@pytest.fixture
def watched(of_module: Watched) -> Iterator[Watched]:
    """The server of these tests; nothing may be in its log that wakes anybody."""
    yield of_module
    loud = [each for each in of_module.lines() if each["level"] not in {"debug", "info"}]
    assert loud == []
    assert not any("exception" in each for each in of_module.lines())


@pytest.mark.parametrize(
    "path",
    [
        "/o/client/register",
        "/api/v2/REF30/decisions/authorize/Dish",
        "/admin/v1/seed",
        "/sp/saml/SAMLAssertionConsumer",
    ],
)
def test_who_hangs_up_in_the_middle_of_a_body_is_counted_apart(watched: Watched, path: str) -> None:
    event = f"POST {path}"
    before = watched.statuses()
    with watched.connected() as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n".encode() + CUT)
        while "pass_simulator_requests_under_way 2.0\n" not in watched.metrics():
            time.sleep(0.01)
    line = watched.logged(event)
    assert (line["level"], line["status"]) == ("debug", "cancelled")
    assert watched.logged("the client hung up")
    after = watched.statuses()
    assert after["cancelled"] == before.get("cancelled", 0) + 1
    assert {each: count for each, count in after.items() if each[0] in "45"} == {
        each: count for each, count in before.items() if each[0] in "45"
    }


NO_HTTP: Final = {
    "no HTTP": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40),
    "no host": b"GET /livez HTTP/1.1\r\n\r\n",
    "a bad header": b"GET /livez HTTP/1.1\r\nHost: lab\r\nX: planted-\x00secret\r\n\r\n",
    "two lengths": b"GET / HTTP/1.1\r\nHost: lab\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "no length": b"GET / HTTP/1.1\r\nHost: lab\r\nContent-Length: planted\r\n\r\n",
    "a long line": b"GET /planted" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: lab\r\n\r\n",
    "no chunk": b"POST /o/client/token HTTP/1.1\r\nHost: lab\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"planted\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_counted_apart_and_logged_for_who_debugs(
    watched: Watched, sent: bytes
) -> None:
    before, so_far = watched.statuses(), watched.malformed()
    with watched.connected() as connection:
        connection.sendall(sent)
        answer = connection.recv(65_536)
    assert answer.partition(b"\r\n")[0].endswith(b" 400 Bad Request")
    assert watched.malformed() == so_far + 1
    line = watched.logged("what was sent is no HTTP", so_far)
    assert line["level"] == "debug"
    assert "planted" not in str(line)
    after = watched.statuses()
    # A body that is none came behind a head that was a request.
    assert {each for each in after if after[each] != before.get(each)} <= {"2xx"}
