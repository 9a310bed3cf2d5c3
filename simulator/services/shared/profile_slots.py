"""The slot of a profile: one holds one, and what leaves it takes its links and decisions along."""

from simulator.domain.sessions.profiles import Profile
from simulator.storage.worlds.session import SandboxSession


def delete_profile(world: SandboxSession, profile_id: str) -> None:
    """Delete a profile with its SSO links and its cached decisions."""
    for link in world.links.find(profile=profile_id):
        world.links.delete(link.id)
    for decision in world.decisions.find(profile=profile_id):
        world.decisions.delete(decision.id)
    world.profiles.delete(profile_id)


def clear_slot(world: SandboxSession, profile: Profile) -> None:
    """Make room for `profile`: the last login wins (Adobe: profiles, SSO1).

    One without an owner shares its slot with every app instance on the device.
    """
    for other in world.profiles.find(device=profile.device, mvpd=profile.mvpd):
        same_provider = other.service_provider == profile.service_provider
        same_owner = None in {other.client, profile.client} or other.client == profile.client
        if same_provider and same_owner and other.id != profile.id:
            delete_profile(world, other.id)
