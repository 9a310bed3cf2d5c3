"""Who is calling, and may call: the checks that device operations begin with, in their order.

(Adobe: error codes, API14)
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from simulator.domain.access import device_info
from simulator.domain.access.redirects import redirect_problem, within
from simulator.domain.access.registration import SCOPE, Application
from simulator.domain.configuration import Integration, Mvpd, Platform, ServiceProvider
from simulator.domain.coverage.events import DEGRADATION_ENDED, TOKEN_EXPIRED
from simulator.domain.decisions import degradation
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.errors import EnhancedError
from simulator.domain.sso.identities import SSO_HEADERS, SsoIdentity, read_identity
from simulator.domain.sso.sso_service import ISSUER as SSO_SERVICE
from simulator.domain.sso.sso_service import sso_device_id
from simulator.keys import AccessToken, well_formed
from simulator.storage.worlds.session import SandboxSession

REDIRECT: Final = "invalid_parameter_redirect_url"
"""What a redirect URL that cannot be used is answered with."""

_UNAUTHORIZED = "invalid_access_token_client_application"
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class DeviceCall(NamedTuple):
    """What a request to a device operation carries, as it came.

    `bearer` is the text after "Bearer", `token` what could be read of it when we signed it.
    `ip_address` and `port` are the device's, as far as the connection and X-Forwarded-For tell them.
    `repeated` are the names, in lower case, of headers that came more than once.
    """

    service_provider: str
    bearer: str | None = None
    token: AccessToken | None = None
    device_identifier: str | None = None
    device_info: str | None = None
    user_agent: str = ""
    ip_address: str | None = None
    port: int | None = None
    sso_headers: Mapping[str, str] = _NONE
    partner_framework_status: str | None = None
    temp_pass_identity: str | None = None
    repeated: frozenset[str] = frozenset()


class Caller(NamedTuple):
    """An admitted caller: an app instance on a device, asking for a service provider."""

    client: str
    service_provider: ServiceProvider
    device: str
    info: Mapping[str, Any]
    platform: Platform
    identities: tuple[SsoIdentity, ...]


def admit(world: SandboxSession, call: DeviceCall) -> Caller:
    """Check token, service provider and headers; raises the `EnhancedError` of the first failure."""
    token, provider = _admit_app(world, call)
    for name, code in _ONCE.items():
        if name in call.repeated:
            raise EnhancedError(code, f"The {name} header was sent more than once.")
    setting = world.config.setting
    printable = setting("device_identifier") == "printable"
    device = device_info.device_identifier(call.device_identifier, printable=printable)
    info, found = described(world, call)
    platform = platform_on(world, found)
    world.explanation.device, world.explanation.platform = device, platform.name
    return Caller(
        client=token.client,
        service_provider=provider,
        device=device,
        info=info,
        platform=platform,
        identities=identities_of(world, call, device) if call.sso_headers else (),
    )


def described(world: SandboxSession, call: DeviceCall) -> tuple[Mapping[str, Any], Platform]:
    """What a call says of its device. Raises `invalid_header_device_info` where the switch asks for more.

    (Adobe: X-Device-Info header, C10)
    """
    level = world.config.setting("device_info")
    return device_info.device(
        call.device_info, call.user_agent, strict=level != "lenient", complete=level == "complete"
    )


def platform_on(world: SandboxSession, found: Platform) -> Platform:
    """The platform that was `found`, but where the sandbox takes Android on a television for mobile.

    (Adobe: dashboard integrations, C52)
    """
    if found is device_info.ANDROID_TV and world.config.setting("platforms.android_tv") == "mobile":
        return device_info.ANDROID
    return found


def admit_without_device(world: SandboxSession, call: DeviceCall) -> ServiceProvider:
    """Check token and service provider, for operations that work by a code (Adobe: checklist, C11)."""
    _, provider = _admit_app(world, call)
    return provider


def _admit_app(world: SandboxSession, call: DeviceCall) -> tuple[AccessToken, ServiceProvider]:
    token = usable_token(world, call, scope=SCOPE)
    world.explanation.client = token.client
    application = _application(world, token)
    world.explanation.application = application.id if application else None
    provider = world.config.service_providers.get(call.service_provider)
    if provider is None:
        raise EnhancedError("invalid_parameter_service_provider")
    if application is not None and not application.serves(provider.id):
        raise EnhancedError(
            "invalid_access_token_service_provider",
            f"The access token belongs to the application {application.id}, which is not assigned "
            f"to the service provider {provider.id}.",
        )
    return token, provider


_ONCE = {
    "ap-device-identifier": "invalid_header_device_identifier",
    "x-device-info": "invalid_header_device_info",
}


def known_mvpd(world: SandboxSession, mvpd_id: str) -> Mvpd:
    """The MVPD with this id. Raises `invalid_parameter_mvpd`."""
    mvpd = world.config.mvpds.get(mvpd_id)
    if mvpd is None:
        world.explanation.explain(f"no MVPD is called {mvpd_id}")
        raise EnhancedError("invalid_parameter_mvpd")
    return mvpd


def active_integration(world: SandboxSession, caller: Caller, mvpd: Mvpd) -> Integration:
    """The caller's integration with `mvpd`, as it is on its platform. Raises `invalid_integration`."""
    integration = world.config.integration(caller.service_provider.id, mvpd.id)
    here = integration and integration.on(caller.platform)
    if here is None or not here.active:
        state = "no" if here is None else "a disabled"
        pair = f"{caller.service_provider.id} with {mvpd.id}"
        world.explanation.explain(f"there is {state} integration of {pair}")
        raise EnhancedError("invalid_integration")
    return here


