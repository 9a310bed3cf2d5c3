"""Seeding a sandbox from a scenario document, and resetting it to what it was seeded with."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import islice
from typing import Any, Final

from simulator.clock import SandboxClock, SystemClock
from simulator.domain.sessions.profiles import Profile
from simulator.scenarios import compiling
from simulator.scenarios.compiling import Destination
from simulator.scenarios.context import Record, SoundScenario
from simulator.scenarios.models import ScenarioDocument
from simulator.services.context import AppContext
from simulator.services.errors import (
    FieldProblem,
    InvalidBody,
    InvalidDocument,
    NotFound,
    UnknownResetTarget,
)
from simulator.services.shared.profile_slots import clear_slot
from simulator.storage.engine.base import Engine
from simulator.storage.worlds import layers, lifecycle, snapshots
from simulator.storage.worlds.entity_mapping import BY_ENTITY
from simulator.storage.worlds.sandboxes import EMPTY, REAL_TIME, Baseline, SandboxRef
from simulator.storage.worlds.session import SandboxSession
from simulator.storage.worlds.snapshots import Snapshot

from .entities import misplaced

# Rows go in by bites of this size, so that seeding a large world never makes a device wait long.
_BITE: Final = 1_000


Progress = Callable[[int, int], None]
"""Is told, now and then, how many records are stored and how many there will be."""


def unheard(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


def refuse_nothing(document: ScenarioDocument) -> None:
    """Raise `InvalidBody` where there is nothing in the resolved `document` to be seeded."""
    if compiling.count_hint(document) == 0:
        message = f"There is nothing in the scenario '{document.name}' that could be seeded."
        hint = (
            "Give it entries, or a scenario that it extends; a reset to 'empty' empties a sandbox."
        )
        raise InvalidBody(message, hint)


async def seed(
    simulator: AppContext,
    at: SandboxRef,
    document: ScenarioDocument,
    progress: Progress = unheard,
    *,
    keep: Collection[str] | None = None,
) -> dict[str, Any]:
    """Make the resolved `document` the sandbox's world and baseline.

    The kinds of entities in `keep` stay, or those that the sandbox keeps where it is None. The document is
    checked before anything is touched; raises `ScenarioError`.
    """
    # A large document takes seconds to go through, in which devices want their answers.
    sound = await asyncio.to_thread(compiling.sound, document)
    baseline = await lay(simulator.engine, simulator.clock, document, sound, progress)
    counts = await simulator.engine.query(partial(layers.rows_in, layer_id=baseline.layer))

    def unit(world: SandboxSession) -> int:
        kept = world.details.keep if keep is None else keep
        generation = lifecycle.restart(world, baseline, as_baseline=True, keep=kept)
        world.record("seeded", generation=generation, scenario=baseline.name)
        return generation

    generation = await simulator.engine.alter(at.name, unit)
    return {"generation": generation, "seeded": counts, "warnings": [*map(asdict, sound.warnings)]}


async def lay(
    engine: Engine,
    clock: SystemClock,
    document: ScenarioDocument,
    sound: SoundScenario,
    progress: Progress = unheard,
) -> Baseline:
    """A frozen layer with the records of the resolved `document`, of which `sound` is what is known.

    A document that was laid before is not laid again: sandboxes share the layer.
    """
    layer = await engine.transact(
        partial(layers.find_by_digest, digest=sound.digest), quick=True, moves=()
    )
    if layer is None:
        total = compiling.count_hint(document)
        records = compiling.records(document)
        layer = await _fill(
            engine, clock, records, sound.digest, lambda done: progress(done, total)
        )
    return Baseline(layer=layer, name=sound.name, about=sound.about)


async def _fill(
    engine: Engine,
    clock: SystemClock,
    records: Iterator[Record],
    digest: str,
    stored: Callable[[int], None],
) -> int:
    now = clock.now()
    layer = await engine.transact(partial(layers.new_layer, parent=None, now=now), moves=())
    done = 0
    try:
        while rows := await asyncio.to_thread(_bite, records, layer):
            await engine.transact(partial(layers.insert_rows, rows=rows), moves=())
            done += sum(len(of_kind) for of_kind in rows.values())
            stored(done)
        used = await engine.transact(
            partial(layers.freeze_as, layer_id=layer, digest=digest), moves=()
        )
    except BaseException:
        await engine.transact(partial(layers.abandon, layer_id=layer, now=now), moves=())
        raise
    if used != layer:
        await engine.transact(partial(layers.abandon, layer_id=layer, now=now), moves=())
    return used


def _bite(records: Iterator[Record], layer: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of the next records, by the name of their kind; nothing when there are no more."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for record in islice(records, _BITE):
        kind = BY_ENTITY[type(record)]
        rows.setdefault(kind.name, []).append(kind.row(record, layer=layer, epoch=0))
    return rows


async def merge(
    simulator: AppContext, at: SandboxRef, document: ScenarioDocument
) -> dict[str, Any]:
    """Put the records of the resolved `document` into the world as it stands; the baseline stays.

    The document may refer to what the world has. Its times count from now. Raises `ScenarioError`
    and `AdminError`.
    """

    def unit(world: SandboxSession) -> dict[str, Any]:
        assumed = _assumed(world, document)
        compiling.check(document, assumed)
        stored: list[Any] = []
        into = Destination(integrations=world.config.integrations, new_id=world.ids.short)
        for record in compiling.records(document, into):
            kind = BY_ENTITY[type(record)]
            entity = kind.shifted(record, world.now)
            if isinstance(entity, Profile):
                clear_slot(world, entity)
            world.repository(kind).put(entity)
            stored.append(entity)
        # What the document says of one thing may not fit what the world has of another.
        if problems := [each for entity in stored for each in _unfit(world, entity)]:
            raise InvalidDocument(problems)
        counts = Counter(BY_ENTITY[type(entity)].name for entity in stored)
        return {
            "generation": world.generation,
            "seeded": dict(counts),
            "warnings": [*map(asdict, compiling.warnings(document, assumed))],
        }

    return await simulator.engine.write(at, unit, long=True)


def _unfit(world: SandboxSession, entity: Any) -> Iterator[FieldProblem]:  # noqa: ANN401 - of any kind
    list_name = BY_ENTITY[type(entity)].name
    for each in misplaced(world, entity):
        yield FieldProblem(path=f"{list_name}.{entity.id}.{each.path}", problem=each.problem)


def _assumed(world: SandboxSession, document: ScenarioDocument) -> dict[str, Iterable[str]]:
    """What the world has of that which the document may refer to, by list."""
    config = world.config
    named = {each.subscriber for each in document.profiles}
    named |= {each.subscriber for each in document.devices}
    return {
        "service_providers": config.service_providers,
        "mvpds": config.mvpds,
        "integrations": config.integrations,
        "applications": config.applications,
        "subscribers": [name for name in named if name and world.subscribers.get(name)],
    }


async def reset(
    simulator: AppContext,
    at: SandboxRef,
    to: str | None = None,
    *,
    keep: Collection[str] | None = None,
) -> dict[str, Any]:
    """Bring a sandbox back to its baseline, to "empty", or to "snapshot:NAME". Raises `AdminError`.

    On the baseline the kinds of entities in `keep` stay, or those that the sandbox keeps where it is None;
    any other state is as it was. The answer counts, for each kind that did not stay, what had been
    created, changed or deleted since then.
    """
    home = to in _BASELINE

    def unit(world: SandboxSession) -> dict[str, Any]:
        on, clock = _target(world, to)
        if keep and not home:
            message = f"A reset to '{to}' keeps nothing: that state is as it was."
            raise InvalidBody(message, "Leave 'keep' out, or 'to'.")
        kept = (world.details.keep if keep is None else keep) if home else ()
        cleared = world.changes_since(on.layer, but=kept)
        generation = lifecycle.restart(world, on, clock=clock, keep=kept)
        world.record("reset", generation=generation, to=to or "baseline", baseline=on.name)
        return {"generation": generation, "baseline": on.name, "cleared": cleared}

    return await simulator.engine.alter(at.name, unit)


_BASELINE: Final = frozenset({None, "baseline"})


def _target(world: SandboxSession, to: str | None) -> tuple[Baseline, SandboxClock]:
    if to in _BASELINE:
        return world.details.baseline, REAL_TIME
    if to == "empty":
        return EMPTY, REAL_TIME
    kind, _, name = str(to).partition(":")
    if kind != "snapshot":
        raise UnknownResetTarget(
            f"A sandbox cannot be reset to '{to}'.",
            "Use 'baseline' (or leave 'to' out), 'empty' or 'snapshot:NAME'.",
        )
    found = stored_snapshot(world, name)
    return snapshots.as_baseline(world, found), found.clock


_SNAPSHOTS: Final = "GET /admin/v1/snapshots lists those of this sandbox."


def stored_snapshot(world: SandboxSession, name: str, hint: str = _SNAPSHOTS) -> Snapshot:
    """The snapshot `name` of a sandbox. Raises `NotFound` when there is none, with the `hint`."""
    found = snapshots.find(world, name)
    if found is None:
        raise NotFound("snapshot", name, hint)
    return found
