"""The lives of sandboxes: made, brought to other states, frozen, lent, claimed and dropped.

What takes a session wants that of `Engine.alter`, which still shows the state before afterwards.
"""

from dataclasses import replace
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from simulator.clock import SandboxClock
from simulator.storage import signing_keys, tables
from simulator.storage.errors import ConflictError
from simulator.storage.journal import entries
from simulator.storage.statements import Prepared

from . import layers
from .sandboxes import (
    REAL_TIME,
    Baseline,
    Lease,
    SandboxDetails,
    TooManyLayers,
    clock_columns,
    count,
    find,
    ref,
)
from .session import SandboxSession

sandbox: Final = tables.sandbox
device_claim: Final = tables.device_claim

MOST_LAYERS: Final = 100


_NEW: Final = (
    "name",
    "generation",
    "layer",
    "epoch",
    "created",
    "clock_offset",
    "clock_frozen",
    "baseline",
    "baseline_name",
    "baseline_about",
    "baseline_age",
)
_INSERT: Final = Prepared(insert(sandbox).values({name: bindparam(name) for name in _NEW}).inline())


class TooManySandboxes(Exception):  # noqa: N818 - named for what it says
    """There are as many sandboxes as there may be."""


def create(
    connection: Connection,
    name: str,
    *,
    baseline: Baseline,
    now: int,
    on: int | None = None,
    epoch: int | None = None,
    clock: SandboxClock = REAL_TIME,
    most: int | None = None,
) -> SandboxDetails:
    """Make the sandbox `name`. Raises `ConflictError` where there is one, and `TooManySandboxes`.

    Its world lies on the layer `on`, else on the baseline's; it began at `epoch`, else so that it
    is as old now as the baseline.
    """
    if find(connection, name):
        raise ConflictError(name)
    if most is not None:
        # One after another, in whatever process: else each of them would count itself as the last.
        signing_keys.lock(connection)
        if count(connection) >= most:
            raise TooManySandboxes
    values = {
        "name": name,
        "generation": 1,
        "layer": layers.new_layer(
            connection, parent=on if on is not None else baseline.layer, now=now
        ),
        "epoch": clock.now(now) - baseline.age if epoch is None else epoch,
        "created": now,
        **clock_columns(clock),
        **_baseline_columns(baseline),
    }
    _INSERT.run(connection, values)
    return SandboxDetails(ref=ref(connection, name), created=now, baseline=baseline, lease=None)


def create_on_digest(
    connection: Connection,
    name: str,
    *,
    digest: str,
    baseline: Baseline,
    now: int,
    most: int | None = None,
) -> SandboxDetails | None:
    """As `create`, on the layer that holds the document with this digest; None where none does."""
    layer = layers.find_by_digest(connection, digest)
    if layer is None:
        return None
    return create(connection, name, baseline=replace(baseline, layer=layer), now=now, most=most)


def clone(world: SandboxSession, name: str, *, most: int) -> SandboxDetails:
    """Make the sandbox `name` as this one is, with what that goes back to. Raises as `create`."""
    return create(
        world.connection,
        name,
        baseline=world.details.baseline,
        on=freeze_top(world),
        epoch=world.epoch,
        clock=world.clock,
        now=world.real_now,
        most=most,
    )


def _baseline_columns(baseline: Baseline) -> dict[str, Any]:
    return {
        "baseline": baseline.layer,
        "baseline_name": baseline.name,
        "baseline_about": dict(baseline.about),
        "baseline_age": baseline.age,
    }


def _set(world: SandboxSession, **values: object) -> None:
    _update(*values).run(world.connection, values | {"_id": world.sandbox})


@cache
def _update(*columns: str) -> Prepared:
    values: dict[str, Any] = {name: bindparam(name) for name in columns}
    return Prepared(update(sandbox).where(sandbox.c.id == bindparam("_id")).values(values))


def restart(
    world: SandboxSession, on: Baseline, *, clock: SandboxClock = REAL_TIME, keep: bool = False
) -> int:
    """Lay an empty layer on `on`, make that the world of the sandbox, return its generation.

    The world is as old at once as `on` says. The old top layer, and the old baseline where the sandbox is
    to `keep` the new one, are left to the sweeper.
    """
    now, generation, lease = world.real_now, world.generation + 1, world.details.lease
    shown = clock.now(now)
    _set(
        world,
        generation=generation,
        layer=layers.new_layer(world.connection, parent=on.layer, now=now),
        epoch=shown - on.age,
        # A lease is left as much time as it had.
        lease_until=None if lease is None else lease.until + shown - world.now,
        **clock_columns(clock),
    )
    layers.abandon(world.connection, world.layer, now)
    if keep:
        rebase(world, on)
    return generation


