"""The profiles that a caller sees: its own, and those that single sign-on shares with it."""

from dataclasses import replace
from typing import Any, Final

from simulator.domain.configuration import Integration, Mvpd, MvpdKind
from simulator.domain.coverage.events import DEGRADATION_ENDED
from simulator.domain.decisions import degradation, temp_pass
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.errors import EnhancedError
from simulator.domain.sessions import user_metadata
from simulator.domain.sessions.authentication_sessions import (
    AuthenticationSession,
    Status,
    stage,
)
from simulator.domain.sessions.profiles import Profile, ProfileType, described
from simulator.domain.sso import partner_sso
from simulator.domain.sso.identities import LinkKind
from simulator.services.context import AppContext
from simulator.services.shared.absence import explain_absence
from simulator.services.shared.admission import (
    Caller,
    DeviceCall,
    active_integration,
    admit,
    admit_without_device,
    known_mvpd,
    rule_first,
)
from simulator.services.shared.single_sign_on import reached, source
from simulator.services.shared.stored_sessions import known_session, owner_of
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

_SEEN_AS: Final = {
    LinkKind.PLATFORM_IDENTITY: ProfileType.PLATFORM_SSO,
    LinkKind.SERVICE_TOKEN: ProfileType.SERVICE_TOKEN_SSO,
}
# A service token names the person, a platform identity only the box (Adobe: service token flows, SSO2;
# platform identity flows, SSO3).
_PRECEDENCE: Final = (LinkKind.SERVICE_TOKEN, LinkKind.PLATFORM_IDENTITY)
_UNFINISHED: Final = {
    Status.PENDING: "was not begun",
    Status.STARTED: "was begun, and is not finished",
    Status.FAILED: "failed, and may be tried again",
}
_NEVER_LISTED: Final = frozenset({ProfileType.TEMPORARY, ProfileType.DEGRADED})


async def all_profiles(simulator: AppContext, at: SandboxRef, call: DeviceCall) -> dict[str, Any]:
    """Every valid profile of the caller, by MVPD (Adobe: profiles, API6). Raises `EnhancedError`."""

    def unit(world: SandboxSession) -> dict[str, Any]:
        caller = admit(world, call)
        seen = _seen(world, caller, call)
        listed = {key: each for key, each in seen.items() if each.type not in _NEVER_LISTED}
        if not listed:
            explain_absence(world, caller, call)
        return body(world, caller, listed)

    return await simulator.engine.read(at, unit)


async def profile_by_mvpd(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, mvpd_id: str
) -> dict[str, Any]:
    """The caller's profile at one MVPD, or an empty map. Raises `EnhancedError`.

    Temporary and degraded profiles are made up on the spot: asking does not start a trial
    (Adobe: profile by mvpd, API7).
    """

    def unit(world: SandboxSession) -> dict[str, Any]:
        caller = admit(world, call)
        return at_mvpd(world, caller, call, known_mvpd(world, mvpd_id))

    return await simulator.engine.read(at, unit)


async def profile_by_code(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, code: str
) -> dict[str, Any]:
    """The profile that a login with this code led to, or an empty map (Adobe: profile by code, API8).

    It is that of the session's owner, whoever asks. Raises `EnhancedError`.
    """

    def unit(world: SandboxSession) -> dict[str, Any]:
        provider = admit_without_device(world, call)
        session = known_session(world, provider.id, code)
        mvpd = world.config.mvpds.get(session.mvpd or "")
        if mvpd is None or not stage(session, world.now).shows:
            world.explanation.explain(_unfinished(session, mvpd))
            return {"profiles": {}}
        owner = owner_of(world, session)._replace(identities=())
        # Nor does a partner's status count here: an appleSSO profile has no code
        # (Adobe: profile by code, API8).
        return at_mvpd(world, owner, call._replace(partner_framework_status=None), mvpd)

    return await simulator.engine.read(at, unit)


def at_mvpd(world: SandboxSession, caller: Caller, call: DeviceCall, mvpd: Mvpd) -> dict[str, Any]:
    """The answer with what the caller sees at `mvpd`. Raises `EnhancedError`."""
    integration = active_integration(world, caller, mvpd)
    degraded = _degraded(world, caller, mvpd)
    if degraded and rule_first(world):
        return body(world, caller, {mvpd.id: degraded})
    seen = _seen(world, caller, call, mvpd.id)
    if degraded and not seen:
        return body(world, caller, {mvpd.id: degraded})
    if mvpd.kind.temporary and not seen:
        return body(world, caller, {mvpd.id: _temporary(world, caller, call, mvpd, integration)})
    if not seen:
        explain_absence(world, caller, call, mvpd)
    return body(world, caller, seen)


def _unfinished(session: AuthenticationSession, mvpd: Mvpd | None) -> str:
    """Why a code leads to no profile yet."""
    if mvpd is None:
        return "no profile yet: the session names no MVPD to log in at"
    if session.missing:
        return f"no profile yet: the session lacks {', '.join(session.missing)}"
    return f"no profile yet: the login at {mvpd.id} {_UNFINISHED[session.status]}"


