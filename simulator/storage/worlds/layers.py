"""Layers: made in no time, filled row by row or all at once, abandoned and swept away."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, repeat
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    CursorResult,
    Integer,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError

from simulator.storage import tables
from simulator.storage.statements import Prepared

from .entity_mapping import KINDS, EntityMapping

layer: Final = tables.layer

MOST_AT_ONCE: Final = 32
"""So many layers at most are gone through in one go."""


def new_layer(connection: Connection, *, parent: int | None, now: int) -> int:
    """Lay an empty layer on top of `parent` (None: on nothing) and return its id."""
    below: Mapping[str, Any] = {
        "stack": "",
        "configuration_layer": 0,
        "configuration_revision": 0,
        "ids_drawn": 0,
    }
    if parent is not None:
        columns = [layer.c[name] for name in below]
        found = connection.execute(select(*columns).where(layer.c.id == parent)).mappings().one()
        below = dict(found)
    added = connection.execute(insert(layer), {**below, "parent": parent, "created": now})
    own = new_key(added)
    stack = f"{own} {below['stack']}".strip()
    connection.execute(update(layer).where(layer.c.id == own).values(stack=stack))
    return own


def new_key(added: CursorResult[Any]) -> int:
    """The key that the database gave to the row just inserted."""
    key = added.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave the new row no key")
    return int(key[0])


def find_by_digest(connection: Connection, digest: str) -> int | None:
    """The frozen layer that holds the document with this digest; it is taken back from the sweeper."""
    # In one statement: another process may be taking it for its sweeper at this moment.
    taken = update(layer).where(layer.c.digest == digest).values(abandoned=None)
    return connection.execute(taken.returning(layer.c.id)).scalar()


def freeze_as(connection: Connection, layer_id: int, digest: str) -> int:
    """Close a filled layer under the digest of its document and return the layer to use.

    That is another one when somebody else filled a layer from the same document meanwhile.
    """
    found = find_by_digest(connection, digest)
    if found is not None:
        return found
    freeze = (
        update(layer)
        .where(layer.c.id == layer_id)
        .values(digest=digest, configuration_layer=layer_id, configuration_revision=1)
    )
    try:
        with connection.begin_nested():
            connection.execute(freeze)
    except IntegrityError:
        # Another process was quicker, and only now is its layer to be seen.
        found = find_by_digest(connection, digest)
        if found is None:
            raise
        return found
    return layer_id


def abandon(connection: Connection, layer_id: int, now: int) -> None:
    """Leave a layer to the sweeper, which checks that nothing uses it any more."""
    connection.execute(update(layer).where(layer.c.id == layer_id).values(abandoned=now))


def rows_in(connection: Connection, layer_id: int) -> dict[str, int]:
    """How many rows of each kind the layer holds, tombstones included; kinds without any left out."""
    counts = connection.execute(_row_counts(), {"_layer": layer_id})
    return {row.kind: row.rows for row in counts if row.rows}


def changes(connection: Connection, layer_id: int, since: int | None) -> dict[str, int]:
    """How many entities of each kind the layers of a world touched that lie above the layer `since`.

    That covers what was created, changed or deleted, but not what was laid from a document.
    """
    known = [] if since is None else _stack(connection, since)
    above = [each for each in _stack(connection, layer_id) if each not in known]
    counts = connection.execute(_change_counts(), {"_layers": above})
    return {row.kind: row.rows for row in counts if row.rows}


def _stack(connection: Connection, layer_id: int) -> list[int]:
    found = connection.execute(select(layer.c.stack).where(layer.c.id == layer_id)).scalar_one()
    return [int(each) for each in found.split()]


def is_empty(connection: Connection, layer_id: int) -> bool:
    """Whether the layer holds no row at all."""
    return connection.execute(_any_row(), {"_layer": layer_id}).first() is None


def insert_rows(connection: Connection, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Add rows, by the name of their kind, all of them new."""
    for kind in KINDS:
        if found := rows.get(kind.name):
            connection.execute(insert(kind.table), list(found))


def drop_rows(connection: Connection, layer_ids: Sequence[int], *, limit: int) -> int:
    """Delete at most `limit` rows of at most `MOST_AT_ONCE` layers and return how many went."""
    dropped, among = 0, _among(layer_ids)
    for kind, rows in kinds_in(connection, layer_ids, limit=limit):
        left = limit - dropped
        if rows < left:
            _drop_all(kind).run(connection, among)
        elif left:
            _drop_some(kind).run(connection, among | {"_limit": left})
        dropped += min(rows, left)
    return dropped


def kinds_in(
    connection: Connection, layer_ids: Sequence[int], *, limit: int = 1
) -> list[tuple[EntityMapping[Any], int]]:
    """The kinds that at most `MOST_AT_ONCE` layers have rows of, and how many, counted up to `limit`."""
    counted = _counts().rows(connection, _among(layer_ids) | {"_limit": limit})
    rows: dict[str, int] = dict(counted)
    return [(kind, rows[kind.name]) for kind in KINDS if rows[kind.name]]


# One form for any number of layers: compiling one for each number would cost more than it saves.
_NAMES: Final = tuple(f"_layer{number}" for number in range(MOST_AT_ONCE))


def _among(layer_ids: Sequence[int]) -> dict[str, int]:
    repeated = chain(layer_ids, repeat(layer_ids[0]))
    return dict(zip(_NAMES, repeated, strict=False))


def _in_one(kind: EntityMapping[Any]) -> ColumnElement[bool]:
    own: ColumnElement[int] = kind.table.c.layer
    return own.in_([bindparam(name) for name in _NAMES])


def _some_rows(kind: EntityMapping[Any], *columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).where(_in_one(kind)).limit(bindparam("_limit", type_=Integer))


@cache
def _counts() -> Prepared:
    counts = union_all(
        *(
            select(literal(kind.name).label("kind"), func.count().label("rows")).select_from(
                _some_rows(kind, kind.table.c.layer).subquery()
            )
            for kind in KINDS
        )
    ).subquery()
    return Prepared(select(counts.c.kind, counts.c.rows))


# These name every kind, so to build them costs more than to run them.
@cache
def _row_counts() -> CompoundSelect[Any]:
    own = bindparam("_layer", type_=Integer)
    return union_all(
        *(
            select(literal(kind.name).label("kind"), func.count().label("rows")).where(
                kind.table.c.layer == own
            )
            for kind in KINDS
        )
    )


@cache
def _change_counts() -> CompoundSelect[Any]:
    above = bindparam("_layers", expanding=True, type_=Integer)
    own = (
        select(layer.c.id).where(layer.c.id.in_(above), layer.c.digest.is_(None)).scalar_subquery()
    )
    return union_all(
        *(
            select(
                literal(kind.name).label("kind"),
                func.count(kind.table.c.id.distinct()).label("rows"),
            ).where(kind.table.c.layer.in_(own))
            for kind in KINDS
        )
    )


@cache
def _any_row() -> CompoundSelect[Any]:
    own = bindparam("_layer", type_=Integer)
    rows = (select(literal(1)).where(exists().where(kind.table.c.layer == own)) for kind in KINDS)
    return union_all(*rows).limit(1)


@cache
def _drop_all(kind: EntityMapping[Any]) -> Prepared:
    return Prepared(delete(kind.table).where(_in_one(kind)))


@cache
def _drop_some(kind: EntityMapping[Any]) -> Prepared:
    columns = kind.table.c
    some = _some_rows(kind, columns.layer, columns.id)
    return Prepared(delete(kind.table).where(tuple_(columns.layer, columns.id).in_(some)))
