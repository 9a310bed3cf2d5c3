"""Which sandbox a request belongs to."""

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.http.endpoint import endpoint_of
from simulator.http.sandbox import resolve_sandbox


@web.middleware
async def sandbox(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the sandbox of the request. Raises `UnknownSandbox` for one that is named and unknown."""
    endpoint = endpoint_of(request)
    # A path that is not served, or not with this verb, belongs to a sandbox all the same.
    if endpoint is None or endpoint.sandboxed:
        await resolve_sandbox(request)
    return await handler(request)
