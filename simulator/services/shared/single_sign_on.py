"""Which profiles of other apps and devices the SSO headers of a call reach (Adobe: profiles, SSO1)."""

from collections.abc import Iterable, Iterator
from itertools import count

import jwt

from simulator.domain.configuration import Platform
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import LinkKind, SsoIdentity, SsoLink
from simulator.storage.worlds.session import SandboxSession

from .admission import Caller


def reached(
    world: SandboxSession, caller: Caller, mvpd: str | None = None
) -> dict[str, tuple[Profile, LinkKind]]:
    """The profiles, by id, that the caller's SSO headers match, valid or not; at `mvpd` or at any.

    Only integrations that take part in single sign-on count, the caller's as well as the profile's.
    """
    found: dict[str, tuple[Profile, LinkKind]] = {}
    for identity in caller.identities:
        for link in links_of(world, identity):
            profile = world.profiles.get(link.profile)
            if profile is None or (mvpd is not None and profile.mvpd != mvpd):
                continue
            if shares(world, profile, caller.service_provider.id, caller.platform):
                found.setdefault(profile.id, (profile, link.kind))
    return found


def links_of(world: SandboxSession, identity: SsoIdentity) -> Iterator[SsoLink]:
    """The links of profiles that `identity` matches."""
    for key in identity.keys:
        yield from (link for link in world.links.find(key=key) if link.matches(identity))


def shares(
    world: SandboxSession, profile: Profile, service_provider: str, platform: Platform
) -> bool:
    """Whether `profile` may be seen from `service_provider` by single sign-on.

    (Adobe: platform identity flows, SSO4)
    """
    for name in {profile.service_provider, service_provider}:
        integration = world.config.integration(name, profile.mvpd)
        if integration is None or not integration.active:
            return False
        there = integration.on(platform)
        if not there.single_sign_on or there.auth_per_aggregator:
            return False
    return True


def views_of(world: SandboxSession, profile: Profile) -> Iterator[Profile]:
    """The stored views that other apps have on `profile` through the identities it is linked to."""
    for link in world.links.find(profile=profile.id):
        for other in world.links.find(key=link.key):
            same = (other.kind, other.issuer) == (link.kind, link.issuer)
            view = world.profiles.get(other.profile) if same else None
            if view and view.type.by_header and view.mvpd == profile.mvpd:
                yield view


def source(world: SandboxSession, own: Profile, caller: Caller) -> None:
    """Let the caller's own login be found by the identities that it sends, where any call does that."""
    if caller.identities and world.config.setting("single_sign_on.source") == "any_call":
        tie(world, own, caller.identities)


def tie(world: SandboxSession, profile: Profile, identities: Iterable[SsoIdentity]) -> None:
    """Link `profile` to the identities that are usable and that it is not linked to yet."""
    present = world.links.find(profile=profile.id)
    for identity in identities:
        if _rejected(identity) or any(link.matches(identity) for link in present):
            continue
        taken = {link.id for link in present}
        number = next(n for n in count(1) if f"{profile.id}.{n}" not in taken)
        link = _link(profile.id, number, identity)
        world.links.put(link)
        present.append(link)


def _rejected(identity: SsoIdentity) -> bool:
    """A JWS without a usable subject has expired or is forged: nothing is to be linked to it."""
    if identity.subject is not None:
        return False
    try:
        jwt.decode(identity.value, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError):
        return False
    return True


def _link(profile: str, number: int, identity: SsoIdentity) -> SsoLink:
    literal = identity.subject is None
    return SsoLink(
        id=f"{profile}.{number}",
        profile=profile,
        kind=identity.kind,
        issuer=None if literal else identity.issuer,
        subject=None if literal else identity.subject,
        value=identity.value if literal else None,
    )
