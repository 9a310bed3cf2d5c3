"""The login pages of a simulated pay-TV provider: plain HTML, no JavaScript needed."""

import hashlib
from typing import Final
from urllib.parse import quote, unquote

from aiohttp import web

from simulator.domain.sso import saml
from simulator.domain.texts import storable
from simulator.http.endpoint import CONTEXT
from simulator.http.pages import page, to_provider
from simulator.http.readers import form, public_origin
from simulator.http.request_context import sandbox_of
from simulator.services.device import authentication
from simulator.services.device.authentication import LoginError, LoginPage

CONSUMER: Final = saml.CONSUMER


async def start_login(request: web.Request) -> web.StreamResponse:
    """`/adobe-services/authenticate/saml`: on to the provider, by redirect or by a SAML form."""
    return to_provider(request, await _facts(request))


async def show_login(request: web.Request) -> web.StreamResponse:
    """The provider's login page; no form for a viewer whose last session with it has not ended."""
    found = await _facts(request)
    if found.identity_provider is not None:
        return to_provider(request, found)
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    known = request.cookies.get(session_cookie(ref.name, found.mvpd))
    if await authentication.log_in_at_home(simulator, ref, found.code):
        return _done(found.redirect_url)
    if known is None:
        return _form(request, found)
    try:
        subscriber = unquote(storable(known))
        await authentication.log_in_again(simulator, ref, found.code, subscriber)
    except LoginError as error:
        if error.again is None:
            raise
        return _form(request, error.again)
    return _done(found.redirect_url)


async def finish_login(request: web.Request) -> web.StreamResponse:
    """`POST /sp/saml/SAMLAssertionConsumer`: the viewer's answer, or the provider's, and back to the app."""
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    answers = await form(request)
    given = {name: values[0] for name, values in answers.items()}
    code = given.get("RelayState") or request.query.get("reg_code", "")
    username = given.get("username", "")
    try:
        if given.get("action") == "cancel":
            return _done((await authentication.cancel(simulator, ref, code)).redirect_url)
        if "SAMLResponse" in answers:
            found, subscriber = await authentication.log_in_by_saml(
                simulator, ref, code, answers["SAMLResponse"]
            )
        else:
            found, subscriber = await authentication.log_in(
                simulator, ref, code, username=username, password=given.get("password", "")
            )
    except LoginError as error:
        if error.again is None:
            raise
        return _form(request, error.again, error.message, username)
    response = _done(found.redirect_url)
    if subscriber is not None and found.identity_provider is None:
        response.set_cookie(
            session_cookie(ref.name, found.mvpd),
            quote(subscriber, safe=""),
            httponly=True,
            samesite="Lax",
        )
    return response


def session_cookie(sandbox: str, mvpd: str) -> str:
    """The name of the cookie of a provider's own session, which its logout page ends."""
    return f"provider_{hashlib.sha256(f'{sandbox} {mvpd}'.encode()).hexdigest()[:16]}"


async def _facts(request: web.Request) -> LoginPage:
    code = request.query.get("reg_code", "")
    return await authentication.start(request.app[CONTEXT], sandbox_of(request), code)


def _form(
    request: web.Request, found: LoginPage, problem: str = "", username: str = ""
) -> web.Response:
    return page(
        request,
        "login.html",
        title=f"Sign in to {found.mvpd_name}",
        service_provider=found.service_provider_name,
        action=f"{public_origin(request)}{CONSUMER}?reg_code={found.code}",
        code=found.code,
        problem=problem,
        username=username,
    )


def _done(redirect_url: str) -> web.Response:
    return web.Response(status=302, headers={"Location": redirect_url})
