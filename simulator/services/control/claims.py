"""Device claims: a device that can say nothing of a sandbox is sent to one."""

from functools import partial
from typing import Any
from urllib.parse import quote

from simulator.services.context import AppContext
from simulator.services.errors import Claimed, NotFound
from simulator.storage.worlds import lifecycle
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession


async def claim(
    simulator: AppContext,
    at: SandboxRef,
    device: str,
    *,
    sandbox: str | None,
    duration: int | None,
    take: bool = False,
) -> dict[str, Any]:
    """Send `device` to `sandbox`, or to the one of the request, for `duration` milliseconds or for good.

    An earlier claim of the sandbox ends. That of another one does so only where `take` says so. Raises
    `UnknownSandbox` and `Claimed`.
    """
    name = sandbox or at.name

    def unit(world: SandboxSession) -> dict[str, Any]:
        holder = lifecycle.claimed_by(world.connection, device, world.real_now)
        if holder not in {None, name} and not take:
            path = f"/admin/v1/devices/{quote(device, safe='')}/claim"
            raise Claimed(
                f"The sandbox '{holder}' has claimed the device '{device}'.",
                f'PUT {path} with {{"take": true}} takes it away from there.',
            )
        until = None if duration is None else world.real_now + duration
        lifecycle.claim(world, device, until)
        return {"device": device, "sandbox": name, "until": until}

    # With the sandbox to itself, so that it is still there when the claim is.
    return await simulator.engine.alter(name, unit)


async def unclaim(simulator: AppContext, device: str) -> None:
    """End the claim of `device`. Raises `AdminError` if there is none."""
    if not await simulator.engine.transact(partial(lifecycle.unclaim, device=device), moves=()):
        raise NotFound("claim", device, "PUT /admin/v1/devices/{id}/claim makes one.")
