"""Sandboxes: made from a scenario, a snapshot or another sandbox, listed, and deleted."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator.ids import Ids
from simulator.services.context import AppContext
from simulator.services.errors import AlreadyExists, InUse, LimitReached, NotFound
from simulator.storage.errors import ConflictError
from simulator.storage.worlds import lifecycle, sandboxes, snapshots
from simulator.storage.worlds.sandboxes import (
    DEFAULT,
    EMPTY,
    Baseline,
    SandboxDetails,
    SandboxRef,
)
from simulator.storage.worlds.session import SandboxSession
from simulator.storage.worlds.snapshots import Snapshot
from simulator.storage.worlds.usage import SandboxUsage, usage_of, usages

from .seeding import lay, stored_snapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A sandbox to be made: its name, and the one thing that it is made from, if any.

    `scenario` is the name of one; `snapshot` is the name of a sandbox and that of its snapshot;
    `sandbox` is the name of one to clone. `keep` are the kinds of entities that its resets keep, if it is
    to differ from others of its name.
    """

    name: str | None = None
    scenario: str | None = None
    snapshot: tuple[str, str] | None = None
    sandbox: str | None = None
    keep: tuple[str, ...] | None = None


async def create(simulator: AppContext, wanted: Wanted) -> SandboxUsage:
    """Make a sandbox. Raises `AdminError`, `UnknownSandbox`, `UnknownScenario` and `ScenarioError`.

    Nothing has changed then.
    """
    name = wanted.name or Ids().short("sandbox")
    try:
        return await _create(simulator, wanted, name)
    except lifecycle.TooManySandboxes as error:
        raise LimitReached(
            f"There are {simulator.most_sandboxes} sandboxes, which is the most there can be.",
            "Delete some, lease them so that they go by themselves, or raise --max-sandboxes.",
        ) from error
    except ConflictError as error:
        # Another process may have been quicker, and only now is its sandbox to be seen.
        if await simulator.engine.query(partial(sandboxes.find, name=name)) is None:
            raise
        hint = "Choose another name, leave it out to get a fresh one, or delete the old one."
        raise AlreadyExists("sandbox", name, hint) from error


async def _create(simulator: AppContext, wanted: Wanted, name: str) -> SandboxUsage:
    most = simulator.most_sandboxes
    if wanted.scenario is not None:
        return SandboxUsage(
            details=await _create_from(simulator, wanted.scenario, name, wanted.keep)
        )

    if wanted.snapshot is not None:
        source, label = wanted.snapshot

        def open_snapshot(world: SandboxSession) -> SandboxUsage:
            found = _snapshot(world, label)
            made = snapshots.open_in(world, found, name, keep=wanted.keep, most=most)
            return SandboxUsage(details=made)

        return await simulator.engine.alter(source, open_snapshot, makes=(name,))

    if wanted.sandbox is not None:

        def clone(world: SandboxSession) -> SandboxUsage:
            made = lifecycle.clone(world, name, keep=wanted.keep, most=most)
            return SandboxUsage(
                details=made, changes=world.changes_since(world.details.baseline.layer)
            )

        return await simulator.engine.alter(wanted.sandbox, clone, makes=(name,))

    make = partial(
        lifecycle.create,
        name=name,
        baseline=EMPTY,
        now=simulator.clock.now(),
        keep=wanted.keep,
        most=most,
    )
    made = await simulator.engine.transact(make, quick=True, moves=(name,))
    return SandboxUsage(details=made)


async def _create_from(
    simulator: AppContext, scenario: str, name: str, keep: tuple[str, ...] | None
) -> SandboxDetails:
    """Make the sandbox `name` on the layer of a scenario, which is read and laid only where it has to be."""
    engine, most = simulator.engine, simulator.most_sandboxes
    if known := simulator.library.known(scenario):
        share = partial(
            lifecycle.create_on_digest,
            name=name,
            digest=known.digest,
            baseline=Baseline(layer=None, name=known.name, about=known.about),
            now=simulator.clock.now(),
            keep=keep,
            most=most,
        )
        if made := await engine.transact(share, quick=True, moves=(name,)):
            return made
    document, sound = await asyncio.to_thread(simulator.library.examine, scenario)
    baseline = await lay(engine, simulator.clock, document, sound)
    make = partial(
        lifecycle.create,
        name=name,
        baseline=baseline,
        now=simulator.clock.now(),
        keep=keep,
        most=most,
    )
    return await engine.transact(make, quick=True, moves=(name,))


def _snapshot(world: SandboxSession, label: str) -> Snapshot:
    found = snapshots.find(world, label)
    if found is None:
        hint = f"GET /s/{world.name}/admin/v1/snapshots lists those of this sandbox."
        raise NotFound("snapshot", f"{world.name}/{label}", hint)
    return found


async def show(simulator: AppContext, name: str) -> dict[str, Any]:
    """One sandbox with its usage. Raises `UnknownSandbox`."""
    return await simulator.engine.read(
        await ref(simulator, name), lambda world: view(usage_of(world), world.real_now)
    )


async def find_all(simulator: AppContext, *, after: str, limit: int) -> list[dict[str, Any]]:
    """At most `limit` sandboxes with names greater than `after`, with their usage."""
    now = simulator.clock.now()
    page = partial(usages, after=after, limit=limit, now=now)
    return [view(each, now) for each in await simulator.engine.query(page)]


async def change(
    simulator: AppContext,
    name: str,
    *,
    snapshot: str | None = None,
    keep: tuple[str, ...] | None = None,
) -> dict[str, Any]:
    """Make a snapshot of the sandbox its baseline, and these the kinds of entities that its resets keep.

    What is None stays as it is. Raises `AdminError` and `UnknownSandbox`.
    """

    def unit(world: SandboxSession) -> None:
        if snapshot is not None:
            hint = "GET /admin/v1/snapshots lists its snapshots."
            found = stored_snapshot(world, snapshot, hint)
            lifecycle.rebase(world, snapshots.as_baseline(world, found))
        if keep is not None:
            lifecycle.set_keep(world, keep)

    await simulator.engine.alter(name, unit)
    return await show(simulator, name)


async def delete(simulator: AppContext, name: str) -> None:
    """Delete a sandbox with all that is in it. Raises `AdminError` and `UnknownSandbox`."""
    if name == DEFAULT:
        raise InUse(
            f"The sandbox '{DEFAULT}' always exists.",
            'To empty it, POST /admin/v1/reset with {"to": "empty"}.',
        )

    await simulator.engine.alter(name, lifecycle.drop)


def view(usage: SandboxUsage, real: int) -> dict[str, Any]:
    """What there is to say of a sandbox when the machine's instant is `real`; all in epoch milliseconds."""
    details = usage.details
    ref, lease = details.ref, details.lease
    return {
        "id": ref.name,
        "generation": ref.generation,
        "baseline": details.baseline.name,
        "keep": [*details.keep],
        "created": details.created,
        "now": ref.clock.now(real),
        "frozen": ref.clock.frozen_at is not None,
        "lease": lease
        and {"owner": lease.owner, "until": lease.until, "on_return": lease.on_return},
        "devices": usage.devices,
        "snapshots": [each.name for each in usage.snapshots],
        "changes": usage.changes,
    }


async def ref(simulator: AppContext, name: str) -> SandboxRef:
    """The sandbox called `name`. Raises `UnknownSandbox`."""
    return await simulator.engine.query(partial(sandboxes.ref, name=name))
