"""Layers: made in no time, filled row by row or all at once, abandoned and swept away."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain, repeat
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
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
    null,
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


_ON_NOTHING: Final[Mapping[str, Any]] = {
    "stack": "",
    "configuration_layer": 0,
    "configuration_revision": 0,
    "ids_drawn": 0,
}
_ID: Final = layer.c.id == bindparam("_id")
_BELOW: Final = Prepared(select(*(layer.c[name] for name in _ON_NOTHING)).where(_ID))
_INSERT: Final = insert(layer)
_SET_STACK: Final = Prepared(update(layer).where(_ID).values(stack=bindparam("_stack")))


def new_layer(
    connection: Connection, *, parent: int | None, now: int, stack: Sequence[int] | None = None
) -> int:
    """Lay an empty layer on top of `parent` (None: on nothing) and return its id.

    It shows what lies in `stack`, topmost first, else all that `parent` shows.
    """
    below = _ON_NOTHING
    if parent is not None:
        found = _BELOW.row(connection, {"_id": parent})
        if found is None:
            message = f"no row of the layer {parent}"
            raise LookupError(message)
        below = dict(zip(_ON_NOTHING, found, strict=True))
    added = connection.execute(_INSERT, {**below, "parent": parent, "created": now})
    own = new_key(added)
    shown = below["stack"] if stack is None else " ".join(map(str, stack))
    _SET_STACK.run(connection, {"_id": own, "_stack": f"{own} {shown}".strip()})
    return own


def new_key(added: CursorResult[Any]) -> int:
    """The key that the database gave to the row just inserted."""
    key = added.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave the new row no key")
    return int(key[0])


_TAKE_BACK: Final = Prepared(
    update(layer).where(layer.c.digest == bindparam("_digest")).values(abandoned=null())
)
_BY_DIGEST: Final = Prepared(select(layer.c.id).where(layer.c.digest == bindparam("_digest")))


def find_by_digest(connection: Connection, digest: str) -> int | None:
    """The frozen layer that holds the document with this digest; it is taken back from the sweeper."""
    # First of all: another process may be taking it for its sweeper at this moment, and has to wait.
    _TAKE_BACK.run(connection, {"_digest": digest})
    found = _BY_DIGEST.row(connection, {"_digest": digest})
    return None if found is None else int(found[0])


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


_ABANDON: Final = Prepared(update(layer).where(_ID).values(abandoned=bindparam("_now")))


def abandon(connection: Connection, layer_id: int, now: int) -> None:
    """Leave a layer to the sweeper, which checks that nothing uses it any more."""
    _ABANDON.run(connection, {"_id": layer_id, "_now": now})


def rows_in(connection: Connection, layer_id: int | None) -> dict[str, int]:
    """How many rows of each kind the layer holds, tombstones included; kinds without any left out."""
    counts = connection.execute(_row_counts(), {"_layer": layer_id})
    return {row.kind: row.rows for row in counts if row.rows}


def changes(
    connection: Connection,
    layer_id: int,
    since: int | None,
    kinds: tuple[EntityMapping[Any], ...] = KINDS,
) -> dict[str, int]:
    """How many entities of each of `kinds` the layers of a world touched that lie above the layer `since`.

    That covers what was created, changed or deleted, but not what was laid from a document.
    """
    known = () if since is None else stack_of(connection, since)
    above = [each for each in stack_of(connection, layer_id) if each not in known]
    if not above:
        return {}
    names = [f"_layer{number}" for number in range(len(above))]
    among = dict(zip(names, above, strict=True))
    counted = change_counts(len(above), kinds).rows(connection, among)
    rows: dict[str, int] = dict(counted)
    return {kind.name: rows[kind.name] for kind in KINDS if kind.name in rows}


_STACK: Final = Prepared(select(layer.c.stack).where(_ID))


def stack_of(connection: Connection, layer_id: int) -> tuple[int, ...]:
    """The layers that are seen through this one, itself first."""
    ((found,),) = _STACK.rows(connection, {"_id": layer_id})
    return tuple(map(int, found.split()))


def is_empty(connection: Connection, layer_id: int) -> bool:
    """Whether the layer holds no row at all."""
    return _any_row().row(connection, {"_layer": layer_id}) is None


_IDS_DRAWN: Final = Prepared(select(layer.c.ids_drawn).where(_ID))


def ids_drawn(connection: Connection, layer_id: int) -> int:
    """How many ids have been drawn from the id seed of the world of which this is the top layer."""
    ((found,),) = _IDS_DRAWN.rows(connection, {"_id": layer_id})
    return int(found)


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
def change_counts(number: int, kinds: tuple[EntityMapping[Any], ...] = KINDS) -> Prepared:
    """Counts what so many layers touched, `_layer0` and so on; kinds without any are left out."""
    above: list[BindParameter[int]] = [bindparam(f"_layer{each}") for each in range(number)]
    own = select(layer.c.id).where(layer.c.id.in_(above), layer.c.digest.is_(None)).cte("own")
    # To join them would let SQLite go through a whole table for want of knowing how few layers these are.
    touched = union_all(
        *(
            select(literal(kind.name).label("kind"), kind.table.c.id).where(
                kind.table.c.layer.in_(select(own.c.id))
            )
            for kind in kinds
        )
    ).subquery()
    counted = func.count(touched.c.id.distinct())
    return Prepared(select(touched.c.kind, counted).group_by(touched.c.kind))


@cache
def _any_row() -> Prepared:
    own = bindparam("_layer", type_=Integer)
    rows = (select(literal(1)).where(exists().where(kind.table.c.layer == own)) for kind in KINDS)
    return Prepared(select(union_all(*rows).subquery()).limit(1))


@cache
def _drop_all(kind: EntityMapping[Any]) -> Prepared:
    return Prepared(delete(kind.table).where(_in_one(kind)))


@cache
def _drop_some(kind: EntityMapping[Any]) -> Prepared:
    columns = kind.table.c
    some = _some_rows(kind, columns.layer, columns.id)
    return Prepared(delete(kind.table).where(tuple_(columns.layer, columns.id).in_(some)))
