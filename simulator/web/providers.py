"""The pages of a simulated pay-TV provider."""

from urllib.parse import urlencode

from aiohttp import web

from simulator.domain.access.redirects import redirect_problem
from simulator.http.endpoint import CONTEXT
from simulator.http.pages import explain, page
from simulator.http.readers import in_a_browser, public_origin
from simulator.http.request_context import context_of, sandbox_of
from simulator.services.device import logout as logouts

from .login import ended, session_cookie


async def start_logout(request: web.Request) -> web.StreamResponse:
    """`/adobe-services/logout`: send the user agent on to the provider's own logout page."""
    query = request.query
    mvpd, redirect_url = query.get("mso_id", ""), query.get("redirect_url", "")
    _explain(request, mvpd, query.get("requestor_id"))
    if problem := await _problem(request, mvpd, redirect_url):
        return problem
    passed_on = {"mvpd": mvpd, "redirect_url": redirect_url}
    if sandbox := query.get("sim_sandbox"):
        passed_on["sim_sandbox"] = sandbox
    explain(request, f"on to the logout page of {mvpd}")
    location = f"{public_origin(request)}/provider/logout?{urlencode(passed_on)}"
    return web.Response(status=302, headers={"Location": location})


async def logout(request: web.Request) -> web.StreamResponse:
    """The provider's logout page: it ends the provider's own session and leads to `redirect_url`.

    A user agent that does not follow redirects sees a page that says so; so may somebody's browser, in place
    of the redirect (see the switch redirect_url.page).
    """
    mvpd, redirect_url = request.query.get("mvpd", ""), request.query.get("redirect_url", "")
    _explain(request, mvpd)
    if problem := await _problem(request, mvpd, redirect_url):
        return problem
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    if in_a_browser(request) and await logouts.ends_on_page(simulator, ref, redirect_url):
        signed_out = ended(request, redirect_url, "Signed out")
        signed_out.del_cookie(session_cookie(ref.name, mvpd))
        return signed_out
    signed_out = page(
        request,
        "signed_out.html",
        status=302,
        headers={"Location": redirect_url},
        title="Signed out",
        mvpd=mvpd,
        redirect_url=redirect_url,
    )
    signed_out.del_cookie(session_cookie(ref.name, mvpd))
    return signed_out


def _explain(request: web.Request, mvpd: str, service_provider: str | None = None) -> None:
    """Put in the explanation whom it is about, so that the journal can be asked for it."""
    account = context_of(request).explanation
    if account is not None:
        account.mvpd, account.service_provider = mvpd or None, service_provider


async def _problem(request: web.Request, mvpd: str, redirect_url: str) -> web.StreamResponse | None:
    """The page that says why this logout cannot go on, or None when it can."""
    unusable = redirect_problem(redirect_url)
    found = f"The redirect_url is not usable: {unusable}." if unusable else None
    if not await logouts.has_logout_page(request.app[CONTEXT], sandbox_of(request), mvpd):
        found = f"No provider '{mvpd}' with a logout page is configured here."
    if found is None:
        return None
    return page(
        request,
        "problem.html",
        status=400,
        title="This logout page cannot be opened",
        problem=found,
        continue_to="",
        hint="Open the url of the logout answer exactly as it was given.",
    )
