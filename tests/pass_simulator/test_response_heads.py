"""How both transports read the head of a response, as it stands in the bytes of a connection."""

from collections.abc import Callable
from typing import Any

import pytest

from pass_simulator import NoResponse
from pass_simulator.transport.async_transport import AsyncTransport
from pass_simulator.transport.calls import exchange
from pass_simulator.transport.messages import Request, Response
from pass_simulator.transport.sync_transport import SyncTransport

from .modes import done
from .servers import Answering, answering

TRANSPORTS = [SyncTransport, AsyncTransport]


async def _read(kind: Callable[[], Any], answer: bytes, method: str = "GET") -> Response:
    """What a transport makes of these bytes, after which the connection ends."""

    def write(handler: Answering) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    with answering(do_GET=write, do_HEAD=write) as (address, _):
        request = Request(method=method, url=f"http://{address}/", timeout=5)
        found: Response = await done(kind().run(exchange(request)))
    return found


GOOD = {
    "plain": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Two: a\r\n\r\nhi",
    "without a reason": b"HTTP/1.1 200\r\nContent-Length: 2\r\nX-Two: a\r\n\r\nhi",
    "an older version, until its end": b"HTTP/1.0 200 OK\r\nX-Two: a\r\n\r\nhi",
    "until its end": b"HTTP/1.1 200 OK\r\nX-Two: a\r\n\r\nhi",
    "in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nX-Two: a\r\n\r\n"
    b"1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
    "after one that says to go on": b"HTTP/1.1 100 Continue\r\nX-Two: b\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Two: a\r\n\r\nhi",
    "blanks around values": b"HTTP/1.1 200 OK\r\ncontent-length:2\r\nX-Two:  a \r\n\r\nhi",
}


@pytest.mark.parametrize("kind", TRANSPORTS)
@pytest.mark.parametrize("answer", GOOD.values(), ids=GOOD)
async def test_a_body_is_found_behind_its_head(kind: Callable[[], Any], answer: bytes) -> None:
    found = await _read(kind, answer)
    assert (found.status, found.text, found.headers["x-two"]) == (200, "hi", "a")


@pytest.mark.parametrize("kind", TRANSPORTS)
@pytest.mark.parametrize(("status", "method"), [(204, "GET"), (304, "GET"), (200, "HEAD")])
async def test_what_has_no_body_is_not_waited_for(
    kind: Callable[[], Any], status: int, method: str
) -> None:
    head = f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nX-Name: Zürich\r\n\r\n"
    found = await _read(kind, head.encode(), method)
    assert (found.status, found.body, found.headers["x-name"]) == (status, b"", "Zürich")


BAD = {
    "nothing": b"",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "no number": b"HTTP/1.1 fine\r\n\r\n",
    "a line without an end": b"HTTP/1.1 200 " + b"x" * 100_000,
    "a header without an end": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
    "a body cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi",
    "a chunk cut off": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi",
}


@pytest.mark.parametrize("kind", TRANSPORTS)
@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
async def test_what_is_no_response_is_told_apart(kind: Callable[[], Any], answer: bytes) -> None:
    with pytest.raises(NoResponse):
        await _read(kind, answer)


async def test_more_headers_than_anybody_sends_are_no_response() -> None:
    many = b"".join(b"X-%d: x\r\n" % number for number in range(200))
    with pytest.raises(NoResponse, match="100 headers"):
        await _read(SyncTransport, b"HTTP/1.1 200 OK\r\n" + many + b"\r\n")
