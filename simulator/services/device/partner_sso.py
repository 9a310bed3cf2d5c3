"""Partner single sign-on: the request for a login, and the profile from its response.

(Adobe: partner flows, P1 to P10)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from simulator.domain.configuration import Mvpd
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.errors import EnhancedError
from simulator.domain.sessions.authentication_sessions import LIFETIME, AuthenticationSession
from simulator.domain.sessions.authentication_sessions import Outcome as Step
from simulator.domain.sessions.profiles import Profile, ProfileType
from simulator.domain.sso import partner_sso, saml
from simulator.domain.sso.partner_sso import (
    ISSUER,
    Creation,
    Outcome,
    ProfileFacts,
    ProfileRow,
    SessionFacts,
    SessionRow,
    decide_profile,
    decide_session,
)
from simulator.domain.sso.saml import SamlError, SamlResponse
from simulator.services.context import AppContext
from simulator.services.shared.admission import (
    Caller,
    DeviceCall,
    active_integration,
    admit,
    in_force,
    known_mvpd,
)
from simulator.services.shared.login_completion import attributes_of
from simulator.services.shared.profile_slots import clear_slot
from simulator.services.shared.stored_sessions import end_earlier, new_code
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

from . import profiles, sessions
from .sessions import Wanted

_ATTRIBUTES: Final = ("uid", "NameID", "uniqueId")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The body of an answer, and its status."""

    body: dict[str, Any]
    status: int


async def request_login(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, partner: str, wanted: Wanted
) -> Answered:
    """Ask for a login through the partner: what the app does next (Adobe: partner request, API12).

    Raises `EnhancedError`.
    """

    def unit(world: SandboxSession) -> Answered:
        caller = admit(world, call)
        if not partner_sso.known_partner(partner):
            row = decide_session(SessionFacts(partner=False))
            world.explanation.decided(row.id, row.because)
            raise EnhancedError("invalid_parameter_partner")
        given = wanted.read(world, call, caller.service_provider)
        chosen = given.pop("mvpd", None)
        mvpd = _mapped(world, call) or _chosen(world, chosen)
        session = AuthenticationSession(
            id="",
            session_id=world.ids.uuid(),
            service_provider=caller.service_provider.id,
            client=caller.client,
            device=caller.device,
            info=caller.info,
            user_agent=call.user_agent,
            ip_address=call.ip_address,
            port=call.port,
            sso_headers=call.sso_headers,
            mvpd=mvpd.id if mvpd else None,
            **given,
            not_before=world.now,
            not_after=world.now + LIFETIME,
        )
        row = decide_session(_session_facts(world, caller, call, session, mvpd))
        world.explanation.mvpd = session.mvpd
        world.explanation.decided(row.id, row.because)
        if row.error is not None:
            raise EnhancedError(row.error)
        return Answered(body=_asked(world, session, row, partner), status=200)

    return await simulator.engine.write(at, unit)


def _mapped(world: SandboxSession, call: DeviceCall) -> Mvpd | None:
    return partner_sso.mapped(call.partner_framework_status, world.config.mvpds.values())


def _chosen(world: SandboxSession, mvpd: str | None) -> Mvpd | None:
    """The MVPD that a status which names none falls back to: that of the form, or the sandbox's.

    (Adobe: partner request, C27)
    """
    if mvpd is not None:
        return known_mvpd(world, mvpd)
    return world.config.mvpds.get(str(world.config.setting("partner_session.default_mvpd")))


def _session_facts(
    world: SandboxSession,
    caller: Caller,
    call: DeviceCall,
    session: AuthenticationSession,
    mvpd: Mvpd | None,
) -> SessionFacts:
    status = partner_sso.status_problem(
        call.partner_framework_status, None, world.config.mvpds.values(), world.now
    )
    lacking = tuple(each for each in session.missing if each != "mvpd")
    if mvpd is None:
        return SessionFacts(status=status, missing=lacking and session.missing)
    provider = caller.service_provider.id
    integration = world.config.integration(provider, mvpd.id)
    here = integration.on(caller.platform) if integration else None
    own = [
        each.type
        for each in world.profiles.find(device=caller.device, mvpd=mvpd.id)
        if each.service_provider == provider
        and each.held_by(caller.client)
        and each.valid(world.now)
    ]
    by_partner = ProfileType.APPLE_SSO in own and status is None
    logged_in = ProfileType.REGULAR in own
    rules = in_force(world, provider, mvpd.id, logged_in=logged_in or by_partner)
    return SessionFacts(
        status=status,
        mvpd=mvpd,
        integrated=here is not None and here.active,
        degraded=Degradation.AUTHN_ALL in rules,
        logged_in=logged_in,
        by_partner=by_partner,
        missing=lacking,
        enabled=here is not None and partner_sso.enabled(here, caller.platform),
    )


def _asked(
    world: SandboxSession, session: AuthenticationSession, row: SessionRow, partner: str
) -> dict[str, Any]:
    if row.outcome is Outcome.PARTNER_PROFILE:
        return _partner_request(world, session, row, partner)
    if row.outcome is Outcome.AUTHORIZE:
        return sessions.answer(world, session, Step.AUTHORIZE, row.reason, created=True)
    end_earlier(world, session)
    kept = replace(session, id=new_code(world))
    world.sessions.put(kept)
    step = Step.RESUME if row.outcome is Outcome.RESUME else Step.AUTHENTICATE
    return sessions.answer(world, kept, step, row.reason, created=True)


