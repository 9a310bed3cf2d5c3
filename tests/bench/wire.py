"""A cheap HTTP client: connections that are kept alive, and no more of HTTP than the answers need.

What it costs itself is small beside what it measures, and it runs in a process of its own.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self, cast
from urllib.parse import urlsplit

_END_OF_HEAD: Final = b"\r\n\r\n"
_END_OF_CHUNKS: Final = b"0\r\n\r\n"
_WITHOUT_BODY: Final = frozenset({204, 304})


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON of any shape
        """The body as JSON."""
        return json.loads(self.body)


class Wire(asyncio.Protocol):
    """One connection, and one request on it at a time.

    `notes` are what a script remembers from one of its runs on this connection to the next.
    """

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}
        self.calls = 0
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._received = b""

    @classmethod
    async def to(cls, origin: str) -> Self:
        """Connect to `origin`, scheme and host and port."""
        place = urlsplit(origin)
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(cls, place.hostname or "", place.port or 80)
        return wire

    async def ask(self, request: bytes) -> Answer:
        """Send a request as it stands and return the answer to it."""
        if self._transport is None:
            raise ConnectionError("the server closed the connection")
        self.calls += 1
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    async def must(self, request: bytes, holds: bytes = b"") -> Answer:
        """Ask for what must be answered with a status of 2xx and a body that holds these bytes."""
        answer = await self.ask(request)
        if answer.status // 100 != 2 or holds not in answer.body:
            problem = f"{request[:200]!r} was answered with {answer.status}: {answer.body[:400]!r}"
            raise AssertionError(problem)
        return answer

    @property
    def closed(self) -> bool:
        """Whether the server has hung up, or is just doing so."""
        return self._transport is None or self._transport.is_closing()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        # uvloop's transports only look like those of asyncio.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self._received += data
        head, separator, body = self._received.partition(_END_OF_HEAD)
        if not separator:
            return
        status = int(head[9:12])
        told = head.lower()
        if (place := told.find(b"\r\ncontent-length:")) >= 0:
            complete = len(body) >= int(told[place + 17 :].partition(b"\r\n")[0])
        elif b"\r\ntransfer-encoding: chunked" in told:
            if complete := body.endswith(_END_OF_CHUNKS):
                body = _joined(body)
        else:
            complete = status in _WITHOUT_BODY
        if complete and self._waiting is not None:
            self._received = b""
            self._waiting.set_result(Answer(status, body))

    def connection_lost(self, error: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionError("the server hung up"))


def _joined(chunked: bytes) -> bytes:
    """The content of a body that came in chunks."""
    content = b""
    while True:
        line, _, rest = chunked.partition(b"\r\n")
        size = int(line.partition(b";")[0], 16)
        if not size:
            return content
        content, chunked = content + rest[:size], rest[size + 2 :]


def request(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: object = None
) -> bytes:
    """The bytes of a request; `body` goes out as it is when it is text, else as JSON."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    content = b""
    if body is not None:
        text = body if isinstance(body, str) else json.dumps(body)
        kind = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
        content = text.encode()
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(content)}"]
    elif method in {"POST", "PUT"}:
        lines.append("Content-Length: 0")
    return "\r\n".join(lines).encode() + _END_OF_HEAD + content
