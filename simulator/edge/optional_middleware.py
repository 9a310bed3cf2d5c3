"""What stands between a request and its answer only where a sandbox, or a browser, asks for it."""

from functools import partial

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from simulator.http.endpoint import SANDBOX_REF

from .cors import cors
from .faults import faults
from .throttle import throttle


@web.middleware
async def optional_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer pages of other origins, turn away who calls too often, and let faults strike, in this order."""
    ref = request.get(SANDBOX_REF)
    if ref is None or not (ref.throttled or ref.faulty or hdrs.ORIGIN in request.headers):
        return await handler(request)
    return await cors(request, partial(throttle, handler=partial(faults, handler=handler)))
