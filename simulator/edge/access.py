"""Which sandbox a request belongs to, and who may use the admin API and the console.

On loopback that is anybody, elsewhere whoever has the token.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.http.console_pages import let_in, same
from simulator.http.endpoint import ADMIN_TOKEN, Surface, endpoint_of, surface_of
from simulator.http.sandbox import bearer, resolve_sandbox
from simulator.services.errors import InvalidRequest, Unauthorized


@web.middleware
async def admin_auth(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse an admin request without the token, where there is one, and names that cannot be."""
    surface = surface_of(request)
    if surface is Surface.CONSOLE:
        let_in(request)
    if "%00" in request.raw_path and surface is Surface.ADMIN:
        hint = "Leave the %00 out."
        raise InvalidRequest("No name or filter contains a NUL.", hint)
    wanted = request.app.get(ADMIN_TOKEN)
    if wanted and _is_guarded(request) and not same(bearer(request) or "", wanted):
        raise Unauthorized(
            "The admin API of this instance asks for its token.",
            "Send 'Authorization: Bearer …' with the value of --admin-token, or with the one "
            "that was printed at the start.",
        )
    return await handler(request)


def _is_guarded(request: web.Request) -> bool:
    if surface_of(request) is not Surface.ADMIN:
        return False
    endpoint = endpoint_of(request)
    return endpoint is None or endpoint.guarded


@web.middleware
async def sandbox(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the sandbox of the request. Raises `UnknownSandbox` for one that is named and unknown."""
    endpoint = endpoint_of(request)
    # A path that is not served, or not with this verb, belongs to a sandbox all the same.
    if endpoint is None or endpoint.sandboxed:
        await resolve_sandbox(request)
    return await handler(request)
