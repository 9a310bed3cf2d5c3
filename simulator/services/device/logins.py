"""The one login that a decision is made with, or why there is none (Adobe: profiles, SSO1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from simulator.domain.configuration import Mvpd
from simulator.domain.sessions.profiles import Profile, ProfileType
from simulator.domain.sso import partner_sso
from simulator.domain.sso.identities import LinkKind
from simulator.services.shared.admission import Caller, DeviceCall
from simulator.services.shared.single_sign_on import reached, source
from simulator.storage.worlds.session import SandboxSession

# A service token names the person, a platform identity only the box.
_PRECEDENCE: Final = (LinkKind.SERVICE_TOKEN, LinkKind.PLATFORM_IDENTITY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """The caller's usable profile at an MVPD; without one, one of the codes that say why.

    `problem` is that there is none, `partner` that an appleSSO one lacks the partner's permission.
    """

    profile: Profile | None = None
    problem: str | None = None
    partner: str | None = None


def login_at(world: SandboxSession, caller: Caller, call: DeviceCall, mvpd: Mvpd) -> Login:
    """The caller's login at `mvpd`: its own, else one that its SSO headers reach.

    A profile without an owner becomes the caller's, as with the profile operations.
    """
    own = [*_own(world, caller, mvpd)]
    partner = None
    for profile in own:
        if profile.valid(world.now):
            problem = _partner_problem(world, call, profile, mvpd)
            if problem is None:
                source(world, profile, caller)
                return Login(profile=profile)
            partner = problem
    matches = reached(world, caller, mvpd.id).values()
    for kind in _PRECEDENCE:
        for profile, by in matches:
            if by is kind and profile.valid(world.now):
                return Login(profile=profile)
    if partner is not None:
        return Login(partner=partner)
    return Login(problem=_problem([*own, *(profile for profile, _ in matches)], world.now))


def _own(world: SandboxSession, caller: Caller, mvpd: Mvpd) -> Iterator[Profile]:
    for found in world.profiles.find(device=caller.device, mvpd=mvpd.id):
        here = found.service_provider == caller.service_provider.id and not found.type.by_header
        if not here or not found.held_by(caller.client):
            continue
        profile = found
        if profile.client is None:
            profile = replace(profile, client=caller.client)
            world.profiles.put(profile)
        yield profile


def _partner_problem(
    world: SandboxSession, call: DeviceCall, profile: Profile, mvpd: Mvpd
) -> str | None:
    if profile.type is not ProfileType.APPLE_SSO:
        return None
    mvpds = world.config.mvpds.values()
    return partner_sso.status_problem(call.partner_framework_status, mvpd, mvpds, world.now)


def _problem(unusable: Iterable[Profile], now: int) -> str:
    """Why none of these profiles can be used; the caller's own come first."""
    for profile in unusable:
        if profile.not_after <= now:
            return "authenticated_profile_expired"
        if profile.invalidated:
            return "authenticated_profile_invalidated"
    return "authenticated_profile_missing"
