"""Reading and writing one kind of entity through a stack of layers."""

import heapq
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from operator import itemgetter
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    null,
    select,
    true,
    update,
)

from simulator.domain.journal.explanation import ChangeKind
from simulator.domain.texts import is_storable
from simulator.storage.statements import Prepared

from .entity_mapping import EntityMapping

E = TypeVar("E")

_PAGE = 1_000
# Entities of one kind, and questions for them, that a unit of work remembers together at most.
_REMEMBERED = 256


class UnitOfWork(Protocol):
    """What a repository needs of the unit of work that it is part of."""

    connection: Connection
    layer: int
    stack: tuple[int, ...]
    layers: dict[str, object]
    epoch: int

    def about_to_write(self, kind: EntityMapping[Any]) -> None:
        """Make sure that this unit may write."""

    def changed(self, how: ChangeKind, kind: EntityMapping[Any], entity_id: str) -> None:
        """Take note of a change."""


class Repository(Generic[E]):
    """The entities of one kind in one world.

    Reads see the topmost row of each id, unless it is a tombstone. Writes touch the world's own
    layer alone: what lies below may be shared with other sandboxes and snapshots.
    """

    __slots__ = ("_found", "_holder", "_kind", "_world")

    def __init__(self, world: UnitOfWork, kind: EntityMapping[E]) -> None:
        self._world = world
        self._kind = kind
        # What was found by what, and in which layer each of it lies: true until something is written,
        # for a unit of work sees one state of everything but its own writes.
        self._found: dict[tuple[object, ...], list[E]] = {}
        self._holder: dict[str, int] = {}

    def get(self, entity_id: str) -> E | None:
        """The entity with this id, or None."""
        found = self.find(id=entity_id)
        return found[0] if found else None

    def find(self, **equals: object) -> list[E]:
        """The entities whose columns equal these values, in the order of their ids."""
        names, values = (*equals,), (*equals.values(),)
        known = self._found.get((names, values))
        if known is not None:
            return [*known]
        if not all(map(is_storable, values)):
            return []
        world, kind = self._world, self._kind
        statement = _found(kind, names if None not in values else _asked(equals), len(world.stack))
        rows = statement.rows(world.connection, world.layers | equals)
        if len(self._holder) + len(rows) + len(self._found) > _REMEMBERED:
            self._forget()
        if not rows:
            self._found[names, values] = []
            return []
        if len(rows) > 1:
            rows.sort(key=itemgetter(kind.place_of_id))
        found = [kind.read(row, epoch=world.epoch) for row in rows]
        for row in rows:
            self._holder[row[kind.place_of_id]] = row[-1]
        self._found[names, values] = found
        return [*found]

    def among(self, column: str, values: Collection[str]) -> list[E]:
        """The entities whose `column` is one of `values`, in the order of their ids."""
        world, kind = self._world, self._kind
        if not values:
            return []
        one_of = kind.table.c[column].in_(values)
        statement = visible(kind, (), len(world.stack)).where(one_of)
        rows = world.connection.execute(statement, world.layers)
        return [kind.read(row, epoch=world.epoch) for row in rows]

    def page(self, *, after: str = "", limit: int, **equals: object) -> list[E]:
        """At most `limit` entities with ids greater than `after`, in the order of their ids.

        Each layer is read along its key and the runs are merged, so a page costs the same wherever
        it lies.
        """
        world, kind = self._world, self._kind
        statement = _run_of_layer(kind, _asked(equals), len(world.stack))
        asked = world.layers | equals | {"after": after, "limit": limit}
        runs = [statement.rows(world.connection, asked | {"own": layer}) for layer in world.stack]
        merged = heapq.merge(*runs, key=itemgetter(kind.place_of_id))
        return [
            kind.read(row, epoch=world.epoch) for row, _ in zip(merged, range(limit), strict=False)
        ]

    def preview(self, limit: int) -> tuple[list[E], bool]:
        """Some entities, and whether they are all: what is seen of the first `limit` rows of each layer.

        Unlike a page it costs the same however many entities were deleted.
        """
        world, kind = self._world, self._kind
        statement = _start_of_layer(kind, len(world.stack))
        found: list[E] = []
        whole = True
        for layer in world.stack:
            rows = statement.rows(world.connection, world.layers | {"own": layer, "limit": limit})
            whole = whole and len(rows) < limit
            found += [kind.read(row, epoch=world.epoch) for row in rows if row[-1]]
            if len(found) >= limit:
                return found, False
        return found, whole

    def all(self, **equals: object) -> Iterator[E]:
        """Every entity in the order of the ids, read page by page."""
        after = ""
        while found := self.page(after=after, limit=_PAGE, **equals):
            yield from found
            after = found[-1].id  # type: ignore[attr-defined]

    def put(self, entity: E) -> None:
        """Store `entity`, in place of what has its id."""
        world, kind = self._world, self._kind
        world.about_to_write(kind)
        row = kind.row(entity, layer=world.layer, epoch=world.epoch)
        how = ChangeKind.UPDATED if self._exists(row["id"]) else ChangeKind.CREATED
        self._forget()
        world.changed(how, kind, row["id"])
        _put(kind).run(world.connection, row)

    def delete(self, entity_id: str) -> None:
        """Delete the entity with this id; a row of a lower layer is hidden by a tombstone."""
        world, kind = self._world, self._kind
        world.about_to_write(kind)
        holder = self._holder.get(entity_id, world.layer)
        # The uppermost row of an id was found: where it is below the own layer, that has none.
        holding = {holder: False} if holder != world.layer else self._layers_of(entity_id)
        self._forget()
        if holding and not holding[max(holding)]:
            world.changed(ChangeKind.DELETED, kind, entity_id)
        key = {"_layer": world.layer, "_id": entity_id}
        if len(holding) > (world.layer in holding):
            if world.layer in holding:
                _bury(kind).run(world.connection, key)
            else:
                _tombstone(kind).run(world.connection, {"_below": max(holding), **key})
        elif holding:
            _remove(kind).run(world.connection, key)

    def _forget(self) -> None:
        self._found.clear()
        self._holder.clear()

    def _exists(self, entity_id: str) -> bool:
        """Whether there is an entity with this id, which the unit may have asked before."""
        if entity_id in self._holder:
            return True
        if (("id",), (entity_id,)) in self._found:
            return False
        holding = self._layers_of(entity_id)
        return bool(holding) and not holding[max(holding)]

    def _layers_of(self, entity_id: str) -> dict[int, bool]:
        """The layers that have a row of this id, and whether that is a tombstone."""
        world = self._world
        holding = _holding(self._kind, len(world.stack))
        return dict(holding.rows(world.connection, world.layers | {"_id": entity_id}))


