"""What the actions share: their signature, and beginning an answer by hand."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from simulator.middleware.endpoints import sign

Proceed = Callable[[], Awaitable[web.StreamResponse]]
"""Go on to the next action, and at last to the handler: the answer that they make."""

Action = Callable[[web.Request, Mapping[str, Any], Proceed], Awaitable[web.StreamResponse]]
"""An action: does its work on the request, with the members that the fault gives it."""


async def begin(
    request: web.Request, answer: web.StreamResponse
) -> tuple[web.StreamResponse, bytes]:
    """Send the head of `answer`, which promises its whole body; the body is the caller's to send."""
    body = bytes(answer.body or b"") if isinstance(answer, web.Response) else b""  # type: ignore[arg-type]
    started = web.StreamResponse(status=answer.status, headers=answer.headers)
    started.content_length = len(body)
    sign(request, started)
    await started.prepare(request)
    return started, body
