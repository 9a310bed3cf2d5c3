"""Sandboxes: made from a scenario, a snapshot or another sandbox, listed, and deleted."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, RowMapping
from sqlalchemy.exc import IntegrityError

from simulator.ids import Ids
from simulator.services.context import AppContext
from simulator.services.errors import AlreadyExists, InUse, LimitReached, NotFound
from simulator.storage.worlds import layers, leases, sandboxes, snapshots
from simulator.storage.worlds.sandboxes import DEFAULT, Baseline, SandboxRef


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A sandbox to be made: its name, and the one thing that it is made from.

    `baseline` is laid already; `snapshot` is the name of a sandbox and that of its snapshot;
    `sandbox` is the name of one to clone.
    """

    name: str | None = None
    baseline: Baseline | None = None
    snapshot: tuple[str, str] | None = None
    sandbox: str | None = None


async def create(simulator: AppContext, wanted: Wanted) -> SandboxRef:
    """Make a sandbox. Raises `AdminError` and `UnknownSandbox`; nothing has changed then."""
    name = wanted.name or Ids().short("sandbox")

    def work(connection: Connection) -> SandboxRef:
        if sandboxes.find(connection, name):
            raise _taken(name)
        if sandboxes.count(connection) >= simulator.most_sandboxes:
            raise LimitReached(
                f"There are {simulator.most_sandboxes} sandboxes, which is the most there can be.",
                "Delete some, lease them so that they go by themselves, or raise --max-sandboxes.",
            )
        return _made(connection, name, wanted, simulator.clock.now())

    try:
        return await simulator.engine.transact(work)
    except IntegrityError as error:
        # Another process was quicker, and only now is its sandbox to be seen.
        if await simulator.engine.query(partial(sandboxes.find, name=name)) is None:
            raise
        raise _taken(name) from error


def _taken(name: str) -> AlreadyExists:
    hint = "Choose another name, leave it out to get a fresh one, or delete the old one."
    return AlreadyExists("sandbox", name, hint)


def _made(connection: Connection, name: str, wanted: Wanted, now: int) -> SandboxRef:
    if wanted.snapshot is not None:
        source, label = wanted.snapshot
        row = sandboxes.look(connection, source)
        found = snapshots.find(connection, row["id"], label)
        if found is None:
            hint = f"GET /s/{source}/admin/v1/snapshots lists those of this sandbox."
            raise NotFound("snapshot", f"{source}/{label}", hint)
        about = dict(sandboxes.baseline_in(row).about)
        return sandboxes.create(
            connection,
            name,
            baseline=snapshots.as_baseline(found, about),
            now=now,
            clock=sandboxes.clock_in(found),
        )
    if wanted.sandbox is not None:
        row = sandboxes.locked(connection, wanted.sandbox)
        return sandboxes.create(
            connection,
            name,
            baseline=sandboxes.baseline_in(row),
            on=sandboxes.freeze_top(connection, row, now),
            epoch=row["epoch"],
            clock=sandboxes.clock_in(row),
            now=now,
        )
    return sandboxes.create(connection, name, baseline=wanted.baseline or sandboxes.EMPTY, now=now)


async def show(simulator: AppContext, name: str) -> dict[str, Any]:
    """One sandbox with its usage. Raises `UnknownSandbox`."""
    return await simulator.engine.query(
        lambda connection: view(simulator, connection, sandboxes.look(connection, name))
    )


async def find_all(simulator: AppContext, *, after: str, limit: int) -> list[dict[str, Any]]:
    """At most `limit` sandboxes with names greater than `after`, with their usage."""

    def work(connection: Connection) -> list[dict[str, Any]]:
        rows = sandboxes.page(connection, after=after, limit=limit)
        return [view(simulator, connection, row) for row in rows]

    return await simulator.engine.query(work)


async def rebase(simulator: AppContext, name: str, snapshot: str) -> dict[str, Any]:
    """Make a snapshot of the sandbox its baseline. Raises `AdminError` and `UnknownSandbox`."""

    def work(connection: Connection) -> dict[str, Any]:
        row = sandboxes.locked(connection, name)
        found = snapshots.find(connection, row["id"], snapshot)
        if found is None:
            raise NotFound("snapshot", snapshot, "GET /admin/v1/snapshots lists its snapshots.")
        about = dict(sandboxes.baseline_in(row).about)
        baseline = snapshots.as_baseline(found, about)
        sandboxes.rebase(connection, row, baseline, simulator.clock.now())
        return view(simulator, connection, sandboxes.look(connection, name))

    return await simulator.engine.transact(work)


async def delete(simulator: AppContext, name: str) -> None:
    """Delete a sandbox with all that is in it. Raises `AdminError` and `UnknownSandbox`."""
    if name == DEFAULT:
        raise InUse(
            f"The sandbox '{DEFAULT}' always exists.",
            'To empty it, POST /admin/v1/reset with {"to": "empty"}.',
        )

    def work(connection: Connection) -> None:
        sandboxes.drop(connection, sandboxes.locked(connection, name), simulator.clock.now())

    await simulator.engine.transact(work)


def view(simulator: AppContext, connection: Connection, row: RowMapping) -> dict[str, Any]:
    """What there is to say of a sandbox; instants in epoch milliseconds."""
    real = simulator.clock.now()
    claimed = leases.claims(connection, row["id"], real)
    owner = row["lease_owner"]
    return {
        "id": row["name"],
        "generation": row["generation"],
        "baseline": row["baseline_name"],
        "created": row["created"],
        "now": sandboxes.clock_in(row).now(real),
        "frozen": row["clock_frozen"] is not None,
        "lease": None
        if owner is None
        else {"owner": owner, "until": row["lease_until"], "on_return": row["lease_return"]},
        "devices": [each["device"] for each in claimed],
        "snapshots": [each["name"] for each in snapshots.find_all(connection, row["id"])],
        "changes": layers.changes(connection, row["layer"], row["baseline"]),
    }


async def head(simulator: AppContext, name: str) -> SandboxRef:
    """The sandbox called `name`. Raises `UnknownSandbox`."""
    return await simulator.engine.query(lambda connection: sandboxes.head(connection, name))
