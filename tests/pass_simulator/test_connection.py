"""What the connection can do besides, for the command line: lines, redirects, all kinds of urls."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from multidict import CIMultiDict

from pass_simulator import AdminError, NoResponse
from pass_simulator.errors import InvalidAddress
from pass_simulator.transport.async_transport import AsyncTransport
from pass_simulator.transport.calls import exchange
from pass_simulator.transport.connection import Connection
from pass_simulator.transport.messages import Request
from pass_simulator.transport.sync_transport import SyncTransport

from .modes import done
from .servers import Answering, answering

TRANSPORTS = [SyncTransport, AsyncTransport]
CONTENT = "application/json", b"{}"


def _connection(kind: Callable[[], Any], url: str, **options: Any) -> Connection[Any]:  # noqa: ANN401
    return Connection(transport=kind(), instance=url, timeout=5, **options)


async def _run(connection: Connection[Any], flow: Any) -> Any:  # noqa: ANN401 - a flow, and its result
    return await done(connection.transport.run(flow))


def _begin(handler: Answering) -> None:
    handler.seen.append((handler.path, dict(handler.headers)))
    handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()


def _chunk(handler: Answering, text: bytes) -> None:
    handler.wfile.write(f"{len(text):x}\r\n".encode() + text + b"\r\n")
    handler.wfile.flush()


@pytest.mark.parametrize("kind", TRANSPORTS)
async def test_lines_are_handed_on_as_they_arrive(kind: Callable[[], Any]) -> None:
    heard = threading.Event()

    def answer(handler: Answering) -> None:
        _begin(handler)
        _chunk(handler, b'{"progress": 1}\n{"pro')
        # The rest comes only when the first line is there.
        if heard.wait(5):
            _chunk(handler, b'gress": 2}\n{"result": 3}')
            _chunk(handler, b"")

    lines = []

    def on_line(line: dict[str, int]) -> None:
        lines.append(line)
        heard.set()

    with answering(do_POST=answer) as (address, seen):
        connection = _connection(kind, f"http://{address}")
        await _run(connection, connection.admin_lines("POST", "seed", CONTENT, on_line))
    assert lines == [{"progress": 1}, {"progress": 2}, {"result": 3}]
    [(path, headers)] = seen
    assert (path, headers["Accept"]) == ("/admin/v1/seed", "application/x-ndjson")


@pytest.mark.parametrize("kind", TRANSPORTS)
async def test_lines_that_break_off_are_no_response(kind: Callable[[], Any]) -> None:
    def answer(handler: Answering) -> None:
        _begin(handler)
        _chunk(handler, b'{"progress": 1}\n')
        handler.close_connection = True

    with answering(do_POST=answer) as (address, _):
        connection = _connection(kind, f"http://{address}")
        with pytest.raises(NoResponse):
            await _run(connection, connection.admin_lines("POST", "seed", CONTENT, lambda _: None))


@pytest.mark.parametrize("kind", TRANSPORTS)
async def test_a_line_may_be_a_refusal(kind: Callable[[], Any]) -> None:
    def answer(handler: Answering) -> None:
        _begin(handler)
        _chunk(handler, b'{"progress": 1}\n{"error": {"code": "invalid", "message": "Not now"}}\n')
        _chunk(handler, b"")

    with answering(do_POST=answer) as (address, _):
        connection = _connection(kind, f"http://{address}")
        with pytest.raises(AdminError, match="Not now"):
            await _run(connection, connection.admin_lines("POST", "seed", CONTENT, lambda _: None))


def _redirect(status: int, location: str) -> Callable[[Answering], None]:
    def answer(handler: Answering) -> None:
        handler.seen.append((f"{handler.command} {handler.path}", dict(handler.headers)))
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        handler.send_response(status)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@pytest.mark.parametrize("kind", TRANSPORTS)
async def test_a_redirect_is_followed_without_the_token(kind: Callable[[], Any]) -> None:
    with answering() as (other, there):
        moved = _redirect(307, f"http://{other}/admin/v1/version")
        with answering(do_GET=moved) as (address, here):
            options = {"admin_token": "a secret", "follow_redirects": True}
            connection = _connection(kind, f"http://{address}", **options)
            assert await _run(connection, connection.admin("GET", "version")) == {"version": "x"}
    assert here[0][1]["Authorization"] == "Bearer a secret"
    assert "Authorization" not in there[0][1]


@pytest.mark.parametrize("kind", TRANSPORTS)
@pytest.mark.parametrize(
    ("status", "method", "asked"),
    [(302, "POST", "GET"), (303, "PUT", "GET"), (307, "POST", "POST"), (301, "PUT", "PUT")],
)
async def test_a_circle_of_redirects_ends(
    kind: Callable[[], Any], status: int, method: str, asked: str
) -> None:
    again = _redirect(status, "/again")
    with answering(do_GET=again, do_POST=again, do_PUT=again) as (address, seen):
        connection = _connection(kind, f"http://{address}", follow_redirects=True)
        with pytest.raises(NoResponse, match="redirected more than 10 times"):
            await _run(connection, connection.admin(method, "seed", {}))
    assert [each for each, _ in seen][:2] == [f"{method} /admin/v1/seed", f"{asked} /again"]
    assert len(seen) == 11


@pytest.mark.parametrize("kind", TRANSPORTS)
async def test_a_user_in_the_url_is_told(kind: Callable[[], Any]) -> None:
    with answering() as (address, seen):
        connection = _connection(kind, f"http://kim:p%40ss@{address}")
        await _run(connection, connection.admin("GET", "version"))
    assert seen[0][1]["Authorization"] == "Basic a2ltOnBAc3M="


@pytest.mark.parametrize("kind", TRANSPORTS)
async def test_a_header_that_is_there_twice_goes_out_twice(kind: Callable[[], Any]) -> None:
    found = []

    def answer(handler: Answering) -> None:
        found.extend(handler.headers.get_all("X-Mine", []))
        Answering.do_GET(handler)

    headers = CIMultiDict([("X-Mine", "one"), ("X-Mine", "two")])
    with answering(do_GET=answer) as (address, _):
        request = Request(method="GET", url=f"http://{address}/", headers=headers)
        await _run(_connection(kind, f"http://{address}"), exchange(request))
    assert found == ["one", "two"]


@pytest.mark.parametrize("kind", TRANSPORTS)
@pytest.mark.parametrize("url", ["lab", "http://", "ftp://lab", "", "http://lab:port"])
async def test_what_is_no_url_is_told_apart(kind: Callable[[], Any], url: str) -> None:
    connection = _connection(kind, url)
    with pytest.raises(InvalidAddress):
        await _run(connection, connection.admin("GET", "version"))
