"""The connection closed in good order, before any answer."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .actions import Proceed


async def break_off(
    request: web.Request, _action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """Close the connection; the response that is returned reaches nobody."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
