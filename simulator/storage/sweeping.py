"""Sweeping: layers that nobody holds any more go away, a few rows at a time."""

from typing import Final

from sqlalchemy import Connection, delete, exists, func, or_, select, update

from . import layers, tables
from .merging import MERGEABLE

layer: Final = tables.layer
sandbox: Final = tables.sandbox
snapshot: Final = tables.snapshot

# A layer that was never let go of, yet that nothing holds, was being filled when its process died.
_FORGOTTEN_AFTER: Final = 60 * 60 * 1000

_child: Final = layer.alias("child")
_HELD: Final = or_(
    exists().where(_child.c.parent == layer.c.id),
    exists().where(sandbox.c.layer == layer.c.id),
    exists().where(sandbox.c.baseline == layer.c.id),
    exists().where(snapshot.c.layer == layer.c.id),
)


def anything_ripe(connection: Connection, *, before: int) -> bool:
    """Whether any layer was let go of before the instant `before`."""
    ripe = select(layer.c.id).where(layer.c.abandoned < before).limit(1)
    return connection.execute(ripe).scalar() is not None


def count_waiting(connection: Connection) -> int:
    """How many layers were let go of and are still there."""
    waiting = select(func.count()).select_from(layer).where(layer.c.abandoned.is_not(None))
    return connection.execute(waiting).scalar_one()


def next_to_sweep(connection: Connection, *, before: int) -> int | None:
    """A layer that was let go of before the instant `before` and that nobody holds, or None.

    From here on nobody can come upon it again. Those that somebody does hold are spared, until the
    last holder lets go of them in turn.
    """
    ripe = layer.c.abandoned < before
    spared = update(layer).where(ripe, _HELD, ~MERGEABLE)
    connection.execute(spared.values(abandoned=None))
    found = connection.execute(select(layer.c.id).where(ripe, ~_HELD).limit(1)).scalar()
    if found is not None:
        connection.execute(update(layer).where(layer.c.id == found).values(digest=None))
    return found


def sweep(connection: Connection, layer_id: int, *, limit: int, now: int) -> bool:
    """Delete at most about `limit` rows of an unheld layer; True when it is gone altogether."""
    if layers.drop_rows(connection, layer_id, limit=limit) >= limit:
        return False
    parent = connection.execute(select(layer.c.parent).where(layer.c.id == layer_id)).scalar()
    connection.execute(delete(layer).where(layer.c.id == layer_id))
    if parent is not None:
        layers.abandon(connection, parent, now)
    return True


def remember_forgotten(connection: Connection, now: int) -> None:
    """Mark the layers that a process left behind when it died in the middle of filling them."""
    old = layer.c.created < now - _FORGOTTEN_AFTER
    connection.execute(
        update(layer).where(layer.c.abandoned.is_(None), old, ~_HELD).values(abandoned=now)
    )
