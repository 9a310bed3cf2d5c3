"""Sandboxes: which there are, and how one becomes the world of a unit of work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from sqlalchemy import (
    Connection,
    RowMapping,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from simulator.clock import SandboxClock
from simulator.domain.journal.explanation import Explanation
from simulator.storage import tables
from simulator.storage.journal import entries
from simulator.storage.statements import Prepared, Row

from . import layers
from .sandbox_config import SandboxConfigs
from .session import SandboxSession

DEFAULT: Final = "default"

sandbox: Final = tables.sandbox


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxRef:
    """A sandbox at the moment when a request reached it.

    `layer` was its topmost layer then, `epoch` the beginning of its world, and the other two its
    clock: a request that outlives its generation is answered from there, and what it writes goes
    nowhere. `explanation` is where its units of work tell what they did and why.
    """

    id: int
    name: str
    generation: int
    layer: int
    epoch: int
    clock_offset: int = 0
    clock_frozen: int | None = None
    explanation: Explanation | None = field(default=None, compare=False, repr=False)

    def with_explanation(self, explanation: Explanation | None) -> "SandboxRef":
        """The same, with the account of one request."""
        return SandboxRef(
            id=self.id,
            name=self.name,
            generation=self.generation,
            layer=self.layer,
            epoch=self.epoch,
            clock_offset=self.clock_offset,
            clock_frozen=self.clock_frozen,
            explanation=explanation,
        )

    def now(self, real: int) -> int:
        """What the sandbox's clock showed then, when the machine's is `real` (epoch milliseconds)."""
        return SandboxClock(offset=self.clock_offset, frozen_at=self.clock_frozen).now(real)


class UnknownSandbox(Exception):  # noqa: N818 - named for what it says
    """No sandbox has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxState:
    """A sandbox as it stands now, with what opening its world takes besides its head.

    `stack` are its layers, topmost first; `configuration` names the state of its configuration.
    """

    head: SandboxRef
    stack: tuple[int, ...]
    configuration: tuple[int, int]

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a row of `STATE_OF_SANDBOX`."""
        *found, stack, layer, revision = row
        head = SandboxRef(**dict(zip(_REF, found, strict=True)))
        return cls(head=head, stack=_layers(stack), configuration=(layer, revision))


def _layers(stack: str) -> tuple[int, ...]:
    return tuple(int(each) for each in stack.split())


_REF: Final = ("id", "name", "generation", "layer", "epoch", "clock_offset", "clock_frozen")
_STATE: Final = ("stack", "configuration_layer", "configuration_revision")
STATE_OF_SANDBOX: Final = select(
    *(sandbox.c[name] for name in _REF), *(tables.layer.c[name] for name in _STATE)
).join_from(sandbox, tables.layer, tables.layer.c.id == sandbox.c.layer)
_BY_NAME: Final = Prepared(STATE_OF_SANDBOX.where(sandbox.c.name == bindparam("_name")))
_BY_ID: Final = Prepared(STATE_OF_SANDBOX.where(sandbox.c.id == bindparam("_id")))
_OLD_STATE: Final = Prepared(
    select(*(tables.layer.c[name] for name in _STATE)).where(tables.layer.c.id == bindparam("_id"))
)


def sandbox_state(connection: Connection, name: str) -> SandboxState | None:
    """The sandbox called `name`, as it stands now, or None."""
    row = _BY_NAME.row(connection, {"_name": name})
    return None if row is None else SandboxState.read(row)


def find(connection: Connection, name: str) -> SandboxRef | None:
    """The head of the sandbox called `name`, as it stands now, or None."""
    found = sandbox_state(connection, name)
    return None if found is None else found.head


def head(connection: Connection, name: str) -> SandboxRef:
    """The head of the sandbox called `name`, as it stands now. Raises `UnknownSandbox`."""
    found = find(connection, name)
    if found is None:
        raise UnknownSandbox(name)
    return found


def state_at(connection: Connection, at: SandboxRef) -> tuple[SandboxState, bool]:
    """The sandbox of `at` in that generation, and whether it is still the current one.

    The world of one that is no longer current may be read and written to like any other, but the caller
    must roll back what was written. Raises `UnknownSandbox` when the sandbox, or the last trace of its
    old generation, is gone.
    """
    row = _BY_ID.row(connection, {"_id": at.id})
    if row is None:
        raise UnknownSandbox(at.name)
    found = SandboxState.read(row)
    current = found.head.generation == at.generation
    if not current:
        state = _OLD_STATE.row(connection, {"_id": at.layer})
        if state is None:
            raise UnknownSandbox(at.name)
        stack, layer, revision = state
        old = replace(at, name=found.head.name)
        found = SandboxState(head=old, stack=_layers(stack), configuration=(layer, revision))
    return found, current


def open_session(
    connection: Connection,
    found: SandboxState,
    *,
    now: int,
    configs: SandboxConfigs,
    explanation: Explanation,
    lasting: dict[tuple[str, str, str], Any] | None = None,
    writable: bool,
) -> SandboxSession:
    """The world of a sandbox that was just found; `now` is real time in epoch milliseconds."""
    at = found.head
    return SandboxSession(
        connection,
        sandbox=at.id,
        name=at.name,
        generation=at.generation,
        layer=found.stack[0],
        stack=found.stack,
        epoch=at.epoch,
        clock=SandboxClock(offset=at.clock_offset, frozen_at=at.clock_frozen),
        real_now=now,
        configuration=found.configuration,
        configs=configs,
        explanation=explanation,
        lasting=lasting,
        writable=writable,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """What a sandbox goes back to: a frozen layer, and where that came from.

    `name` and `about` (title, description) are those of the scenario or snapshot; `age` is how old
    the world was, in milliseconds, when the layer was frozen.
    """

    layer: int | None
    name: str
    about: Mapping[str, str] = field(default_factory=dict)
    age: int = 0


MOST_LAYERS: Final = 100

EMPTY: Final = Baseline(layer=None, name="empty")
REAL_TIME: Final = SandboxClock()


def create(
    connection: Connection,
    name: str,
    *,
    baseline: Baseline,
    now: int,
    on: int | None = None,
    epoch: int | None = None,
    clock: SandboxClock = REAL_TIME,
) -> SandboxRef:
    """Make the sandbox `name`, whose name must be free.

    Its world lies on the layer `on`, else on the baseline's; it began at `epoch`, else so that it
    is as old now as the baseline.
    """
    top = layers.new_layer(connection, parent=on if on is not None else baseline.layer, now=now)
    begun = clock.now(now) - baseline.age if epoch is None else epoch
    added = connection.execute(
        insert(sandbox),
        {
            "name": name,
            "generation": 1,
            "layer": top,
            "epoch": begun,
            "clock_offset": clock.offset,
            "clock_frozen": clock.frozen_at,
            "created": now,
            **_baseline_columns(baseline),
        },
    )
    return SandboxRef(
        id=layers.new_key(added),
        name=name,
        generation=1,
        layer=top,
        epoch=begun,
        clock_offset=clock.offset,
        clock_frozen=clock.frozen_at,
    )


def _baseline_columns(baseline: Baseline) -> dict[str, Any]:
    return {
        "baseline": baseline.layer,
        "baseline_name": baseline.name,
        "baseline_about": dict(baseline.about),
        "baseline_age": baseline.age,
    }


def locked(connection: Connection, name: str) -> RowMapping:
    """The whole row of a sandbox, which nobody else changes until this transaction ends.

    Raises `UnknownSandbox`.
    """
    statement = select(sandbox).where(sandbox.c.name == name).with_for_update()
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise UnknownSandbox(name)
    return row


def look(connection: Connection, name: str) -> RowMapping:
    """The whole row of a sandbox as it stands. Raises `UnknownSandbox`."""
    row = connection.execute(select(sandbox).where(sandbox.c.name == name)).mappings().first()
    if row is None:
        raise UnknownSandbox(name)
    return row


def page(connection: Connection, *, after: str, limit: int) -> list[RowMapping]:
    """The rows of at most `limit` sandboxes with names greater than `after`, by name."""
    statement = select(sandbox).where(sandbox.c.name > after).order_by(sandbox.c.name).limit(limit)
    return list(connection.execute(statement).mappings())


def count(connection: Connection) -> int:
    """How many sandboxes there are."""
    return connection.execute(select(func.count()).select_from(sandbox)).scalar_one()


def baseline_in(row: RowMapping) -> Baseline:
    """The baseline in the row of a sandbox."""
    return Baseline(
        layer=row["baseline"],
        name=row["baseline_name"],
        about=row["baseline_about"],
        age=row["baseline_age"],
    )


def clock_in(row: RowMapping) -> SandboxClock:
    """The clock in the row of a sandbox or a snapshot."""
    return SandboxClock(offset=row["clock_offset"], frozen_at=row["clock_frozen"])


def baseline_of(connection: Connection, sandbox_id: int) -> Baseline:
    """The baseline of a sandbox."""
    statement = select(sandbox).where(sandbox.c.id == sandbox_id)
    return baseline_in(connection.execute(statement).mappings().one())


def restart(
    connection: Connection,
    row: RowMapping,
    *,
    on: Baseline,
    now: int,
    clock: SandboxClock = REAL_TIME,
    keep: bool = False,
) -> int:
    """Lay an empty layer on `on`, make that the world of the locked sandbox, return its generation.

    The world is as old at once as `on` says. The old top layer, and the old baseline when `run`
    makes `on` the new one, are left to the sweeper.
    """
    generation = int(row["generation"]) + 1
    shown, lease = clock.now(now), row["lease_until"]
    changes = {
        "generation": generation,
        "layer": layers.new_layer(connection, parent=on.layer, now=now),
        "epoch": shown - on.age,
        "clock_offset": clock.offset,
        "clock_frozen": clock.frozen_at,
        # A lease is left as much time as it had.
        "lease_until": None if lease is None else lease + shown - clock_in(row).now(now),
    }
    if keep:
        changes |= _baseline_columns(on)
    connection.execute(update(sandbox).where(sandbox.c.id == row["id"]).values(changes))
    layers.abandon(connection, row["layer"], now)
    if keep and row["baseline"] is not None:
        layers.abandon(connection, row["baseline"], now)
    return generation


def rebase(connection: Connection, row: RowMapping, baseline: Baseline, now: int) -> None:
    """Make `baseline` what the locked sandbox goes back to; its world stays as it is."""
    values = _baseline_columns(baseline)
    connection.execute(update(sandbox).where(sandbox.c.id == row["id"]).values(values))
    if row["baseline"] is not None:
        layers.abandon(connection, row["baseline"], now)


class TooManyLayers(Exception):  # noqa: N818 - named for what it says
    """A sandbox lies on so many layers that one more would make reading slow."""


def freeze_top(connection: Connection, row: RowMapping, now: int) -> int:
    """Freeze the state of the locked sandbox and return the layer that now holds it.

    A top layer without rows, of whose world no id was drawn either, stays on top: what lies below it
    is the same state. Raises `TooManyLayers`.
    """
    layer, below = tables.layer, tables.layer.alias("below")
    frozen = int(row["layer"])
    known = (
        select(layer.c.parent, layer.c.stack, layer.c.ids_drawn == below.c.ids_drawn)
        .outerjoin_from(layer, below, below.c.id == layer.c.parent)
        .where(layer.c.id == frozen)
    )
    parent, stack, none_drawn = connection.execute(known).one()
    if parent is not None and none_drawn and layers.is_empty(connection, frozen):
        return int(parent)
    if stack.count(" ") + 1 >= MOST_LAYERS:
        raise TooManyLayers
    if parent is not None:
        # It could not go into a layer that was written to; into a frozen one it can.
        layers.abandon(connection, parent, now)
    top = layers.new_layer(connection, parent=frozen, now=now)
    connection.execute(update(sandbox).where(sandbox.c.id == row["id"]).values(layer=top))
    return frozen


def drop(connection: Connection, row: RowMapping, now: int) -> None:
    """Delete the locked sandbox with its snapshots and claims; its layers are left to the sweeper."""
    snapshots, claims, codes = tables.snapshot, tables.device_claim, tables.authentication_code
    mine = snapshots.c.sandbox == row["id"]
    held = [row["layer"], row["baseline"]]
    held += connection.execute(select(snapshots.c.layer).where(mine)).scalars()
    connection.execute(delete(snapshots).where(mine))
    connection.execute(delete(claims).where(claims.c.sandbox == row["id"]))
    connection.execute(delete(codes).where(codes.c.sandbox == row["id"]))
    connection.execute(delete(sandbox).where(sandbox.c.id == row["id"]))
    entries.abandon(connection, row["id"])
    for each in held:
        if each is not None:
            layers.abandon(connection, each, now)
