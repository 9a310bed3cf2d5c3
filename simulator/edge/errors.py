"""Every request has a number, and every error an answer in the shape of the face it happened on."""

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.http.endpoint import CONTEXT, REQUEST_ID, sign
from simulator.http.errors import answered


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Number the request, answer errors in their shape, and say which sandbox answered."""
    request[REQUEST_ID] = request.app[CONTEXT].ids.short("req")
    response = await answered(request, handler)
    if not response.prepared:
        sign(request, response)
    return response
