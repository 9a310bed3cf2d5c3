"""What is counted of every request: that it came, how long it took, and a line of the log."""

import logging
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.http.endpoint import ENDPOINTS, HEAD, REQUEST_ID, SIMULATOR
from simulator.http.request_counts import OBSERVED

log: Final = logging.getLogger("simulator.requests")

_CANCELLED: Final = 0


@web.middleware
async def observing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the request and, where the log is for debugging, write a line about it."""
    observed, elapsed = request.app[OBSERVED], request.app[SIMULATOR].clock.elapsed
    started, status = elapsed(), _CANCELLED
    observed.under_way += 1
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as error:
        status = error.status
        raise
    finally:
        observed.leave()
        seconds = elapsed() - started
        observed.add(request.match_info.handler, status, seconds)
        if log.isEnabledFor(logging.DEBUG):
            _tell(request, status, seconds)
    return response


def _tell(request: web.Request, status: int, seconds: float) -> None:
    """One line; the path without its query, which may hold secrets."""
    endpoint, head = request.app[ENDPOINTS].get(request.match_info.handler), request.get(HEAD)
    path = request.rel_url.raw_path
    log.debug(
        "%s %s",
        request.method,
        path,
        extra={
            "status": status or "cancelled",
            "ms": round(seconds * 1000, 2),
            "operation": endpoint.operation if endpoint else None,
            "request": request.get(REQUEST_ID),
            "sandbox": head.name if head else None,
            "generation": head.generation if head else None,
        },
    )
