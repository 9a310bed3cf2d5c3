"""The connection reset, as by a router that lost it."""

import socket
import struct
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from .actions import Proceed

# Linger for no time at all: closing then sends RST instead of FIN.
_AT_ONCE: Final = struct.pack("ii", 1, 0)


async def break_off(
    request: web.Request, _action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """Reset the connection; the response that is returned reaches nobody."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
    return web.Response()
