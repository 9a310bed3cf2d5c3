"""No answer at all, on a connection that stays open."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from . import close
from .actions import Proceed

_LONGEST: Final = 600.0
# How soon it is noticed that the client has given up.
_GLANCE: Final = 0.2


async def wait(
    request: web.Request, action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """Wait until the client gives up or the time is over; then close."""
    left = float(action.get("seconds", _LONGEST))
    while left > 0 and request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(min(left, _GLANCE))
        left -= _GLANCE
    return await close.break_off(request, action, proceed)