def rebase(world: SandboxSession, baseline: Baseline) -> None:
    """Make `baseline` what the sandbox goes back to; its world stays as it is."""
    old = world.details.baseline.layer
    _set(world, **_baseline_columns(baseline))
    if old is not None:
        layers.abandon(world.connection, old, world.real_now)


def set_clock(world: SandboxSession, clock: SandboxClock) -> None:
    """Let the sandbox go by `clock`. Where that is set back, its world and its lease move along."""
    set_back, lease = min(0, clock.now(world.real_now) - world.now), world.details.lease
    _set(
        world,
        epoch=world.epoch + set_back,
        lease_until=None if lease is None else lease.until + set_back,
        **clock_columns(clock),
    )


def freeze_top(world: SandboxSession) -> int:
    """Freeze the state of the sandbox and return the layer that now holds it.

    A top layer without rows, of whose world no id was drawn either, stays on top: what lies below it
    is the same state. Raises `TooManyLayers`.
    """
    connection, frozen, now = world.connection, world.layer, world.real_now
    parent = world.stack[1] if len(world.stack) > 1 else None
    if (
        parent is not None
        and layers.is_empty(connection, frozen)
        and layers.ids_drawn(connection, frozen) == layers.ids_drawn(connection, parent)
    ):
        return parent
    if len(world.stack) >= MOST_LAYERS:
        raise TooManyLayers
    if parent is not None:
        # It could not go into a layer that was written to; into a frozen one it can.
        layers.abandon(connection, parent, now)
    _set(world, layer=layers.new_layer(connection, parent=frozen, now=now))
    return frozen


def lend(world: SandboxSession, lease: Lease) -> None:
    """Give the sandbox to somebody for a time."""
    _set(
        world,
        lease_owner=lease.owner,
        lease_until=lease.until,
        lease_until_real=lease.until_real,
        lease_return=lease.on_return,
    )


def end_lease(world: SandboxSession) -> None:
    """Take the sandbox back from whoever has borrowed it, and from every device that claimed it."""
    _set(world, lease_owner=None, lease_until=None, lease_until_real=None, lease_return=None)
    world.connection.execute(delete(device_claim).where(device_claim.c.sandbox == world.sandbox))


def leases_over(connection: Connection, real_now: int) -> list[str]:
    """The names of the sandboxes whose lease has ended by real time."""
    statement = select(sandbox.c.name).where(sandbox.c.lease_until_real <= real_now)
    return list(connection.execute(statement).scalars())


def claim(world: SandboxSession, device: str, until: int | None) -> None:
    """Send the requests of `device` that name no sandbox to this one, until real time is `until`."""
    connection = world.connection
    row = {"device": device, "sandbox": world.sandbox, "until": until}
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


_CLAIMED: Final = Prepared(
    select(device_claim.c.device)
    .where(
        device_claim.c.sandbox == bindparam("_sandbox"),
        or_(device_claim.c.until.is_(None), device_claim.c.until > bindparam("_now")),
    )
    .order_by(device_claim.c.device)
)


def claimed(connection: Connection, sandbox_id: int, real_now: int) -> list[str]:
    """The devices that a sandbox has claimed."""
    found = _CLAIMED.rows(connection, {"_sandbox": sandbox_id, "_now": real_now})
    return [device for (device,) in found]


_HELD: Final = Prepared(
    select(tables.snapshot.c.layer).where(tables.snapshot.c.sandbox == bindparam("_id"))
)
_DROP: Final = (
    *(
        Prepared(delete(table).where(table.c.sandbox == bindparam("_id")))
        for table in (tables.snapshot, device_claim, tables.authentication_code)
    ),
    Prepared(delete(sandbox).where(sandbox.c.id == bindparam("_id"))),
)


def drop(world: SandboxSession) -> None:
    """Delete the sandbox with its snapshots and claims; its layers are left to the sweeper."""
    connection, own = world.connection, {"_id": world.sandbox}
    held = [world.layer, world.details.baseline.layer]
    held += [layer for (layer,) in _HELD.rows(connection, own)]
    for each in _DROP:
        each.run(connection, own)
    entries.abandon(connection, world.sandbox)
    for layer in held:
        if layer is not None:
            layers.abandon(connection, layer, world.real_now)
