"""Sandboxes and their worlds, for tests that care about what lies in which layer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select, update

from simulator.clock import SystemClock
from simulator.storage import tables
from simulator.storage.engine.base import Engine
from simulator.storage.worlds import layers, lifecycle, sandboxes
from simulator.storage.worlds.entity_mapping import EntityMapping
from simulator.storage.worlds.sandbox_config import SandboxConfig
from simulator.storage.worlds.sandboxes import EMPTY, Baseline, SandboxRef
from simulator.storage.worlds.session import SandboxSession

E = TypeVar("E")
T = TypeVar("T")

NOW = 1_800_000_000_000


class HandClock(SystemClock):
    """A machine clock that moves by hand alone."""

    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> int:
        return self.instant


@dataclass
class Sandbox:
    """A sandbox, with a shorthand for each unit of work that tests need."""

    engine: Engine
    clock: HandClock
    ref: SandboxRef
    frozen: list[int] = field(default_factory=list)
    """The layers that `lay` has frozen, lowest first."""

    async def write(self, unit: Callable[[SandboxSession], T]) -> T:
        return await self.engine.write(self.ref, unit)

    async def read(self, unit: Callable[[SandboxSession], T]) -> T:
        return await self.engine.read(self.ref, unit)

    async def put(self, kind: EntityMapping[E], *entities: E) -> None:
        def unit(world: SandboxSession) -> None:
            for entity in entities:
                world.repository(kind).put(entity)

        await self.write(unit)

    async def delete(self, kind: EntityMapping[E], *ids: str) -> None:
        def unit(world: SandboxSession) -> None:
            for each in ids:
                world.repository(kind).delete(each)

        await self.write(unit)

    async def get(self, kind: EntityMapping[E], entity_id: str) -> E | None:
        return await self.read(lambda world: world.repository(kind).get(entity_id))

    async def find(self, kind: EntityMapping[E], **equals: object) -> list[E]:
        return await self.read(lambda world: world.repository(kind).find(**equals))

    async def page(
        self, kind: EntityMapping[E], *, after: str = "", limit: int, **equals: object
    ) -> list[E]:
        return await self.read(
            lambda world: world.repository(kind).page(after=after, limit=limit, **equals)
        )

    async def preview(self, kind: EntityMapping[E], limit: int) -> tuple[list[E], bool]:
        return await self.read(lambda world: world.repository(kind).preview(limit))

    async def all(self, kind: EntityMapping[E], **equals: object) -> list[E]:
        return await self.read(lambda world: list(world.repository(kind).all(**equals)))

    async def config(self) -> SandboxConfig:
        return await self.read(lambda world: world.config)

    async def stack(self) -> tuple[int, ...]:
        return await self.read(lambda world: world.stack)

    async def lay(self) -> int:
        """Lay an empty layer on the top one, which is frozen from now on and returned."""

        def unit(world: SandboxSession) -> int:
            top = layers.new_layer(world.connection, parent=world.layer, now=self.clock.now())
            mine = tables.sandbox.c.id == world.sandbox
            world.connection.execute(update(tables.sandbox).where(mine).values(layer=top))
            return world.layer

        frozen = await self.engine.alter(self.ref.name, unit)
        self.frozen.append(frozen)
        return frozen

    async def restart(self, on: int | None, *, age: int = 0) -> SandboxRef:
        """Begin a new generation on the layer `on`, and return the ref of the old one."""
        baseline = Baseline(layer=on, name="below", age=age)

        def unit(world: SandboxSession) -> tuple[SandboxRef, SandboxRef]:
            old = sandboxes.ref(world.connection, world.name)
            lifecycle.restart(world, baseline)
            return old, sandboxes.ref(world.connection, world.name)

        old, self.ref = await self.engine.alter(self.ref.name, unit)
        return old

    async def reset(self) -> SandboxRef:
        """Drop the top layer, and return the ref of the generation that ends with it."""
        return await self.restart(self.frozen[-1] if self.frozen else None)


async def new_sandbox(
    engine: Engine, clock: HandClock, name: str, baseline: Baseline = EMPTY
) -> Sandbox:
    make = partial(lifecycle.create, name=name, baseline=baseline, now=clock.now())
    return Sandbox(engine, clock, (await engine.transact(make)).ref)


def rows(connection: Connection, kind: EntityMapping[Any], layer: int) -> list[tuple[str, bool]]:
    """Id and `deleted` of every row of `kind` in `layer`, tombstones included."""
    columns = (kind.table.c.id, kind.table.c.deleted)
    statement = select(*columns).where(kind.table.c.layer == layer).order_by(kind.table.c.id)
    return [(row.id, row.deleted) for row in connection.execute(statement)]


async def until(holds: Callable[[], object], seconds: float = 30) -> None:
    """Return as soon as something holds that nobody tells of."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0)


def files_in(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir())
