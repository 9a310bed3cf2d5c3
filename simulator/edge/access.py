"""Who may use the admin API and the console: on loopback who is there, elsewhere who has the token."""

from collections.abc import Callable, Mapping
from typing import Final

from aiohttp import hdrs, web

from simulator.http.admission import ADMISSION, SAFE, Caller, foreign, is_link
from simulator.http.console_pages import may_enter, same
from simulator.http.endpoint import ADMIN_TOKEN, Surface
from simulator.http.request_context import RequestContext, context_of
from simulator.services.errors import CrossOrigin, InvalidRequest, Unauthorized

from . import cors


def admit_admin(request: web.Request) -> web.Response | None:
    """What a browser is told that asks for a page what that may send, None for a request to be answered.

    Raises an `AdminError` for a host that is not ours, for pages of other origins, without the token, and for
    names that cannot be.
    """
    context, admission = context_of(request), request.app[ADMISSION]
    if "%00" in request.raw_path:
        hint = "Leave the %00 out."
        raise InvalidRequest("No name or filter contains a NUL.", hint)
    admission.check_host(request)
    caller = admission.caller(request)
    if caller is Caller.FOREIGN_PAGE and not is_link(request):
        raise foreign(request, "the admin API")
    if caller is Caller.NAMED_PAGE:
        context.more_headers = cors.admin_headers(request, request.headers[hdrs.ORIGIN])
        if cors.is_preflight(request):
            answer = web.Response(status=204)
            context.sign(answer)
            return answer
    wanted = request.app.get(ADMIN_TOKEN)
    if wanted and _guarded(context) and not same(context.bearer or "", wanted):
        raise Unauthorized(
            "The admin API of this instance asks for its token.",
            "Send 'Authorization: Bearer …' with the value of --admin-token, or with the one "
            "that was printed at the start.",
        )
    return None


def admit_console(request: web.Request) -> None:
    """Raise an `AdminError` for who has neither the token nor the cookie, and for pages of other sites."""
    admission = request.app[ADMISSION]
    admission.check_host(request)
    caller = admission.caller(request)
    if request.method not in SAFE and caller is not Caller.OWN_PAGE:
        raise CrossOrigin(
            "This form was not sent from a page of the console.",
            "Open the console itself and try again; programs use the admin API.",
        )
    if caller in {Caller.FOREIGN_PAGE, Caller.NAMED_PAGE} and not is_link(request):
        raise foreign(request, "the console")
    if _guarded(context_of(request)) and not may_enter(request):
        raise Unauthorized("The console of this instance asks for the admin token.")


def _guarded(context: RequestContext) -> bool:
    return context.endpoint is None or context.endpoint.guarded


GATES: Final[Mapping[Surface, Callable[[web.Request], web.Response | None]]] = {
    Surface.ADMIN: admit_admin,
    Surface.CONSOLE: admit_console,
}
"""What lets a request in, or raises an `AdminError`; other faces are open to everybody."""
