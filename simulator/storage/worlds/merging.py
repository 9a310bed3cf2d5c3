"""Merging: a layer that only one other layer lies on goes into that one, a few rows at a time.

Snapshots that were discarded, and clones that are gone, leave such layers behind. Each is one more
to look through for every reader.
"""

from typing import Final

from sqlalchemy import Connection, and_, delete, exists, func, select, update

from simulator.storage import tables

from . import layers

layer: Final = tables.layer
_child: Final = layer.alias("child")
_other: Final = layer.alias("other")

# A top layer, or that of kept clients, is written to while rows move, so it takes nothing in; a layer with
# a digest is shared.
MERGEABLE: Final = and_(
    layer.c.digest.is_(None),
    ~exists().where(tables.sandbox.c.layer == layer.c.id),
    ~exists().where(tables.sandbox.c.baseline == layer.c.id),
    ~exists().where(tables.snapshot.c.layer == layer.c.id),
    select(func.count()).where(_other.c.parent == layer.c.id).scalar_subquery() == 1,
    exists().where(
        _child.c.parent == layer.c.id,
        ~exists().where(tables.sandbox.c.layer == _child.c.id),
        ~exists().where(tables.sandbox.c.kept == _child.c.id),
    ),
)


def next_to_merge(connection: Connection, *, before: int) -> int | None:
    """A layer that can be merged upwards, let go of before an instant; None when there is none."""
    statement = select(layer.c.id).where(layer.c.abandoned < before, MERGEABLE).limit(1)
    return connection.execute(statement).scalar()


def merge(connection: Connection, layer_id: int, *, limit: int) -> bool:
    """Move at most about `limit` rows of a layer into the one above; True when the layer is gone.

    Must run where no unit writes (`Engine.transact_alone`).

    Whoever looks through both sees the same before, in between and after: a row is in the one or in
    the other, and one that is hidden from above has no reader.
    """
    # Another process that shares the database may be sweeping it away.
    found = select(layer.c.id).where(layer.c.parent == layer_id).with_for_update()
    above = connection.execute(found).scalar()
    if above is None:
        # Another process has done it.
        return True
    moved = 0
    for kind, _ in layers.kinds_in(connection, [layer_id]):
        table = kind.table
        upper = table.alias("upper")
        hidden = exists().where(upper.c.layer == above, upper.c.id == table.c.id)
        connection.execute(delete(table).where(table.c.layer == layer_id, hidden))
        some = select(table.c.id).where(table.c.layer == layer_id).limit(limit - moved)
        moving = update(table).where(table.c.layer == layer_id, table.c.id.in_(some))
        moved += connection.execute(moving.values(layer=above)).rowcount
        if moved >= limit:
            return False
    _take_out(connection, layer_id, above)
    return True


def _take_out(connection: Connection, layer_id: int, above: int) -> None:
    """Remove an emptied layer from the stacks of the layers above it."""
    below = connection.execute(select(layer.c.parent).where(layer.c.id == layer_id)).scalar()
    connection.execute(update(layer).where(layer.c.id == above).values(parent=below))
    # The configuration is what it was, only one layer higher up.
    connection.execute(
        update(layer)
        .where(layer.c.configuration_layer == layer_id)
        .values(configuration_layer=above)
    )
    waiting = [above]
    while waiting:
        current = waiting.pop()
        stack = connection.execute(select(layer.c.stack).where(layer.c.id == current)).scalar_one()
        kept = " ".join(each for each in stack.split() if int(each) != layer_id)
        connection.execute(update(layer).where(layer.c.id == current).values(stack=kept))
        children = select(layer.c.id).where(layer.c.parent == current)
        waiting += connection.execute(children).scalars()
    connection.execute(delete(layer).where(layer.c.id == layer_id))
