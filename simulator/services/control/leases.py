"""Leases of sandboxes: borrowed by an owner for a time that is real, whatever the sandbox's clock shows."""

from functools import partial
from typing import Any, Final

from simulator.services.context import AppContext
from simulator.services.errors import InvalidLease, Leased, NotFound
from simulator.storage.worlds import lifecycle
from simulator.storage.worlds.sandboxes import DEFAULT, Lease, SandboxRef, UnknownSandbox
from simulator.storage.worlds.session import SandboxSession

LEASE_ENDED: Final = "lease_ended"


async def lease(
    simulator: AppContext, at: SandboxRef, *, owner: str, duration: int, on_return: str
) -> dict[str, Any]:
    """Borrow the sandbox for `duration` milliseconds, or go on borrowing it. Raises `AdminError`.

    When the time is over the sandbox is reset to its baseline, or deleted where `on_return` says so.
    """
    # What an earlier lease left behind is gone, also before the house is kept the next time.
    await give_back(simulator, at.name)

    def unit(world: SandboxSession) -> dict[str, Any]:
        held = world.details.lease
        if held is not None and held.owner != owner:
            raise Leased(
                f"The sandbox '{at.name}' is leased by '{held.owner}'.",
                "Wait until the lease ends, end it with DELETE, or make a sandbox of your own.",
            )
        if on_return == "delete" and at.name == DEFAULT:
            message = f"The sandbox '{DEFAULT}' cannot be deleted, so a lease of it only resets it."
            raise InvalidLease(message, "Use 'on_return': 'reset'.")
        until = world.real_now + duration
        lifecycle.lend(world, Lease(owner=owner, until=until, on_return=on_return))
        return {"sandbox": at.name, "owner": owner, "until": until, "on_return": on_return}

    return await simulator.engine.alter(at.name, unit)


async def release(simulator: AppContext, at: SandboxRef) -> None:
    """End the lease of a sandbox, as if its time were over. Raises `NotFound` if there is none."""
    if not await give_back(simulator, at.name, early=True):
        raise NotFound("lease", message=f"The sandbox '{at.name}' is not leased.")


async def give_back(simulator: AppContext, name: str, *, early: bool = False) -> bool:
    """Bring back a sandbox whose lease is over, or is ended early; False if there is none."""

    def unit(world: SandboxSession) -> bool:
        lease = world.details.lease
        # Somebody else may have brought it back meanwhile, and lent it out again.
        if lease is None or not (early or lease.until <= world.real_now):
            return False
        if lease.on_return == "delete":
            lifecycle.drop(world)
        else:
            details = world.details
            generation = lifecycle.restart(world, details.baseline, keep=details.keep)
            world.record(LEASE_ENDED, generation=generation, owner=lease.owner)
            lifecycle.end_lease(world)
        return True

    try:
        return await simulator.engine.alter(name, unit)
    except UnknownSandbox:
        return False


async def give_back_due(simulator: AppContext) -> int:
    """Bring back every sandbox whose lease is over, and say how many there were."""
    now = simulator.clock.now()
    names = await simulator.engine.query(partial(lifecycle.leases_over, real_now=now))
    returned = [await give_back(simulator, name) for name in names]
    return sum(returned)
