"""What can be done to a stored profile besides changing its members."""

from dataclasses import replace

from simulator.domain.sessions.profiles import Profile
from simulator.services.context import AppContext
from simulator.services.errors import NotFound
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

from .entities import Found


async def invalidate(simulator: AppContext, at: SandboxRef, profile_id: str) -> Found:
    """Mark a profile as invalidated by its MVPD. Raises `NotFound` when there is none."""
    return await _act(simulator, at, profile_id, "invalidate")


async def expire(simulator: AppContext, at: SandboxRef, profile_id: str) -> Found:
    """Let a profile end now. Raises `NotFound` when there is none."""
    return await _act(simulator, at, profile_id, "expire")


async def _act(simulator: AppContext, at: SandboxRef, profile_id: str, action: str) -> Found:
    def unit(world: SandboxSession) -> Found:
        profile = world.profiles.get(profile_id)
        if profile is None:
            raise NotFound("profile", profile_id, "GET /admin/v1/profiles lists them.")
        changed = _acted(profile, action, world.now)
        world.profiles.put(changed)
        links = tuple(world.links.find(profile=profile_id))
        return Found(entity=changed, now=world.now, links=links)

    return await simulator.engine.write(at, unit)


def _acted(profile: Profile, action: str, now: int) -> Profile:
    if action == "invalidate":
        return replace(profile, invalidated=True)
    return replace(
        profile, not_before=min(profile.not_before, now), not_after=min(profile.not_after, now)
    )
