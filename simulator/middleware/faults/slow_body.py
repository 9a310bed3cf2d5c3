"""The right answer, whose body takes its time."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from .actions import Proceed, begin

_PIECES: Final = 10


async def drip(
    request: web.Request, action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """Send the body in pieces, the last one after `seconds`."""
    started, body = await begin(request, await proceed())
    # Without a body, all is said with the head.
    pieces = min(int(action.get("pieces", _PIECES)), len(body))
    for number in range(pieces):
        await asyncio.sleep(float(action["seconds"]) / pieces)
        await started.write(body[len(body) * number // pieces : len(body) * (number + 1) // pieces])
    await started.write_eof()
    return started
