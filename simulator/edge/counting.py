"""What is counted of every request: that it came, how long it took, and a line of the log."""

import logging
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.http.endpoint import CONTEXT, ENDPOINTS, REQUEST_ID, SANDBOX_REF
from simulator.http.request_counts import REQUEST_COUNTS

log: Final = logging.getLogger("simulator.requests")

_CANCELLED: Final = 0


@web.middleware
async def counting(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the request and, where the log is for debugging, write a line about it."""
    observed, elapsed = request.app[REQUEST_COUNTS], request.app[CONTEXT].clock.elapsed
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
            _log_request(request, status, seconds)
    return response


def _log_request(request: web.Request, status: int, seconds: float) -> None:
    """One line; the path without its query, which may hold secrets."""
    endpoint, ref = (
        request.app[ENDPOINTS].get(request.match_info.handler),
        request.get(SANDBOX_REF),
    )
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
            "sandbox": ref.name if ref else None,
            "generation": ref.generation if ref else None,
        },
    )
