"""Clients that look at certificates."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from email.message import Message
from pathlib import Path


def verifying(authority: Path | str) -> ssl.SSLContext:
    """What a careful client trusts: this authority (a file, or PEM) and nobody else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if isinstance(authority, Path):
        context.load_verify_locations(cafile=authority)
    else:
        context.load_verify_locations(cadata=authority)
    return context


def handshake(port: int, context: ssl.SSLContext, host: str = "localhost") -> None:
    """Shake hands with the server at `port`, which is expected to be `host`."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as raw,
        context.wrap_socket(raw, server_hostname=host),
    ):
        pass


def fetch(
    origin: str, path: str, headers: Mapping[str, str] | None = None
) -> tuple[Message, bytes]:
    """The headers and the body at `path` of a server that is reached by HTTP."""
    connection = http.client.HTTPConnection(origin.partition("://")[2], timeout=10)
    try:
        connection.request("GET", path, headers={**(headers or {})})
        response = connection.getresponse()
        return response.headers, response.read()
    finally:
        connection.close()


def get(
    port: int,
    path: str,
    context: ssl.SSLContext,
    host: str = "localhost",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The body at `path` of the server at `port`, whose certificate is verified."""
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    raw = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sock = context.wrap_socket(raw, server_hostname=host)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}", **(headers or {})})
        return connection.getresponse().read()
    finally:
        connection.close()
