"""Who may use the admin API: anybody on loopback, elsewhere whoever has the token."""

import hmac

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.services.refusals import Refusal

from .endpoints import ADMIN_TOKEN, Surface, endpoint_of, surface_of
from .sandbox import bearer


@web.middleware
async def admin_auth(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse an admin request without the token, where there is one, and names that cannot be."""
    if "%00" in request.raw_path and surface_of(request) is Surface.ADMIN:
        hint = "Leave the %00 out."
        raise Refusal("invalid_request", "No name or filter contains a NUL.", hint)
    wanted = request.app.get(ADMIN_TOKEN)
    if wanted and _is_guarded(request):
        given = bearer(request) or ""
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), wanted.encode()):
            raise Refusal(
                "unauthorized",
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