@cache
def layer_names(depth: int) -> tuple[str, ...]:
    """The names of the parameters that carry a stack of `depth` layers."""
    return tuple(f"_layer{number}" for number in range(depth))


def named_layers(stack: Collection[int]) -> dict[str, object]:
    """The parameters that carry `stack`."""
    return dict(zip(layer_names(len(stack)), stack, strict=True))


# The columns asked for; where their value may be None, each with whether it is: SQL asks for that in
# another way.
_Asked: TypeAlias = tuple[tuple[str, bool], ...]

# Statements are built once for each shape: a kind, the columns asked for, and the depth of the stack.
# The depth is part of the shape because an expanding IN would be rendered anew on each execution.


def _in_stack(table: Any, depth: int) -> Any:  # noqa: ANN401 - a table or an alias of one
    return table.c.layer.in_([bindparam(name) for name in layer_names(depth)])


def _topmost(kind: EntityMapping[Any], depth: int) -> Any:  # noqa: ANN401 - a column expression
    table, upper = kind.table, kind.table.alias("upper")
    hidden = exists().where(
        upper.c.id == table.c.id, _in_stack(upper, depth), upper.c.layer > table.c.layer
    )
    live = table.c.deleted.is_(False)
    return and_(live, ~hidden) if depth > 1 else live


