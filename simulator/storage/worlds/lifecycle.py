"""The lives of sandboxes: made, brought to other states, frozen, lent, claimed and dropped.

What takes a session wants that of `Engine.alter`, which still shows the state before afterwards.
"""

from collections.abc import Collection
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

from . import clients, layers
from .entity_mapping import CLIENTS
from .sandboxes import (
    REAL_TIME,
    Baseline,
    Lease,
    SandboxDetails,
    TooManyLayers,
    clock_columns,
    count,
    find,
    keeps,
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
    "keep",
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
    state: tuple[int, int] | None = None,
    clock: SandboxClock = REAL_TIME,
    keep: Collection[str] | None = None,
    most: int | None = None,
) -> SandboxDetails:
    """Make the sandbox `name`. Raises `ConflictError` where there is one, and `TooManySandboxes`.

    `state` is the layer that its world lies on and when that began; else it is the baseline, and as old
    now as that. Its resets keep what `keep` says, else what they do in sandboxes of its name.
    """
    if find(connection, name):
        raise ConflictError(name)
    if most is not None:
        # One after another, in whatever process: else each of them would count itself as the last.
        signing_keys.lock(connection)
        if count(connection) >= most:
            raise TooManySandboxes
    below, epoch = state or (baseline.layer, clock.now(now) - baseline.age)
    values = {
        "name": name,
        "generation": 1,
        "layer": layers.new_layer(connection, parent=below, now=now),
        "epoch": epoch,
        "created": now,
        **clock_columns(clock),
        **_baseline_columns(baseline),
        "keep": None if keep is None else [*keep],
    }
    _INSERT.run(connection, values)
    return SandboxDetails(
        ref=ref(connection, name),
        created=now,
        baseline=baseline,
        lease=None,
        keep=keeps(name, keep),
    )


def create_on_digest(
    connection: Connection,
    name: str,
    *,
    digest: str,
    baseline: Baseline,
    now: int,
    keep: Collection[str] | None = None,
    most: int | None = None,
) -> SandboxDetails | None:
    """As `create`, on the layer that holds the document with this digest; None where none does."""
    layer = layers.find_by_digest(connection, digest)
    if layer is None:
        return None
    baseline = replace(baseline, layer=layer)
    return create(connection, name, baseline=baseline, now=now, keep=keep, most=most)


def clone(
    world: SandboxSession, name: str, *, keep: Collection[str] | None, most: int
) -> SandboxDetails:
    """Make the sandbox `name` as this one is, with what that goes back to. Raises as `create`.

    It has the clients that are of this world, not those that were kept and have not come back.
    """
    return create(
        world.connection,
        name,
        baseline=world.details.baseline,
        state=(freeze_top(world), world.epoch),
        clock=world.clock,
        now=world.real_now,
        keep=keep,
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
    world: SandboxSession,
    on: Baseline,
    *,
    clock: SandboxClock = REAL_TIME,
    as_baseline: bool = False,
    keep: Collection[str] = (),
) -> int:
    """Lay an empty layer on `on`, make that the world of the sandbox, return its generation.

    The world is as old at once as `on` says, which may be the sandbox's baseline from now on; `keep` are the
    kinds of entities that stay. The old top layer, the old baseline where there is a new one, and the
    clients that were kept and now are not, are left to the sweeper.
    """
    now, generation = world.real_now, world.generation + 1
    shown = clock.now(now)
    kept = _kept_clients(world) if CLIENTS.name in keep else None
    _set(
        world,
        generation=generation,
        layer=layers.new_layer(world.connection, parent=on.layer, now=now),
        epoch=shown - on.age,
        kept=kept,
        **clock_columns(clock),
    )
    layers.abandon(world.connection, world.layer, now)
    if world.kept is not None and kept is None:
        layers.abandon(world.connection, world.kept, now)
    if as_baseline:
        rebase(world, on)
    return generation


def _kept_clients(world: SandboxSession) -> int | None:
    if world.kept is not None:
        return world.kept
    return clients.set_apart(world.connection, world.stack, world.real_now)


def set_keep(world: SandboxSession, keep: Collection[str]) -> None:
    """Let resets of the sandbox keep these kinds of entities from now on."""
    _set(world, keep=[*keep])


def rebase(world: SandboxSession, baseline: Baseline) -> None:
    """Make `baseline` what the sandbox goes back to; its world stays as it is."""
    old = world.details.baseline.layer
    _set(world, **_baseline_columns(baseline))
    if old is not None:
        layers.abandon(world.connection, old, world.real_now)


def set_clock(world: SandboxSession, clock: SandboxClock) -> None:
    """Let the sandbox go by `clock`. Where that is set back, its world moves along."""
    set_back = min(0, clock.now(world.real_now) - world.now)
    _set(world, epoch=world.epoch + set_back, **clock_columns(clock))


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
        lease_until_real=lease.until,
        lease_return=lease.on_return,
    )


def end_lease(world: SandboxSession) -> None:
    """Take the sandbox back from whoever has borrowed it, and from every device that claimed it."""
    _set(world, lease_owner=None, lease_until_real=None, lease_return=None)
    world.connection.execute(delete(device_claim).where(device_claim.c.sandbox == world.sandbox))


def leases_over(connection: Connection, real_now: int) -> list[str]:
    """The names of the sandboxes whose lease is over."""
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


def claimed_by(connection: Connection, device: str, real_now: int) -> str | None:
    """The name of the sandbox that has claimed `device`, None where none has."""
    statement = (
        select(sandbox.c.name)
        .join(device_claim, device_claim.c.sandbox == sandbox.c.id)
        .where(
            device_claim.c.device == device,
            or_(device_claim.c.until.is_(None), device_claim.c.until > real_now),
        )
    )
    return connection.execute(statement).scalar()


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
    held = [world.layer, world.details.baseline.layer, world.kept]
    held += [layer for (layer,) in _HELD.rows(connection, own)]
    for each in _DROP:
        each.run(connection, own)
    entries.abandon(connection, world.sandbox)
    for layer in held:
        if layer is not None:
            layers.abandon(connection, layer, world.real_now)
