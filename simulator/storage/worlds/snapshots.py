"""Snapshots: a frozen layer of a sandbox with a name, and how old the world was then."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from simulator.clock import SandboxClock
from simulator.storage import tables
from simulator.storage.statements import Prepared

from . import layers
from .lifecycle import create, freeze_top
from .sandboxes import Baseline, SandboxDetails, clock_columns
from .session import SandboxSession

snapshot: Final = tables.snapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A state of a sandbox that was `age` milliseconds old, and the clock that it had then."""

    id: int
    name: str
    layer: int
    age: int
    clock: SandboxClock
    created: int


def take(world: SandboxSession, name: str) -> Snapshot:
    """Freeze the state of the sandbox under `name`, which must be free in it. Raises `TooManyLayers`."""
    values: dict[str, Any] = {
        "name": name,
        "layer": freeze_top(world),
        "age": world.now - world.epoch,
        "created": world.real_now,
    }
    row = {**values, **clock_columns(world.clock), "sandbox": world.sandbox}
    added = world.connection.execute(insert(snapshot), row)
    return Snapshot(id=layers.new_key(added), clock=world.clock, **values)


def find(world: SandboxSession, name: str) -> Snapshot | None:
    """The snapshot `name` of a sandbox, or None."""
    return next((each for each in find_all(world) if each.name == name), None)


def find_all(world: SandboxSession) -> list[Snapshot]:
    """The snapshots of a sandbox, oldest first."""
    return of_sandbox(world.connection, world.sandbox)


_MEMBERS: Final = ("id", "name", "layer", "age", "created")
_OF_SANDBOX: Final = Prepared(
    select(*(snapshot.c[name] for name in (*_MEMBERS, "clock_offset", "clock_frozen")))
    .where(snapshot.c.sandbox == bindparam("_sandbox"))
    .order_by(snapshot.c.id)
)


def of_sandbox(connection: Connection, sandbox_id: int) -> list[Snapshot]:
    """As `find_all`, of the sandbox with this number."""
    return [
        Snapshot(
            **dict(zip(_MEMBERS, members, strict=True)),
            clock=SandboxClock(offset=offset, frozen_at=frozen),
        )
        for *members, offset, frozen in _OF_SANDBOX.rows(connection, {"_sandbox": sandbox_id})
    ]


def as_baseline(world: SandboxSession, found: Snapshot) -> Baseline:
    """The state that a snapshot of the sandbox holds."""
    about = world.details.baseline.about
    return Baseline(layer=found.layer, name=found.name, about=about, age=found.age)


def open_in(
    world: SandboxSession,
    found: Snapshot,
    name: str,
    *,
    keep: Collection[str] | None,
    most: int,
) -> SandboxDetails:
    """Make the sandbox `name` in the state of a snapshot of this one. Raises as `lifecycle.create`."""
    return create(
        world.connection,
        name,
        baseline=as_baseline(world, found),
        now=world.real_now,
        clock=found.clock,
        keep=keep,
        most=most,
    )


def discard(world: SandboxSession, found: Snapshot) -> None:
    """Forget a snapshot; its layer is left to the sweeper."""
    world.connection.execute(delete(snapshot).where(snapshot.c.id == found.id))
    layers.abandon(world.connection, found.layer, world.real_now)
