"""Device claims: a device that can say nothing of a sandbox is sent to one."""

from typing import Any

from sqlalchemy import Connection

from simulator.services.context import AppContext
from simulator.services.errors import NotFound
from simulator.storage.worlds import leases, sandboxes
from simulator.storage.worlds.sandboxes import SandboxRef


async def claim(
    simulator: AppContext, at: SandboxRef, device: str, *, sandbox: str | None, duration: int | None
) -> dict[str, Any]:
    """Send `device` to `sandbox`, or to the one of the request, for `duration` milliseconds or for good.

    An earlier claim of the device ends. Raises `UnknownSandbox`.
    """
    name = sandbox or at.name

    def work(connection: Connection) -> dict[str, Any]:
        # Locked, so that it is still there when the claim is.
        row = sandboxes.locked(connection, name)
        until = None if duration is None else simulator.clock.now() + duration
        leases.claim(connection, device, row["id"], until)
        return {"device": device, "sandbox": name, "until": until}

    return await simulator.engine.transact(work)


async def unclaim(simulator: AppContext, device: str) -> None:
    """End the claim of `device`. Raises `NotFound` if there is none."""
    if not await simulator.engine.transact(lambda connection: leases.unclaim(connection, device)):
        raise NotFound("claim", device, "PUT /admin/v1/devices/{id}/claim makes one.")
