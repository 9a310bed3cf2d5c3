"""Leases of sandboxes: borrowed for a time by an owner, and brought back by themselves."""

from typing import Any

from sqlalchemy import Connection, RowMapping

from simulator.services.context import AppContext
from simulator.services.errors import InvalidLease, Leased, NotFound
from simulator.services.observe import events
from simulator.storage.worlds import leases, sandboxes
from simulator.storage.worlds.due import LEASE_ENDED
from simulator.storage.worlds.sandboxes import DEFAULT, SandboxRef, UnknownSandbox


async def lease(
    simulator: AppContext, at: SandboxRef, *, owner: str, duration: int, on_return: str
) -> dict[str, Any]:
    """Borrow the sandbox for `duration` milliseconds, or go on borrowing it. Raises `AdminError`.

    When the time is over the sandbox is reset to its baseline, or deleted where `on_return` says so.
    """
    # What an earlier lease left behind is gone, also before the house is kept the next time.
    await give_back(simulator, at.name)

    def work(connection: Connection) -> dict[str, Any]:
        row = sandboxes.locked(connection, at.name)
        real = simulator.clock.now()
        held_by = row["lease_owner"]
        if held_by not in {None, owner}:
            raise Leased(
                f"The sandbox '{at.name}' is leased by '{held_by}'.",
                "Wait until the lease ends, end it with DELETE, or make a sandbox of your own.",
            )
        if on_return == "delete" and at.name == DEFAULT:
            message = f"The sandbox '{DEFAULT}' cannot be deleted, so a lease of it only resets it."
            raise InvalidLease(message, "Use 'on_return': 'reset'.")
        until = sandboxes.clock_in(row).now(real) + duration
        leases.lease(
            connection,
            row["id"],
            owner=owner,
            until=until,
            until_real=real + duration,
            on_return=on_return,
        )
        return {"sandbox": at.name, "owner": owner, "until": until, "on_return": on_return}

    return await simulator.engine.transact(work)


def _over(row: RowMapping, real: int) -> bool:
    shown = sandboxes.clock_in(row).now(real)
    return bool(row["lease_until"] <= shown or row["lease_until_real"] <= real)


async def release(simulator: AppContext, at: SandboxRef) -> None:
    """End the lease of a sandbox, as if its time were over. Raises `NotFound` if there is none."""
    if not await give_back(simulator, at.name, early=True):
        raise NotFound("lease", message=f"The sandbox '{at.name}' is not leased.")


async def give_back(simulator: AppContext, name: str, *, early: bool = False) -> bool:
    """Bring back a sandbox whose lease is over, or is ended early; False if there is none."""

    def work(connection: Connection) -> bool:
        now = simulator.clock.now()
        try:
            row = sandboxes.locked(connection, name)
        except UnknownSandbox:
            return False
        # Somebody else may have brought it back meanwhile, and lent it out again.
        if row["lease_owner"] is None or not (early or _over(row, now)):
            return False
        if row["lease_return"] == "delete":
            sandboxes.drop(connection, row, now)
        else:
            on = sandboxes.baseline_in(row)
            generation = sandboxes.restart(connection, row, on=on, now=now)
            events.record(
                connection,
                row,
                now,
                LEASE_ENDED,
                generation=generation,
                owner=row["lease_owner"],
            )
            leases.release(connection, row["id"])
            leases.unclaim_all(connection, row["id"])
        return True

    return await simulator.engine.transact(work)


async def give_back_due(simulator: AppContext) -> int:
    """Bring back every sandbox whose lease is over by real time, and say how many there were."""
    now = simulator.clock.now()
    names = await simulator.engine.query(lambda connection: leases.due(connection, now))
    returned = [await give_back(simulator, name) for name in names]
    return sum(returned)
