"""Perform authentication in a user agent: from the code to the provider's login page.

(Adobe: user agent, API5)
"""

from urllib.parse import quote, urlencode

from aiohttp import web

from simulator.domain.configuration import LoginForm
from simulator.http.endpoint import CONTEXT
from simulator.http.pages import to_provider
from simulator.http.readers import public_origin
from simulator.http.request_context import sandbox_of
from simulator.services.device import authentication
from simulator.services.device.authentication import LoginPage


async def authenticate(request: web.Request) -> web.StreamResponse:
    """`GET /api/v2/authenticate/{serviceProvider}/{code}`: on towards the provider, or HTML 400.

    By redirect, or for an MVPD with `login: form_post` by a page that posts a SAML request.
    """
    code, provider = request.match_info["code"], request.match_info["service_provider"]
    found = await authentication.start(request.app[CONTEXT], sandbox_of(request), code, provider)
    if found.form is LoginForm.FORM_POST:
        return to_provider(request, found)
    return web.Response(status=302, headers={"Location": public_origin(request) + _helper(found)})


def _helper(found: LoginPage) -> str:
    """The path that the real backend sends a user agent to next."""
    query = {
        "noflash": "true",
        "mso_id": found.mvpd,
        "requestor_id": found.service_provider,
        "no_iframe": "false",
        "domain_name": found.domain_name,
        "redirect_url": found.redirect_url,
        # The real backend keeps the code in a cookie, which a second-screen link would lose.
        "reg_code": found.code,
    }
    return f"/adobe-services/authenticate/saml?{urlencode(query, quote_via=quote, safe='')}"
