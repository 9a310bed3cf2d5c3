"""Logging in at a simulated provider: from the code of a session to a profile (Adobe: user agent, API5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from simulator.domain.access.redirects import ends_here
from simulator.domain.configuration import LoginForm, Mvpd
from simulator.domain.errors import EnhancedError
from simulator.domain.households import Subscriber
from simulator.domain.sessions.authentication_sessions import (
    AuthenticationSession,
    Status,
    readable_code,
    stage,
)
from simulator.domain.sso import saml, saml_login
from simulator.domain.sso.partner_sso import ISSUER
from simulator.domain.sso.saml import SamlError, SamlResponse
from simulator.domain.sso.saml_login import Expected
from simulator.keys import Keys
from simulator.services.context import AppContext
from simulator.services.shared.login_completion import complete, deny, fits
from simulator.services.shared.stored_sessions import known_session, platform_of
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

from .provider_latency import ProviderWait, with_provider_wait


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginPage:
    """What the provider's pages need to know of a login attempt.

    `identity_provider` is the outside one that the MVPD has, if any (see `Mvpd`); `ends_here` says that
    somebody's browser sees a page of ours at the end (see `redirects.ends_here`).
    """

    code: str
    device: str
    service_provider: str
    service_provider_name: str
    mvpd: str
    mvpd_name: str
    form: LoginForm
    domain_name: str
    redirect_url: str
    asked_at: int
    ends_here: bool = False
    identity_provider: Mapping[str, str] | None = None

    @property
    def request_id(self) -> str:
        """What the request to the provider is called, and its response has to name."""
        return f"_{self.code}"

    def saml_request(self, consumer: str) -> str:
        """What the provider is asked, as Base64 of XML; its response goes to `consumer`."""
        return saml.authentication_request(
            request_id=self.request_id,
            now=self.asked_at,
            provider_name=self.service_provider_name,
            consumer=consumer,
            destination=(self.identity_provider or {}).get("sso_url"),
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


Viewer = tuple[Subscriber | None, SamlResponse | None]
"""Who logs in: the subscriber, if it is one of the sandbox, and what a response tells of them."""


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
) -> tuple[LoginPage, str | None]:
    """Log in with an account of the provider: its pages' facts and the id of the subscriber.

    Raises `LoginError`; a wrong password can be tried again, an account without a package not.
    """

    def account(world: SandboxSession, page: LoginPage) -> Viewer:
        if page.identity_provider is not None:
            message = (
                "The identity provider of this MVPD answers with a SAMLResponse, and there is none."
            )
            raise LoginError(message, redirect_url=page.redirect_url)
        named = world.subscribers.find(username=username)
        fitting = [each for each in named if each.password == password and fits(each, page.mvpd)]
        return _known(fitting[0] if fitting else None, page)

    return await _complete(simulator, at, code, account)


async def log_in_again(
    simulator: AppContext, at: SandboxRef, code: str, subscriber_id: str
) -> tuple[LoginPage, str | None]:
    """Log in without a form, because the provider's own session has not ended (Adobe: logout, WEB1).

    Raises as `log_in`: with an account that is not there any more, the form has to be filled in.
    """

    def account(world: SandboxSession, page: LoginPage) -> Viewer:
        found = world.subscribers.get(subscriber_id)
        return _known(found if found is not None and fits(found, page.mvpd) else None, page)

    return await _complete(simulator, at, code, account)


async def account_name(
    simulator: AppContext, at: SandboxRef, found: LoginPage, subscriber_id: str
) -> str | None:
    """What the account with which a browser is signed in at the provider is called; None where it is gone."""

    def unit(world: SandboxSession) -> str | None:
        subscriber = world.subscribers.get(subscriber_id)
        if subscriber is None or not fits(subscriber, found.mvpd):
            return None
        return subscriber.name or subscriber.username

    return await simulator.engine.read(at, unit)


async def log_in_by_saml(
    simulator: AppContext, at: SandboxRef, code: str, responses: Sequence[str]
) -> tuple[LoginPage, str | None]:
    """Log in with the response of the provider, its own or an outside one; else as `log_in`.

    `responses` are all that came, of which there must be one. The subscriber is the one that the response
    names; without one the viewer is who the response tells of, and may watch everything.
    """

    def account(world: SandboxSession, page: LoginPage) -> Viewer:
        expected = _expected(world, simulator.keys, page)
        try:
            response = saml_login.logged_in(responses, expected)
        except SamlError as error:
            message = f"The SAML response cannot be used: {error}."
            raise LoginError(message, redirect_url=page.redirect_url) from error
        world.explanation.explain(
            f"the SAML response of {response.issuer} names {response.name_id}"
        )
        return _named_subscriber(world, page, response), response

    return await _complete(simulator, at, code, account)


def _expected(world: SandboxSession, keys: Keys, page: LoginPage) -> Expected:
    outside = page.identity_provider
    return Expected(
        issuer=outside["entity_id"] if outside else f"{ISSUER}{page.mvpd}",
        certificates=_separate(outside["certificate"]) if outside else (keys.media.certificate,),
        request_id=page.request_id,
        now=world.now,
    )


def _separate(certificates: str) -> tuple[str, ...]:
    """The certificates in a text of one or several."""
    end = "-----END CERTIFICATE-----"
    return tuple(f"{each}{end}\n" for each in certificates.split(end)[:-1])


def _named_subscriber(
    world: SandboxSession, page: LoginPage, response: SamlResponse
) -> Subscriber | None:
    """The subscriber that a response names: as we call it, or else by id or user name."""
    name = response.subscriber or response.name_id
    found = [world.subscribers.get(name), *world.subscribers.find(username=name)]
    return next((each for each in found if each is not None and fits(each, page.mvpd)), None)


def _known(subscriber: Subscriber | None, page: LoginPage) -> Viewer:
    if subscriber is None:
        raise LoginError("The user name or the password is wrong.", again=page)
    return subscriber, None


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
    account: Callable[[SandboxSession, LoginPage], Viewer],
) -> tuple[LoginPage, str | None]:
    def unit(
        world: SandboxSession, provider: ProviderWait
    ) -> tuple[LoginPage, str | None] | LoginError:
        session = _open_session(world, code, None)
        page = _page(world, session)
        provider.ask(world, world.config.mvpds[page.mvpd].latency, "login")
        subscriber, response = account(world, page)
        if subscriber is not None and subscriber.entitlements == ():
            deny(world, session)
            # Returned, not raised: what was just written is to last.
            return LoginError("This account has no TV package.", redirect_url=page.redirect_url)
        complete(world, session, subscriber, response=response)
        return page, subscriber.id if subscriber else None

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
        device=session.device,
        service_provider=provider.id,
        service_provider_name=provider.name,
        mvpd=mvpd.id,
        mvpd_name=mvpd.display_name,
        form=_form(mvpd),
        domain_name=session.domain_name or "",
        redirect_url=session.redirect_url or "",
        asked_at=world.now,
        ends_here=ends_here(session.redirect_url or "", str(config.setting("redirect_url.page"))),
        identity_provider=mvpd.identity_provider,
    )


def _form(mvpd: Mvpd) -> LoginForm:
    """How the login starts: an outside provider says itself by which binding it is asked."""
    if mvpd.identity_provider is None:
        return mvpd.login
    posts = mvpd.identity_provider["binding"] == "post"
    return LoginForm.FORM_POST if posts else LoginForm.REDIRECT
