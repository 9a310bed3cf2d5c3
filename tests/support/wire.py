"""Requests byte by byte, for what no HTTP client would send."""

import asyncio
import socket
from collections.abc import Iterable
from contextlib import suppress
from email.parser import Parser
from typing import Final

from .lab import Lab
from .replies import Reply, received

Lines = Iterable[tuple[str, bytes]]

_PATIENCE: Final = 10.0


async def send(
    lab: Lab,
    method: str,
    target: bytes,
    headers: Lines,
    body: bytes = b"",
    *,
    version: bytes = b"1.1",
) -> Reply:
    """The answer to exactly this request, after which the connection is closed."""
    lines = [method.encode() + b" " + target + b" HTTP/" + version, b"Connection: close"]
    lines += [name.encode() + b": " + value for name, value in headers]
    if body:
        lines.append(f"Content-Length: {len(body)}".encode())
    request = b"\r\n".join((*lines, b"", body))
    url = lab.client.make_url("/")
    assert url.host
    assert url.port
    answer = await asyncio.to_thread(_exchange, url.host, url.port, request)
    return received(method, target.decode(errors="replace"), _reply(answer))


def _exchange(host: str, port: int, request: bytes) -> bytes:
    """All that the server answers, also when it closes before it has read the whole request."""
    answer = b""
    with socket.create_connection((host, port), timeout=_PATIENCE) as connection:
        with suppress(ConnectionError):
            connection.sendall(request)
        with suppress(ConnectionError):
            while received := connection.recv(65_536):
                answer += received
    return answer


def _reply(answer: bytes) -> Reply:
    head, separator, body = answer.partition(b"\r\n\r\n")
    assert separator, f"no answer: {answer!r}"
    status_line, _, headers = head.decode().partition("\r\n")
    return Reply(
        status=int(status_line.split()[1]),
        headers=dict(Parser().parsestr(headers).items()),
        text=body.decode(),
    )