@cache
def visible(kind: EntityMapping[Any], asked: _Asked, depth: int) -> Select[Any]:
    """The entities of a kind that equal the parameters `asked`, seen through `depth` layers."""
    table = kind.table
    return (
        select(*(table.c[name] for name in kind.columns))
        .where(_in_stack(table, depth), *_equals(kind, asked), _topmost(kind, depth))
        .order_by(table.c.id)
    )


@cache
def _found(kind: EntityMapping[Any], asked: tuple[str, ...] | _Asked, depth: int) -> Prepared:
    pairs = tuple((each, False) if isinstance(each, str) else each for each in asked)
    # What is found is little, and sorted sooner where it arrives.
    whole = visible(kind, pairs, depth).order_by(None)
    return Prepared(whole.add_columns(kind.table.c.layer))


@cache
def _run_of_layer(kind: EntityMapping[Any], asked: _Asked, depth: int) -> Prepared:
    table = kind.table
    return Prepared(
        select(*(table.c[name] for name in kind.columns))
        .where(
            table.c.layer == bindparam("own"),
            table.c.id > bindparam("after"),
            *_equals(kind, asked),
            _topmost(kind, depth),
        )
        .order_by(table.c.id)
        .limit(bindparam("limit"))
    )


@cache
def _start_of_layer(kind: EntityMapping[Any], depth: int) -> Prepared:
    table = kind.table
    columns = (table.c[name] for name in kind.columns)
    return Prepared(
        select(*columns, _topmost(kind, depth))
        .where(table.c.layer == bindparam("own"))
        .order_by(table.c.id)
        .limit(bindparam("limit"))
    )


def _asked(equals: Mapping[str, object]) -> _Asked:
    return tuple((name, value is None) for name, value in equals.items())


def _equals(kind: EntityMapping[Any], asked: _Asked) -> list[Any]:
    columns = kind.table.c
    return [columns[name] == (null() if none else bindparam(name)) for name, none in asked]


@cache
def _holding(kind: EntityMapping[Any], depth: int) -> Prepared:
    table = kind.table
    asked = _in_stack(table, depth), table.c.id == bindparam("_id")
    return Prepared(select(table.c.layer, table.c.deleted).where(*asked))


def _key(kind: EntityMapping[Any]) -> Any:  # noqa: ANN401 - a column expression
    return and_(kind.table.c.layer == bindparam("_layer"), kind.table.c.id == bindparam("_id"))


@cache
def _put(kind: EntityMapping[Any]) -> Prepared:
    names = ("layer", *kind.columns, "deleted")
    new = ", ".join(f"{name} = excluded.{name}" for name in names)
    return Prepared(
        insert(kind.table).values({name: bindparam(name) for name in names}),
        ending=f" ON CONFLICT (layer, id) DO UPDATE SET {new}",
    )


@cache
def _bury(kind: EntityMapping[Any]) -> Prepared:
    return Prepared(update(kind.table).where(_key(kind)).values(deleted=true()))


@cache
def _remove(kind: EntityMapping[Any]) -> Prepared:
    return Prepared(delete(kind.table).where(_key(kind)))


@cache
def _tombstone(kind: EntityMapping[Any]) -> Prepared:
    """A copy of the hidden row rather than an empty one: no column has to allow NULL for it."""
    table = kind.table
    source = select(
        bindparam("_layer", type_=table.c.layer.type).label("layer"),
        *(table.c[name] for name in kind.columns),
        true().label("deleted"),
    ).where(table.c.layer == bindparam("_below"), table.c.id == bindparam("_id"))
    return Prepared(insert(table).from_select(["layer", *kind.columns, "deleted"], source))
