"""Snapshots of a sandbox: taken, listed, restored and forgotten, each at the same small cost."""

from typing import Any, Final

from simulator.services.context import AppContext
from simulator.services.errors import AlreadyExists, LimitReached
from simulator.storage.worlds import snapshots
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession
from simulator.storage.worlds.snapshots import Snapshot

from . import seeding

MOST: Final = 64
"""Snapshots of one sandbox: each is one more layer to look through."""


async def take(simulator: AppContext, at: SandboxRef, name: str) -> dict[str, Any]:
    """Freeze the state of the sandbox under `name`. Raises `AdminError`."""

    def unit(world: SandboxSession) -> dict[str, Any]:
        held = snapshots.find_all(world)
        if any(each.name == name for each in held):
            hint = "Choose another name, or delete the old one first."
            raise AlreadyExists("snapshot", name, hint)
        if len(held) >= MOST:
            raise LimitReached(
                f"The sandbox '{at.name}' has {MOST} snapshots, which is the most it can have.",
                "Delete one that is not needed any more.",
            )
        return _view(snapshots.take(world, name))

    return await simulator.engine.alter(at.name, unit)


async def find_all(simulator: AppContext, at: SandboxRef) -> list[dict[str, Any]]:
    """The snapshots of the sandbox, oldest first."""
    return [_view(each) for each in await simulator.engine.read(at, snapshots.find_all)]


async def restore(simulator: AppContext, at: SandboxRef, name: str) -> dict[str, Any]:
    """Bring the sandbox back to a snapshot; the baseline stays what it was. Raises `AdminError`."""
    return await seeding.reset(simulator, at, f"snapshot:{name}")


async def discard(simulator: AppContext, at: SandboxRef, name: str) -> None:
    """Forget a snapshot. Raises `AdminError`."""
    await simulator.engine.alter(
        at.name, lambda world: snapshots.discard(world, seeding.stored_snapshot(world, name))
    )


def _view(snapshot: Snapshot) -> dict[str, Any]:
    return {"name": snapshot.name, "created": snapshot.created, "age": snapshot.age}
