"""What lies in the database beneath the sandboxes: layers, and rows in them."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, select

from simulator.scenarios.loading import validate
from simulator.services.context import AppContext
from simulator.services.control import entities, sandboxes, seeding
from simulator.services.control.entities import RESOURCES, Resource
from simulator.services.control.housekeeping import Pace, sweep
from simulator.services.control.sandboxes import Wanted
from simulator.storage import tables
from simulator.storage.worlds.entity_mapping import KINDS
from simulator.storage.worlds.sandboxes import SandboxRef, details
from tests.support.worlds import profile, world

PROFILES: Resource = next(each for each in RESOURCES if each.path == "profiles")
CLIENTS: Resource = next(each for each in RESOURCES if each.path == "clients")


def crowded(name: str, profiles: int) -> dict[str, Any]:
    """The base fixture with so many logins, each on a device of its own."""
    crowd = [profile(f"p{number:05}", f"{name}-tv-{number}") for number in range(profiles)]
    return {**world(profiles=crowd), "name": name}


async def open_sandbox(simulator: AppContext, name: str, **source: Any) -> SandboxRef:  # noqa: ANN401
    """Make the sandbox `name`: empty, or from `source`."""
    return (await sandboxes.create(simulator, Wanted(name=name, **source))).details.ref


async def seed(simulator: AppContext, name: str, document: Mapping[str, object]) -> dict[str, Any]:
    """Seed the sandbox `name`."""
    at = await sandboxes.ref(simulator, name)
    return await seeding.seed(simulator, at, validate(document))


async def log_in(simulator: AppContext, name: str, profile_id: str) -> None:
    """Put a login into the sandbox `name`."""
    at = await sandboxes.ref(simulator, name)
    await entities.create(simulator, at, PROFILES, profile(profile_id, f"tv-of-{profile_id}"))


async def profile_ids(simulator: AppContext, name: str) -> list[str]:
    """The ids of the logins in the sandbox `name`."""
    at = await sandboxes.ref(simulator, name)
    return await simulator.engine.read(at, lambda world: [each.id for each in world.profiles.all()])


async def layer_of(simulator: AppContext, name: str) -> int | None:
    """The frozen layer that the sandbox goes back to."""

    found = await simulator.engine.query(partial(details, name=name))
    return found.baseline.layer


async def layers(simulator: AppContext) -> set[int]:
    """Every layer there is."""

    def work(connection: Connection) -> set[int]:
        return set(connection.execute(select(tables.layer.c.id)).scalars())

    return await simulator.engine.query(work)


async def rows(simulator: AppContext) -> int:
    """How many rows lie in all layers together."""

    def work(connection: Connection) -> int:
        counts = (select(func.count()).select_from(kind.table) for kind in KINDS)
        return sum(connection.execute(each).scalar_one() for each in counts)

    return await simulator.engine.query(work)


class _Unresting(Pace):
    async def rest(self) -> None:
        await asyncio.sleep(0)


async def sweep_at_once(simulator: AppContext, *, before: int | None = None) -> int:
    """Sweep what was let go of before an instant, or by now, without the rests that are for devices."""
    now = simulator.clock.now()
    return await sweep(
        simulator, before=now + 1 if before is None else before, pace=_Unresting(simulator.clock)
    )
