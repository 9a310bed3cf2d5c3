"""Why a caller sees no profile: what there is instead, told where an answer is empty.

It costs look-ups that no other answer needs, so only empty ones pay for them, and each is bounded.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from simulator.domain.configuration import Mvpd
from simulator.domain.coverage.events import PROFILE_EXPIRED
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.sessions.profiles import Profile, ProfileType, described
from simulator.domain.sso import partner_sso
from simulator.storage.worlds.session import SandboxSession

from .admission import Caller, DeviceCall, in_force
from .single_sign_on import links_of, shares

_TOLD: Final = 5
_TOLD_OF_OTHER_DEVICES: Final = 2
_LOOKED_AT: Final = 8
_UNREGISTERED: Final = (
    "not registered: each token of POST /admin/v1/tokens that names no client is one of its own"
)


def explain_absence(
    world: SandboxSession, caller: Caller, call: DeviceCall, mvpd: Mvpd | None = None
) -> None:
    """Say which profiles there are, at `mvpd` or at any, and why the caller sees none of them."""
    here = world.profiles.find(device=caller.device)
    # Those of the MVPD that was asked for come first.
    here.sort(key=lambda each: mvpd is not None and each.mvpd != mvpd.id)
    told = [
        *(_why_not(world, caller, call, each, mvpd) for each in here[:_TOLD]),
        *_by_headers(world, caller, mvpd),
    ]
    if len(here) > _TOLD:
        told.append(f"the device {caller.device} has {len(here) - _TOLD} more profiles")
    if not here:
        told += [f"the device {caller.device} has no profile", *_elsewhere(world, caller, mvpd)]
    if mvpd is None:
        told += _unlisted(world, caller)
    for each in told:
        world.explanation.add(each)


def _why_not(
    world: SandboxSession, caller: Caller, call: DeviceCall, profile: Profile, mvpd: Mvpd | None
) -> str:
    """What `profile` is, and all that keeps the caller from it beside its own state."""
    lacks = [*_of_others(world, caller, profile, mvpd)]
    if not lacks and profile.not_after <= world.now:
        world.explanation.expired.append(PROFILE_EXPIRED)
    if profile.type.by_header:
        lacks.append("a view on another app's login, which its SSO header shows and nothing else")
    if profile.type in {ProfileType.TEMPORARY, ProfileType.DEGRADED} and mvpd is None:
        lacks.append(f"listed by profiles/{profile.mvpd} alone")
    if profile.type is ProfileType.APPLE_SSO:
        at = world.config.mvpds.get(profile.mvpd)
        status = call.partner_framework_status
        problem = partner_sso.status_problem(status, at, world.config.mvpds.values(), world.now)
        if problem is not None:
            lacks.append(f"without the partner's permission ({problem})")
    return ", ".join((described(profile, world.now), *lacks))


def _of_others(
    world: SandboxSession, caller: Caller, profile: Profile, mvpd: Mvpd | None
) -> Iterator[str]:
    """Whose `profile` is, where that is not the caller or what it asked for."""
    provider = caller.service_provider.id
    if mvpd is not None and profile.mvpd != mvpd.id:
        yield f"not at {mvpd.id}"
    if profile.service_provider != provider:
        yield f"for {profile.service_provider}, not for {provider}"
    if profile.device != caller.device:
        yield f"of the device {profile.device}, not of {caller.device}"
    if profile.client is not None and profile.client != caller.client:
        own = world.application_of(caller.client) or world.explanation.application
        yield f"of {_app(world, profile.client)}, the call is of the client {caller.client} ({own})"
        for link in world.links.find(profile=profile.id)[:1]:
            yield f"linked by {link.kind} to who sends that SSO header"


def _app(world: SandboxSession, client: str) -> str:
    """A client, with the application that it was registered for."""
    return f"the client {client} ({world.application_of(client) or _UNREGISTERED})"


def _by_headers(world: SandboxSession, caller: Caller, mvpd: Mvpd | None) -> Iterator[str]:
    """What the SSO headers of the call came to."""
    for identity in caller.identities:
        links = [*islice(links_of(world, identity), _TOLD)]
        if not links:
            yield f"no profile is linked to the {identity.kind} of the call"
        for link in links:
            profile = world.profiles.get(link.profile)
            if profile is None or (mvpd is not None and profile.mvpd != mvpd.id):
                continue
            shared = shares(world, profile, caller.service_provider.id, caller.platform)
            lacks = "" if shared else ", whose integration takes no part in single sign-on"
            yield f"{described(profile, world.now)}, linked by {identity.kind}{lacks}"


def _elsewhere(world: SandboxSession, caller: Caller, mvpd: Mvpd | None) -> Iterator[str]:
    """The first profiles of other devices, for a caller whose device has none."""
    looked_at, all_of_them = world.profiles.preview(_LOOKED_AT)
    provider = caller.service_provider.id
    alike = [
        each
        for each in looked_at
        if each.service_provider == provider and (mvpd is None or each.mvpd == mvpd.id)
    ]
    for each in alike[:_TOLD_OF_OTHER_DEVICES]:
        told = ", ".join(_of_others(world, caller, each, mvpd))
        yield f"{described(each, world.now)}, {told}"
    if not alike and all_of_them:
        at = f" at {mvpd.id}" if mvpd is not None else ""
        yield f"no device has one for {provider}{at}"


def _unlisted(world: SandboxSession, caller: Caller) -> Iterator[str]:
    """The MVPDs whose made-up profiles the list of all leaves out."""
    config, provider = world.config, caller.service_provider.id
    there = [
        each.mvpd for each in config.integrations.values() if each.service_provider == provider
    ]
    temporary = [each for each in there if config.mvpds[each].kind.temporary]
    degraded = [
        each
        for each in there
        if each not in temporary
        and Degradation.AUTHN_ALL in in_force(world, provider, each, logged_in=False)
    ]
    for what, found in (("TempPass", temporary), ("degraded access (AuthNAll)", degraded)):
        if found:
            yield f"{what} is listed by profiles/MVPD alone, here of {', '.join(found[:_TOLD])}"
