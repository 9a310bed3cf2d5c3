"""The login pages of a simulated pay-TV provider: plain HTML, no JavaScript needed."""

import hashlib
from typing import Final
from urllib.parse import quote, unquote

from aiohttp import web

from simulator.domain.sso import saml
from simulator.domain.texts import storable
from simulator.http.endpoint import CONTEXT
from simulator.http.pages import LOGIN, explain, page, to_provider
from simulator.http.readers import form, in_a_browser, public_origin
from simulator.http.request_context import sandbox_of
from simulator.services.device import authentication
from simulator.services.device.authentication import LoginError, LoginPage

CONSUMER: Final = saml.CONSUMER


async def start_login(request: web.Request) -> web.StreamResponse:
    """`/adobe-services/authenticate/saml`: on to the provider, by redirect or by a SAML form."""
    return to_provider(request, await _facts(request))


async def show_login(request: web.Request) -> web.StreamResponse:
    """The provider's login page; no form for a viewer whose last session with it has not ended.

    A browser that signed in for another device is asked first whether it is the same viewer; with `account`
    in the address the form is there for another one.
    """
    found = await _facts(request)
    if found.identity_provider is not None:
        return to_provider(request, found)
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    if await authentication.log_in_at_home(simulator, ref, found.code):
        return _end(request, found)
    known, device = _session(request, found)
    if known is None or "account" in request.query:
        return _form(request, found)
    if device != _mark(found.device) and in_a_browser(request):
        name = await authentication.account_name(simulator, ref, found, known)
        return _form(request, found) if name is None else _known(request, found, name)
    return await _log_in_again(request, found, known)


async def _log_in_again(
    request: web.Request, found: LoginPage, subscriber: str
) -> web.StreamResponse:
    """The end of a login with the provider's own session, or the form where that is worth nothing."""
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    try:
        await authentication.log_in_again(simulator, ref, found.code, subscriber)
    except LoginError as error:
        if error.again is None:
            raise
        return _form(request, error.again)
    return _end(request, found)


async def finish_login(request: web.Request) -> web.StreamResponse:
    """`POST /sp/saml/SAMLAssertionConsumer`: the viewer's answer, or the provider's, and back to the app."""
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    answers = await form(request)
    given = {name: values[0] for name, values in answers.items()}
    code = given.get("RelayState") or request.query.get("reg_code", "")
    username = given.get("username", "")
    try:
        if given.get("action") == "cancel":
            return _end(request, await authentication.cancel(simulator, ref, code), success=False)
        if given.get("action") == "continue":
            found = await authentication.start(simulator, ref, code)
            known, _ = _session(request, found)
            if known is None:
                return _form(request, found)
            return _signed_in(await _log_in_again(request, found, known), ref.name, found, known)
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
    if subscriber is None or found.identity_provider is not None:
        return _end(request, found)
    return _signed_in(_end(request, found), ref.name, found, subscriber)


def session_cookie(sandbox: str, mvpd: str) -> str:
    """The name of the cookie of a provider's own session, which its logout page ends."""
    return f"provider_{hashlib.sha256(f'{sandbox} {mvpd}'.encode()).hexdigest()[:16]}"


def _signed_in(
    response: web.StreamResponse, sandbox: str, found: LoginPage, subscriber: str
) -> web.StreamResponse:
    """`response`, with which a session of the provider begins: the account, and the device it was for."""
    response.set_cookie(
        session_cookie(sandbox, found.mvpd),
        f"{quote(subscriber, safe='')}!{_mark(found.device)}",
        httponly=True,
        samesite="Lax",
    )
    return response


def _session(request: web.Request, found: LoginPage) -> tuple[str | None, str]:
    """The account of the provider's own session, None without one, and the mark of its device."""
    cookie = request.cookies.get(session_cookie(sandbox_of(request).name, found.mvpd))
    if cookie is None:
        return None, ""
    account, _, mark = cookie.partition("!")
    return unquote(storable(account)), mark


def _mark(device: str) -> str:
    """A short name for a device, whatever that is called."""
    return hashlib.sha256(device.encode(errors="replace")).hexdigest()[:16]


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
        action=_consumer(request, found),
        code=found.code,
        problem=problem,
        username=username,
    )


def _known(request: web.Request, found: LoginPage, name: str) -> web.Response:
    """Whether the viewer at another device is the one who is signed in."""
    return page(
        request,
        "signed_in.html",
        title=f"Signed in to {found.mvpd_name} as {name}",
        service_provider=found.service_provider_name,
        device=found.device,
        action=_consumer(request, found),
        code=found.code,
        name=name,
        other=f"{public_origin(request)}{LOGIN}?reg_code={found.code}&account=other",
    )


def _consumer(request: web.Request, found: LoginPage) -> str:
    return f"{public_origin(request)}{CONSUMER}?reg_code={found.code}"


def _end(request: web.Request, found: LoginPage, *, success: bool = True) -> web.Response:
    """Back to the app; in somebody's browser perhaps by a page that says where that is."""
    title = "You are signed in" if success else "You are not signed in"
    if found.ends_here and in_a_browser(request) and not _is_ours(request, found.redirect_url):
        return ended(request, found.redirect_url, title)
    explain(request, f"back to {found.redirect_url}")
    return web.Response(status=302, headers={"Location": found.redirect_url})


def _is_ours(request: web.Request, url: str) -> bool:
    """Whether the second screen is where the login goes on."""
    return url.startswith(f"{public_origin(request)}/activate/")


def ended(request: web.Request, redirect_url: str, title: str) -> web.Response:
    """The page at the end of a login or logout, in place of a redirect to `redirect_url`."""
    explain(request, f"a page that names {redirect_url}, by the switch redirect_url.page")
    return page(request, "ended.html", title=title, redirect_url=redirect_url)