def in_force(
    world: SandboxSession,
    service_provider: str,
    mvpd: str,
    *,
    logged_in: bool,
    names: Collection[str] = (),
) -> frozenset[Degradation]:
    """The kinds of rules that hold at the integration now, for a caller who is `logged_in` or not.

    (Adobe: degraded flows, C42)
    Rules about some resources hold for one that goes by one of the `names`.
    With the switch `degradation.precedence` at `profile`, AuthNAll does not hold for who is.
    """
    rules = world.config.rules(service_provider, mvpd, world.epoch)
    found = degradation.in_force(rules, world.now, names) if rules else frozenset()
    if rules and degradation.ended(rules, world.now):
        world.explanation.expired.append(DEGRADATION_ENDED)
    if found and logged_in and not rule_first(world):
        found -= {Degradation.AUTHN_ALL}
    return found


def rule_first(world: SandboxSession) -> bool:
    """Whether AuthNAll holds for those who are logged in, too."""
    return world.config.setting("degradation.precedence") == "rule"


def usable_token(world: SandboxSession, call: DeviceCall, *, scope: str | None) -> AccessToken:
    """The access token of a call, current and with the `scope`. Raises `EnhancedError`."""
    if "authorization" in call.repeated:
        raise EnhancedError(_UNAUTHORIZED, "The Authorization header was sent more than once.")
    if not call.bearer:
        problem = "The Authorization header is missing; send 'Bearer' and an access token."
        raise EnhancedError(_UNAUTHORIZED, problem)
    token = call.token
    if _structure_suffices(world):
        token = token or well_formed(call.bearer)
        if token is None:
            raise EnhancedError(_UNAUTHORIZED, "The access token is no JSON Web Token.")
        return token
    if token is None:
        problem = "The access token is malformed or was not signed by this simulator."
        raise EnhancedError(_UNAUTHORIZED, problem)
    if token.sandbox != world.name:
        problem = (
            f"The access token was issued in the sandbox {token.sandbox}, not in {world.name}."
        )
        raise EnhancedError(_UNAUTHORIZED, problem)
    if token.expires <= world.now:
        world.explanation.expired.append(TOKEN_EXPIRED)
        raise EnhancedError(_UNAUTHORIZED, "The access token has expired; request a new one.")
    if scope is not None and scope not in token.scopes:
        raise EnhancedError(_UNAUTHORIZED, f"The access token lacks the scope {scope}.")
    return token


def _structure_suffices(world: SandboxSession) -> bool:
    return world.config.setting("access_token.verification") == "structure"


def _application(world: SandboxSession, token: AccessToken) -> Application | None:
    """The application behind the token; None for captured tokens, which may belong to none of ours."""
    if not token.signed:
        return None
    name = token.application or world.application_of(token.client)
    application = world.config.applications.get(name) if name else None
    if application is not None and not application.revoked:
        return application
    if application is None and _structure_suffices(world):
        return None
    problem = "The software statement behind the access token is revoked or unknown."
    if name is None:
        problem = "The access token's client is not registered here; register again."
    raise EnhancedError(_UNAUTHORIZED, problem)


def application_of(world: SandboxSession, call: DeviceCall) -> Application | None:
    """The registered application of a call that was admitted; None for a captured token."""
    token = call.token
    return _application(world, token) if token is not None else None


def check_redirect(
    world: SandboxSession, call: DeviceCall, provider: ServiceProvider, url: str
) -> None:
    """Raise `invalid_parameter_redirect_url` unless user agents may be sent to `url`."""
    if problem := redirect_problem(url):
        raise EnhancedError(REDIRECT, f"The redirectUrl parameter is not usable: {problem}.")
    if world.config.setting("redirect_url.domains") != "registered":
        return
    application = application_of(world, call)
    domains = (*provider.domains, *(application.domains if application else ()))
    schemes = application.custom_schemes if application else ()
    if not within(url, domains, schemes):
        known = ", ".join((*domains, *(f"{each}:" for each in schemes))) or "none"
        raise EnhancedError(
            REDIRECT,
            f"The redirectUrl leads to no registered domain or custom scheme; known: {known}.",
        )


def identities_of(world: SandboxSession, call: DeviceCall, device: str) -> tuple[SsoIdentity, ...]:
    """The SSO identities in the headers of a call from `device`; the explanation says how each was read.

    That of a person who has let the device go is none of its any more (Adobe: SSO service, SVC1).
    """
    found = []
    for name, kind in SSO_HEADERS.items():
        if value := call.sso_headers.get(name):
            identity, sentence = read_identity(
                kind, value, now=world.now, issuer=world.config.issuers.get
            )
            world.explanation.explain(sentence)
            world.explanation.identities.append((name, identity.issuer, identity.subject))
            if _unlinked(world, call.service_provider, device, identity):
                world.explanation.explain(f"the device was unlinked from {identity.subject}")
            else:
                found.append(identity)
    return tuple(found)


def _unlinked(world: SandboxSession, provider: str, device: str, identity: SsoIdentity) -> bool:
    if identity.issuer != SSO_SERVICE or identity.subject is None:
        return False
    known = world.sso_devices.get(sso_device_id(provider, identity.subject, device))
    return known is not None and known.unlinked_at is not None
