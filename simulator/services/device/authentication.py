"""Logging in at a simulated provider: from the code of a session to a profile (Adobe: user agent, API5)."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from simulator.domain.configuration import LoginForm
from simulator.domain.errors import EnhancedError
from simulator.domain.households import Subscriber
from simulator.domain.sessions.authentication_sessions import (
    AuthenticationSession,
    Status,
    readable_code,
    stage,
)
from simulator.services.context import AppContext
from simulator.services.shared.login_completion import complete, deny, fits
from simulator.services.shared.stored_sessions import known_session, platform_of
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

from .provider_latency import ProviderWait, with_provider_wait


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginPage:
    """What the provider's pages need to know of a login attempt."""

    code: str
    service_provider: str
    service_provider_name: str
    mvpd: str
    mvpd_name: str
    form: LoginForm
    domain_name: str
    redirect_url: str
    asked_at: int

    @property
    def saml_request(self) -> str:
        """What the provider is asked, where that travels in a form: Base64 of XML."""
        asked = datetime.fromtimestamp(self.asked_at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        xml = _SAML_REQUEST.format(code=self.code, asked=asked)
        return base64.b64encode(xml.encode()).decode()


_SAML_REQUEST: Final = (
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
    'ID="_{code}" Version="2.0" IssueInstant="{asked}" '
    'ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">'
    "<saml:Issuer>https://saml.sp.auth.adobe.com</saml:Issuer></samlp:AuthnRequest>"
)


class LoginError(Exception):
    """A login that cannot go on; the message is for the viewer.

    `again` is the page on which trying again helps, `redirect_url` the way back to the app.
    """

    def __init__(
        self, message: str, *, again: LoginPage | None = None, redirect_url: str = ""
    ) -> None:
        self.message = message
        self.again = again
        self.redirect_url = redirect_url
        super().__init__(message)


async def start(
    simulator: AppContext, at: SandboxRef, code: str, service_provider: str | None = None
) -> LoginPage:
    """Begin, or go on with, the login of a session. Raises `LoginError`.

    `service_provider` is the one in the path, where there is one.
    """

    def unit(world: SandboxSession) -> LoginPage:
        session = _open_session(world, code, service_provider)
        if session.status is not Status.STARTED:
            world.sessions.put(replace(session, status=Status.STARTED))
        return _page(world, session)

    return await simulator.engine.write(at, unit)


async def log_in(
    simulator: AppContext, at: SandboxRef, code: str, *, username: str, password: str
) -> tuple[LoginPage, str]:
    """Log in with an account of the provider: its pages' facts and the id of the subscriber.

    Raises `LoginError`; a wrong password can be tried again, an account without a package not.
    """

    def account(world: SandboxSession, mvpd: str) -> Subscriber | None:
        named = world.subscribers.find(username=username)
        fitting = [each for each in named if each.password == password and fits(each, mvpd)]
        return fitting[0] if fitting else None

    return await _complete(simulator, at, code, account)


async def log_in_again(
    simulator: AppContext, at: SandboxRef, code: str, subscriber_id: str
) -> tuple[LoginPage, str]:
    """Log in without a form, because the provider's own session has not ended (Adobe: logout, WEB1).

    Raises as `log_in`: with an account that is not there any more, the form has to be filled in.
    """

    def account(world: SandboxSession, mvpd: str) -> Subscriber | None:
        found = world.subscribers.get(subscriber_id)
        return found if found is not None and fits(found, mvpd) else None

    return await _complete(simulator, at, code, account)


async def log_in_at_home(simulator: AppContext, at: SandboxRef, code: str) -> LoginPage | None:
    """Log in without a form where the provider knows the home that the device is in.

    That takes an integration with home-based authentication, and a device that names a subscriber
    of this MVPD; else None (Adobe: home-based authentication, WEB3). Raises as `log_in`.
    """

    def unit(world: SandboxSession, provider: ProviderWait) -> LoginPage | None:
        session = _open_session(world, code, None)
        page = _page(world, session)
        integration = world.config.integration(session.service_provider, page.mvpd)
        device = world.devices.get(session.device)
        if integration is None or device is None or device.subscriber is None:
            return None
        subscriber = world.subscribers.get(device.subscriber)
        on = integration.on(platform_of(world, session)).home_based_authentication
        if not on or subscriber is None or not fits(subscriber, page.mvpd):
            return None
        if subscriber.entitlements == ():
            return None
        provider.ask(world, world.config.mvpds[page.mvpd].latency, "login")
        complete(world, session, subscriber, at_home=True)
        return page

    return await with_provider_wait(simulator.engine.read, at, unit)


async def cancel(simulator: AppContext, at: SandboxRef, code: str) -> LoginPage:
    """Give the login up: the app finds no profile, and the viewer may try again."""

    def unit(world: SandboxSession) -> LoginPage:
        session = _open_session(world, code, None)
        deny(world, session)
        return _page(world, session)

    return await simulator.engine.write(at, unit)


async def _complete(
    simulator: AppContext,
    at: SandboxRef,
    code: str,
    account: Callable[[SandboxSession, str], Subscriber | None],
) -> tuple[LoginPage, str]:
    def unit(world: SandboxSession, provider: ProviderWait) -> tuple[LoginPage, str] | LoginError:
        session = _open_session(world, code, None)
        page = _page(world, session)
        provider.ask(world, world.config.mvpds[page.mvpd].latency, "login")
        subscriber = account(world, page.mvpd)
        if subscriber is None:
            return LoginError("The user name or the password is wrong.", again=page)
        if subscriber.entitlements == ():
            deny(world, session)
            # Returned, not raised: what was just written is to last.
            return LoginError("This account has no TV package.", redirect_url=page.redirect_url)
        complete(world, session, subscriber)
        return page, subscriber.id

    outcome = await with_provider_wait(simulator.engine.write, at, unit)
    if isinstance(outcome, LoginError):
        raise outcome
    return outcome


def _open_session(
    world: SandboxSession, code: str, service_provider: str | None
) -> AuthenticationSession:
    try:
        found = world.sessions.get(readable_code(code))
        name = service_provider or (found.service_provider if found else "")
        session = known_session(world, name, code)
    except EnhancedError as error:
        raise LoginError(error.message) from error
    if not stage(session, world.now).opens:
        raise LoginError(
            "This code has been used already.", redirect_url=session.redirect_url or ""
        )
    if session.missing:
        raise LoginError(f"The session of this code lacks {', '.join(session.missing)}.")
    return session


def _page(world: SandboxSession, session: AuthenticationSession) -> LoginPage:
    config = world.config
    mvpd = config.mvpds.get(session.mvpd or "")
    provider = config.service_providers.get(session.service_provider)
    integration = config.integration(session.service_provider, session.mvpd or "")
    active = integration is not None and integration.on(platform_of(world, session)).active
    if mvpd is None or provider is None or not active:
        raise LoginError(
            "The TV provider of this code cannot be used any more.",
            redirect_url=session.redirect_url or "",
        )
    return LoginPage(
        code=session.id,
        service_provider=provider.id,
        service_provider_name=provider.name,
        mvpd=mvpd.id,
        mvpd_name=mvpd.display_name,
        form=mvpd.login,
        domain_name=session.domain_name or "",
        redirect_url=session.redirect_url or "",
        asked_at=world.now,
    )
