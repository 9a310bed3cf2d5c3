"""Who may use the admin API and the console: on loopback anybody, elsewhere whoever has the token."""

from collections.abc import Callable, Mapping
from typing import Final

from aiohttp import web

from simulator.http.console_pages import let_in, same
from simulator.http.endpoint import ADMIN_TOKEN, Surface
from simulator.http.request_context import context_of
from simulator.services.errors import InvalidRequest, Unauthorized


def admit_admin(request: web.Request) -> None:
    """Refuse an admin request without the token, where there is one, and names that cannot be."""
    context = context_of(request)
    if "%00" in request.raw_path:
        hint = "Leave the %00 out."
        raise InvalidRequest("No name or filter contains a NUL.", hint)
    wanted = request.app.get(ADMIN_TOKEN)
    guarded = context.endpoint is None or context.endpoint.guarded
    if wanted and guarded and not same(context.bearer or "", wanted):
        raise Unauthorized(
            "The admin API of this instance asks for its token.",
            "Send 'Authorization: Bearer …' with the value of --admin-token, or with the one "
            "that was printed at the start.",
        )


GATES: Final[Mapping[Surface, Callable[[web.Request], None]]] = {
    Surface.ADMIN: admit_admin,
    Surface.CONSOLE: let_in,
}
"""What lets a request in, or raises an `AdminError`; other faces are open to everybody."""