def _seen(
    world: SandboxSession, caller: Caller, call: DeviceCall, mvpd: str | None = None
) -> dict[str, Profile]:
    """The profile that the caller sees at each MVPD; its own comes before a shared one."""
    at = {} if mvpd is None else {"mvpd": mvpd}
    seen: dict[str, Profile] = {}
    for profile in world.profiles.find(device=caller.device, **at):
        if profile.service_provider != caller.service_provider.id:
            continue
        if profile.held_by(caller.client) and not profile.type.by_header:
            own = _claimed(world, profile, caller)
            if own.valid(world.now) and _shown(world, own, call):
                source(world, own, caller)
                seen[own.mvpd] = own
    matches = reached(world, caller, mvpd)
    for kind in _PRECEDENCE:
        for profile, by in matches.values():
            if by is kind and profile.valid(world.now):
                seen.setdefault(profile.mvpd, replace(profile, type=_SEEN_AS[kind]))
    return seen


def _claimed(world: SandboxSession, profile: Profile, caller: Caller) -> Profile:
    """A profile without an owner belongs to the app instance that asks first."""
    if profile.client is None:
        profile = replace(profile, client=caller.client)
        world.profiles.put(profile)
    return profile


def _shown(world: SandboxSession, profile: Profile, call: DeviceCall) -> bool:
    """An appleSSO profile is shown only to an app that proves the partner's permission.

    (Adobe: partner flows, C26)
    """
    if profile.type is not ProfileType.APPLE_SSO:
        return True
    config = world.config
    mvpd = config.mvpds[profile.mvpd]
    status = call.partner_framework_status
    return partner_sso.status_problem(status, mvpd, config.mvpds.values(), world.now) is None


def _degraded(world: SandboxSession, caller: Caller, mvpd: Mvpd) -> Profile | None:
    """The profile that AuthNAll gives to everybody it holds for."""
    provider = caller.service_provider.id
    if mvpd.kind.temporary:
        return None
    rules = world.config.rules(provider, mvpd.id, world.epoch)
    end = degradation.window_end(rules, Degradation.AUTHN_ALL, world.now)
    if end is None:
        if rules and degradation.ended(rules, world.now):
            world.explanation.expired.append(DEGRADATION_ENDED)
        return None
    user_id = degradation.user_id(caller.device)
    return Profile(
        id="",
        service_provider=provider,
        mvpd=mvpd.id,
        device=caller.device,
        type=ProfileType.DEGRADED,
        not_before=world.now,
        not_after=end,
        attributes=_plain(userID=user_id),
    )


def _temporary(
    world: SandboxSession, caller: Caller, call: DeviceCall, mvpd: Mvpd, integration: Integration
) -> Profile:
    """The profile of a TempPass, as far as its trials leave one (Adobe: TempPass, TMP1)."""
    at = {"service_provider": caller.service_provider.id, "mvpd": mvpd.id}
    trials = world.temp_passes.find(device=caller.device, **at)
    if mvpd.kind is MvpdKind.TEMP_PASS_PROMOTIONAL:
        who = temp_pass.identity(call.temp_pass_identity, integration.temp_pass_key)
        trials += world.temp_passes.find(identity=who, **at)
    left = temp_pass.access(mvpd, integration, trials, world.now)
    attributes = _plain(userID=temp_pass.user_id(caller.device), expiration_date=left.not_after)
    if left.remaining_resources is not None:
        attributes |= _plain(
            remaining_resources=left.remaining_resources, used_assets=list(left.used_resources)
        )
    return Profile(
        id="",
        service_provider=caller.service_provider.id,
        mvpd=mvpd.id,
        device=caller.device,
        type=ProfileType.TEMPORARY,
        not_before=left.not_before,
        not_after=left.not_after,
        attributes=attributes,
    )


def _plain(**values: object) -> dict[str, dict[str, object]]:
    return {name: {"value": value, "state": "plain"} for name, value in values.items()}


def _delivered(
    world: SandboxSession, caller: Caller, profile: Profile
) -> dict[str, user_metadata.Attribute]:
    """The user metadata of a profile as the caller's service provider is to get it."""
    found = profile.attributes
    if profile.type not in _NEVER_LISTED:
        shared = profile.type.by_header
        found = user_metadata.completed(found, mvpd=profile.mvpd, shared=shared)
    provider, config = caller.service_provider, world.config
    integration = config.integration(provider.id, profile.mvpd)
    return user_metadata.delivered(
        found,
        (integration and integration.user_metadata) or {},
        provider.certificate,
        encrypts=config.setting("user_metadata.sensitive") == "encrypted",
    )


def body(world: SandboxSession, caller: Caller, seen: dict[str, Profile]) -> dict[str, Any]:
    """The answer with these profiles, their secret attributes encrypted for the programmer."""
    attributes = {name: _delivered(world, caller, each) for name, each in seen.items()}
    world.explanation.explain(*(described(each, world.now) for each in seen.values()))
    failed = any("error" in each for found in attributes.values() for each in found.values())
    if failed and world.config.setting("user_metadata.certificate_error") == "top":
        raise EnhancedError(user_metadata.CERTIFICATE_ERROR)
    return {
        "profiles": {
            name: {
                "notBefore": profile.not_before,
                "notAfter": profile.not_after,
                "issuer": profile.issuer,
                "type": profile.type,
                "attributes": attributes[name],
            }
            for name, profile in sorted(seen.items())
        }
    }