def _partner_request(
    world: SandboxSession, session: AuthenticationSession, row: SessionRow, partner: str
) -> dict[str, Any]:
    provider = session.service_provider
    request = saml.authentication_request(
        request_id=f"_{world.ids.uuid()}",
        now=world.now,
        provider_name=world.config.service_providers[provider].name,
    )
    return {
        "actionName": row.outcome.action_name,
        "actionType": row.outcome.action_type,
        "reasonType": row.reason,
        "url": f"/api/v2/{provider}/profiles/sso/{partner}",
        "sessionId": session.session_id,
        "mvpd": session.mvpd,
        "serviceProvider": provider,
        "authenticationRequest": {
            "type": "saml",
            "request": request,
            "attributesNames": [*_ATTRIBUTES],
        },
    }


async def create_profile(
    simulator: AppContext,
    at: SandboxRef,
    call: DeviceCall,
    partner: str,
    wanted: Wanted,
) -> Answered:
    """Make a profile of the partner's response (Adobe: partner profile, API13). Raises `EnhancedError`.

    The form has it as SAMLResponse.
    """

    def unit(world: SandboxSession) -> Answered:
        caller = admit(world, call)
        told, problem = _read(wanted.values(world, "SAMLResponse"))
        mvpd = _mapped(world, call)
        facts = _profile_facts(world, caller, call, partner, mvpd, told)
        row = decide_profile(facts)
        world.explanation.mvpd = mvpd.id if mvpd else None
        world.explanation.decided(row.id, f"{row.because}{_unstored(world, caller, mvpd, row)}")
        if mvpd is None or told is None or row.comes_to is Creation.REFUSED:
            code = row.error(facts) or "internal_server_error"
            raise EnhancedError(code, problem if row.id == "Q3" else None)
        if row.comes_to is Creation.CREATED:
            profile = _new_profile(world, caller, mvpd, told)
            body = profiles.body(world, caller, {mvpd.id: profile})
            return Answered(body=body, status=201)
        body = profiles.at_mvpd(world, caller, call, mvpd)
        return Answered(body=body, status=200)

    return await simulator.engine.write(at, unit)


def _unstored(world: SandboxSession, caller: Caller, mvpd: Mvpd | None, row: ProfileRow) -> str:
    """What is to be added to the reason of a row that answers, and stores nothing."""
    if row.comes_to is Creation.DEGRADED:
        return ", so nothing is stored: each call makes the degraded profile up"
    if mvpd is None or row.comes_to is not Creation.BASIC:
        return ""
    integration = active_integration(world, caller, mvpd)
    return f", so nothing is stored: {partner_sso.unused(integration, caller.platform)}"


def _read(responses: Sequence[str]) -> tuple[SamlResponse | None, str]:
    """What the response says; else None, and what is wrong with it."""
    if len(responses) > 1:
        return None, "The SAMLResponse parameter was given more than once."
    try:
        return saml.read_response(responses[0] if responses else ""), ""
    except SamlError as error:
        return None, f"The SAMLResponse parameter cannot be used: {error}."


def _profile_facts(
    world: SandboxSession,
    caller: Caller,
    call: DeviceCall,
    partner: str,
    mvpd: Mvpd | None,
    told: SamlResponse | None,
) -> ProfileFacts:
    config, provider = world.config, caller.service_provider.id
    named = _named(world, told)
    status = partner_sso.status_problem(
        call.partner_framework_status, named, config.mvpds.values(), world.now
    )
    integration = config.integration(provider, mvpd.id) if mvpd else None
    here = integration.on(caller.platform) if integration else None
    rules = in_force(world, provider, mvpd.id, logged_in=False) if mvpd else frozenset()
    return ProfileFacts(
        partner=partner_sso.known_partner(partner),
        status=status,
        response=told is not None,
        integrated=here is not None and here.active,
        degraded=Degradation.AUTHN_ALL in rules,
        enabled=here is not None and partner_sso.enabled(here, caller.platform),
    )


def _named(world: SandboxSession, told: SamlResponse | None) -> Mvpd | None:
    """The MVPD whose provider made the response, as far as its issuer tells."""
    issuer = told.issuer if told else None
    if issuer is None or not issuer.startswith(ISSUER):
        return None
    return world.config.mvpds.get(issuer.removeprefix(ISSUER))


def _new_profile(world: SandboxSession, caller: Caller, mvpd: Mvpd, told: SamlResponse) -> Profile:
    integration = active_integration(world, caller, mvpd)
    profile = Profile(
        id=world.ids.short("profile"),
        service_provider=caller.service_provider.id,
        mvpd=mvpd.id,
        device=caller.device,
        client=caller.client,
        type=ProfileType.APPLE_SSO,
        not_before=world.now,
        not_after=world.now + integration.authentication_ttl,
        attributes={**attributes_of(told), "tokenSource": {"value": "Apple", "state": "plain"}},
    )
    clear_slot(world, profile)
    world.profiles.put(profile)
    return profile
