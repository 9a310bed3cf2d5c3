"""The right answer, cut off in its body."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .actions import Proceed, begin


async def cut(
    request: web.Request, action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """Promise the whole body, send its first `after` bytes, and close."""
    started, body = await begin(request, await proceed())
    await started.write(body[: action.get("after", 0)])
    if request.transport is not None:
        request.transport.close()
    return started
