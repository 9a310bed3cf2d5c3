"""Clients: those of a world, and those that resets have kept from the worlds before.

A reset that keeps clients touches none of them, so it costs the same for ten and for a hundred thousand:
they stay in their layers, below a layer of the sandbox's own that is no part of its world. From then on
every client is written there as well. One that was kept and comes back is put into the world, and is a
client like all others from then on.
"""

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final, Protocol

from sqlalchemy import Connection, exists, null, select, update

from simulator.domain.access.registration import Client
from simulator.domain.journal.explanation import ChangeKind, Explanation
from simulator.storage import tables

from . import layers
from .entity_mapping import CLIENTS, EntityMapping
from .repository import Repository, UnitOfWork, named_layers
from .sandbox_config import SandboxConfig

layer: Final = tables.layer


class KeepingUnit(UnitOfWork, Protocol):
    """A unit of work on a sandbox: `kept` is its layer of kept clients, if it has one."""

    kept: int | None
    explanation: Explanation

    @property
    def config(self) -> SandboxConfig:
        """The configuration of the world."""


class Clients(Repository[Client]):
    """The clients of a world; those that were kept are found by `kept`, `admitted` and `listed` alone."""

    __slots__ = ("_beside", "_unit")

    def __init__(self, unit: KeepingUnit) -> None:
        super().__init__(unit, CLIENTS)
        self._unit = unit
        self._beside: Repository[Client] | None = None

    def kept(self, client_id: str) -> Client | None:
        """The kept client with this id; None where the world has no use for its application."""
        beside = self._kept_ones()
        found = beside.get(client_id) if beside else None
        return self._of_this_world(found) if found and self._usable(found) else None

    def admitted(self, client_id: str) -> Client | None:
        """The client with this id, or None; one that was kept becomes one of the world."""
        found = self.get(client_id)
        if found is None and (found := self.kept(client_id)) is not None:
            super().put(found)
            self._unit.explanation.explain(f"a reset kept the client {client_id}, which is back")
        return found

    def listed(self, *, after: str, limit: int, **equals: object) -> list[Client]:
        """As `page`, with the kept clients among those of the world."""
        found = self.page(after=after, limit=limit, **equals)
        last = found[-1].id if len(found) == limit else None
        beside, kept = self._kept_ones(), 0
        while beside and kept < limit and (last is None or after < last):
            rows = beside.page(after=after, limit=limit, **equals)
            if not rows:
                break
            here = {each.id for each in self.among("id", [row.id for row in rows])}
            more = [each for each in rows if each.id not in here and self._usable(each)]
            found += map(self._of_this_world, more)
            kept += len(more)
            after = rows[-1].id
        return sorted(found, key=attrgetter("id"))[:limit]

    def put(self, entity: Client) -> None:
        """Store `entity`, in place of what has its id; resets may keep it."""
        super().put(entity)
        if beside := self._kept_ones():
            beside.put(entity)

    def delete(self, entity_id: str) -> None:
        """Delete the client with this id, so that no reset keeps it."""
        super().delete(entity_id)
        if beside := self._kept_ones():
            beside.delete(entity_id)

    def _kept_ones(self) -> Repository[Client] | None:
        if self._beside is None and self._unit.kept is not None:
            self._beside = Repository(_Beside(self._unit, self._unit.kept), CLIENTS)
        return self._beside

    def _usable(self, client: Client) -> bool:
        application = self._unit.config.applications.get(client.application)
        return application is not None and not application.revoked

    def _of_this_world(self, client: Client) -> Client:
        """A kept client as the world has it, which it has been part of from the beginning."""
        return replace(client, registered_at=self._unit.epoch)


class _Beside:
    """The layer of kept clients, and those below it, as a repository sees a unit of work."""

    def __init__(self, unit: UnitOfWork, own: int) -> None:
        self.connection = unit.connection
        self.layer = own
        self.stack = layers.stack_of(unit.connection, own)
        self.layers = named_layers(self.stack)
        self.epoch = unit.epoch

    def about_to_write(self, kind: EntityMapping[Any]) -> None:
        """Nothing: the world is always written to before."""

    def changed(self, how: ChangeKind, kind: EntityMapping[Any], entity_id: str) -> None:
        """Nothing: the change of the world is the one that is told."""


def set_apart(connection: Connection, stack: Sequence[int], now: int) -> int | None:
    """A layer that keeps the clients of the world with this `stack`, which ends; None where it has none.

    Those that a document brought along do not count: they are part of its layer, which has a digest.
    """
    theirs = exists().where(tables.client.c.layer == layer.c.id)
    found = connection.execute(
        select(layer.c.id, theirs.label("any"))
        .where(layer.c.id.in_(stack), layer.c.digest.is_(None))
        .order_by(layer.c.id.desc())
    ).all()
    if not any(each.any for each in found):
        return None
    top, *below = stack
    own = [each.id for each in found]
    kept = layers.new_layer(connection, parent=top, now=now, stack=own)
    if below and own == [top]:
        # What the world lay on is not needed for its clients, and may be large. Requests under way find
        # it by the stack, for as long as the sweeper waits.
        connection.execute(update(layer).where(layer.c.id == top).values(parent=null()))
        layers.abandon(connection, below[0], now)
    return kept
