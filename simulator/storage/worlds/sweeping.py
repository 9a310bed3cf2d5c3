"""Sweeping: layers that nobody holds any more go away, a few rows at a time."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from simulator.storage import tables
from simulator.storage.statements import Prepared

from . import layers
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
    exists().where(sandbox.c.kept == layer.c.id),
    exists().where(snapshot.c.layer == layer.c.id),
)

_wanted: Final[list[Any]] = [layer.c.id, _HELD.label("held")]
_ripe: Final = layer.c.abandoned < bindparam("_before")
_ANY_RIPE: Final = Prepared(select(layer.c.id).where(_ripe).limit(1))
_NEXT: Final = Prepared(
    select(*_wanted)
    .where(_ripe, ~MERGEABLE)
    .order_by(layer.c.abandoned, layer.c.id)
    .limit(bindparam("_most", type_=Integer))
    # What another process is sweeping is left to it: two could wait for each other for ever.
    .with_for_update(skip_locked=True)
)


def anything_ripe(connection: Connection, *, before: int) -> bool:
    """Whether any layer was let go of before the instant `before`."""
    return _ANY_RIPE.row(connection, {"_before": before}) is not None


def count_waiting(connection: Connection) -> int:
    """How many layers were let go of and are still there."""
    waiting = select(func.count()).select_from(layer).where(layer.c.abandoned.is_not(None))
    return connection.execute(waiting).scalar_one()


def next_to_sweep(
    connection: Connection, *, before: int, most: int = layers.MOST_AT_ONCE
) -> list[int]:
    """At most `most` layers let go of before the instant `before` that nobody holds, the oldest first.

    From here on nobody can come upon them again. Those that somebody does hold are spared, until the
    last holder lets go of them in turn.
    """
    taken: list[int] = []
    while not taken and (found := _NEXT.rows(connection, {"_before": before, "_most": most})):
        _set(connection, [each for each, held in found if held], abandoned=None)
        taken = [each for each, held in found if not held]
    _set(connection, taken, digest=None)
    return taken


def _set(connection: Connection, layer_ids: Sequence[int], **values: int | None) -> None:
    if layer_ids:
        connection.execute(update(layer).where(layer.c.id.in_(layer_ids)).values(values))


def bite(connection: Connection, *, before: int, limit: int, now: int) -> tuple[int, int]:
    """Sweep the next layers, but at most `limit` of their rows.

    Returns how many layers there were to sweep, and how many of those are gone.
    """
    found = next_to_sweep(connection, before=before)
    return len(found), sweep(connection, found, limit=limit, now=now) if found else 0


def sweep(connection: Connection, layer_ids: Sequence[int], *, limit: int, now: int) -> int:
    """Delete at most `limit` rows of unheld layers, and say how many layers are gone."""
    if layers.drop_rows(connection, layer_ids, limit=limit) >= limit:
        return 0
    these = layer.c.id.in_(layer_ids)
    below = select(layer.c.parent).where(these, layer.c.parent.is_not(None))
    # To wait for a process that writes to one of these while others are locked could never end, either.
    free = select(layer.c.id).where(layer.c.id.in_(below)).with_for_update(skip_locked=True)
    parents = connection.execute(free).scalars().all()
    ready = or_(layer.c.parent.is_(None), layer.c.parent.in_(parents))
    gone = connection.execute(delete(layer).where(these, ready)).rowcount
    _set(connection, parents, abandoned=now)
    return gone


def remember_forgotten(connection: Connection, now: int) -> None:
    """Mark the layers that a process left behind when it died in the middle of filling them."""
    old = layer.c.created < now - _FORGOTTEN_AFTER
    connection.execute(
        update(layer).where(layer.c.abandoned.is_(None), old, ~_HELD).values(abandoned=now)
    )
