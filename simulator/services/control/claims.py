"""Device claims: a device that can say nothing of a sandbox is sent to one."""

from functools import partial
from typing import Any

from simulator.services.context import AppContext
from simulator.services.errors import NotFound
from simulator.storage.worlds import lifecycle
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession


async def claim(
    simulator: AppContext, at: SandboxRef, device: str, *, sandbox: str | None, duration: int | None
) -> dict[str, Any]:
    """Send `device` to `sandbox`, or to the one of the request, for `duration` milliseconds or for good.

    An earlier claim of the device ends. Raises `UnknownSandbox`.
    """
    name = sandbox or at.name

    def unit(world: SandboxSession) -> dict[str, Any]:
        until = None if duration is None else world.real_now + duration
        lifecycle.claim(world, device, until)
        return {"device": device, "sandbox": name, "until": until}

    # With the sandbox to itself, so that it is still there when the claim is.
    return await simulator.engine.alter(name, unit)


async def unclaim(simulator: AppContext, device: str) -> None:
    """End the claim of `device`. Raises `AdminError` if there is none."""
    if not await simulator.engine.transact(partial(lifecycle.unclaim, device=device)):
        raise NotFound("claim", device, "PUT /admin/v1/devices/{id}/claim makes one.")
