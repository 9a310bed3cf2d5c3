"""Clients that look at certificates."""

import socket
import ssl
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
