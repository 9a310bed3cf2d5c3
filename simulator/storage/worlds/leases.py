"""Leases of sandboxes and claims of devices: who may count on what, and until when."""

from typing import Any, Final

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from simulator.storage import tables

sandbox: Final = tables.sandbox
device_claim: Final = tables.device_claim

_FREE: Final[dict[str, Any]] = {
    "lease_owner": None,
    "lease_until": None,
    "lease_until_real": None,
    "lease_return": None,
}


def lease(
    connection: Connection,
    sandbox_id: int,
    *,
    owner: str,
    until: int,
    until_real: int,
    on_return: str,
) -> None:
    """Give a sandbox to `owner` until its clock shows `until` or real time is `until_real`."""
    values = {
        "lease_owner": owner,
        "lease_until": until,
        "lease_until_real": until_real,
        "lease_return": on_return,
    }
    connection.execute(update(sandbox).where(sandbox.c.id == sandbox_id).values(values))


def release(connection: Connection, sandbox_id: int) -> None:
    """End the lease of a sandbox."""
    connection.execute(update(sandbox).where(sandbox.c.id == sandbox_id).values(_FREE))


def due(connection: Connection, real_now: int) -> list[str]:
    """The names of the sandboxes whose lease has ended by real time."""
    statement = select(sandbox.c.name).where(sandbox.c.lease_until_real <= real_now)
    return list(connection.execute(statement).scalars())


def claim(connection: Connection, device: str, sandbox_id: int, until: int | None) -> None:
    """Send the requests of `device` that name no sandbox to this one, until real time is `until`."""
    row = {"device": device, "sandbox": sandbox_id, "until": until}
    move = update(device_claim).where(device_claim.c.device == device).values(row)
    if connection.execute(move).rowcount:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(device_claim), row)
    except IntegrityError:
        # Another process was quicker, and only now is its claim to be seen.
        connection.execute(move)


def unclaim(connection: Connection, device: str) -> bool:
    """End the claim of `device` and say whether there was one."""
    gone = connection.execute(delete(device_claim).where(device_claim.c.device == device))
    return gone.rowcount > 0


def claims(connection: Connection, sandbox_id: int, real_now: int) -> list[RowMapping]:
    """The devices that a sandbox has claimed."""
    open_ended = device_claim.c.until.is_(None)
    statement = (
        select(device_claim)
        .where(device_claim.c.sandbox == sandbox_id)
        .where(or_(open_ended, device_claim.c.until > real_now))
        .order_by(device_claim.c.device)
    )
    return list(connection.execute(statement).mappings())


def unclaim_all(connection: Connection, sandbox_id: int) -> None:
    """End the claims of every device by a sandbox."""
    connection.execute(delete(device_claim).where(device_claim.c.sandbox == sandbox_id))
