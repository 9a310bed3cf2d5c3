"""Snapshots of a sandbox: taken, listed, restored and forgotten, each at the same small cost."""

from typing import Any, Final

from sqlalchemy import Connection, RowMapping

from simulator.services.context import AppContext
from simulator.services.errors import AlreadyExists, LimitReached, NotFound
from simulator.storage.worlds import sandboxes, snapshots
from simulator.storage.worlds.sandboxes import SandboxRef

from . import seeding

MOST: Final = 64
"""Snapshots of one sandbox: each is one more layer to look through."""


async def take(simulator: AppContext, at: SandboxRef, name: str) -> dict[str, Any]:
    """Freeze the state of the sandbox under `name`. Raises `AdminError`."""

    def work(connection: Connection) -> dict[str, Any]:
        row = sandboxes.locked(connection, at.name)
        if snapshots.find(connection, row["id"], name):
            hint = "Choose another name, or delete the old one first."
            raise AlreadyExists("snapshot", name, hint)
        if snapshots.count(connection, row["id"]) >= MOST:
            raise LimitReached(
                f"The sandbox '{at.name}' has {MOST} snapshots, which is the most it can have.",
                "Delete one that is not needed any more.",
            )
        snapshots.take(connection, row, name, simulator.clock.now())
        return _view(_found(connection, row["id"], name))

    return await simulator.engine.transact(work)


async def find_all(simulator: AppContext, at: SandboxRef) -> list[dict[str, Any]]:
    """The snapshots of the sandbox, oldest first."""

    def work(connection: Connection) -> list[dict[str, Any]]:
        return [_view(row) for row in snapshots.find_all(connection, at.id)]

    return await simulator.engine.query(work)


async def restore(simulator: AppContext, at: SandboxRef, name: str) -> dict[str, Any]:
    """Bring the sandbox back to a snapshot; the baseline stays what it was. Raises `AdminError`."""
    return await seeding.reset(simulator, at, f"snapshot:{name}")


async def discard(simulator: AppContext, at: SandboxRef, name: str) -> None:
    """Forget a snapshot. Raises `AdminError`."""

    def work(connection: Connection) -> None:
        row = sandboxes.locked(connection, at.name)
        snapshots.discard(connection, _found(connection, row["id"], name), simulator.clock.now())

    await simulator.engine.transact(work)


def _found(connection: Connection, sandbox_id: int, name: str) -> RowMapping:
    found = snapshots.find(connection, sandbox_id, name)
    if found is None:
        raise NotFound("snapshot", name, "GET /admin/v1/snapshots lists those of this sandbox.")
    return found


def _view(row: RowMapping) -> dict[str, Any]:
    return {"name": row["name"], "created": row["created"], "age": row["age"]}
