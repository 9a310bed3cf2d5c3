"""Sandboxes: which there are, and how each stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from sqlalchemy import Connection, bindparam, func, select

from simulator.clock import SandboxClock
from simulator.domain.journal.explanation import Explanation
from simulator.storage import tables
from simulator.storage.statements import Prepared, Row

from .entity_mapping import CLIENTS
from .repository import named_layers

DEFAULT: Final = "default"
REAL_TIME: Final = SandboxClock()

sandbox: Final = tables.sandbox


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxRef:
    """A sandbox at the moment when a request reached it: all that the request carries of it.

    `layer` was its topmost layer then, `epoch` the beginning of its world: a request that outlives its
    generation is answered from there, and what it writes goes nowhere. `explanation` is where its units
    of work tell what they did and why.

    The rest is what is to be done with every request: `shows_headers` says that answers tell the sandbox
    in headers, `cors` that browsers of other origins may call, `throttled` that calls are counted, `faulty`
    that faults are ordered, `seeded` that ids are drawn from a seed. Only `Engine.resolve` finds that out.
    """

    id: int
    name: str
    generation: int
    layer: int
    epoch: int
    clock: SandboxClock = REAL_TIME
    shows_headers: bool = field(default=True, compare=False)
    cors: bool = field(default=True, compare=False)
    throttled: bool = field(default=False, compare=False)
    faulty: bool = field(default=False, compare=False)
    seeded: bool = field(default=False, compare=False)
    explanation: Explanation | None = field(default=None, compare=False, repr=False)

    def with_explanation(self, explanation: Explanation | None) -> "SandboxRef":
        """The same, with the explanation of one request."""
        return SandboxRef(
            id=self.id,
            name=self.name,
            generation=self.generation,
            layer=self.layer,
            epoch=self.epoch,
            clock=self.clock,
            shows_headers=self.shows_headers,
            cors=self.cors,
            throttled=self.throttled,
            faulty=self.faulty,
            seeded=self.seeded,
            explanation=explanation,
        )


class UnknownSandbox(Exception):  # noqa: N818 - named for what it says
    """No sandbox has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class TooManyLayers(Exception):  # noqa: N818 - named for what it says
    """A sandbox lies on so many layers that one more would make reading slow."""


class SandboxState(NamedTuple):
    """A sandbox as it stands, with what a session on it takes besides its `ref`; for this room alone.

    `stack` are its layers, topmost first, and `layers` the parameters of statements that name them;
    `configuration` names the state of its configuration.
    `kept` is the layer of the clients that resets have kept, if there are any.
    """

    ref: SandboxRef
    stack: tuple[int, ...]
    layers: dict[str, object]
    configuration: tuple[int, int]
    kept: int | None

    @classmethod
    def read(cls, row: Row) -> Self:
        """From a row of `STATE_OF_SANDBOX`."""
        number, name, generation, layer, epoch, offset, frozen, kept, *state = row
        clock = SandboxClock(offset=offset, frozen_at=frozen)
        ref = SandboxRef(
            id=number, name=name, generation=generation, layer=layer, epoch=epoch, clock=clock
        )
        return cls.of(ref, kept, *state)

    @classmethod
    def of(cls, ref: SandboxRef, kept: int | None, stack: str, layer: int, revision: int) -> Self:
        """From a row of `_STATE`, and the layer of kept clients."""
        layers = tuple(map(int, stack.split()))
        return cls(ref, layers, named_layers(layers), (layer, revision), kept)


_REF: Final = ("id", "name", "generation", "layer", "epoch", "clock_offset", "clock_frozen")
_STATE: Final = ("stack", "configuration_layer", "configuration_revision")
STATE_OF_SANDBOX: Final = select(
    *(sandbox.c[name] for name in (*_REF, "kept")), *(tables.layer.c[name] for name in _STATE)
).join_from(sandbox, tables.layer, tables.layer.c.id == sandbox.c.layer)
_BY_NAME: Final = Prepared(STATE_OF_SANDBOX.where(sandbox.c.name == bindparam("_name")))
_OLD_STATE: Final = Prepared(
    select(*(tables.layer.c[name] for name in _STATE)).where(tables.layer.c.id == bindparam("_id"))
)


def find(connection: Connection, name: str) -> SandboxState | None:
    """The sandbox called `name`, as it stands now, or None."""
    row = _BY_NAME.row(connection, {"_name": name})
    return None if row is None else SandboxState.read(row)


def current(connection: Connection, name: str) -> SandboxState:
    """The sandbox called `name`, as it stands now. Raises `UnknownSandbox`."""
    found = find(connection, name)
    if found is None:
        raise UnknownSandbox(name)
    return found


def ref(connection: Connection, name: str) -> SandboxRef:
    """What to refer to the sandbox called `name` by, as it stands now. Raises `UnknownSandbox`."""
    return current(connection, name).ref


def state_at(
    connection: Connection, at: SandboxRef, found: SandboxState
) -> tuple[SandboxState, bool]:
    """The sandbox of `at` in that generation, and whether that is how it was `found` to stand now.

    The world of one that is no longer current may be read and written to like any other, but the caller
    must roll back what was written. Raises `UnknownSandbox` when the sandbox, or the last trace of its
    old generation, is gone.
    """
    if found.ref.id != at.id:
        raise UnknownSandbox(at.name)
    if found.ref.generation == at.generation:
        return found, True
    state = _OLD_STATE.row(connection, {"_id": at.layer})
    if state is None:
        raise UnknownSandbox(at.name)
    return SandboxState.of(at, found.kept, *state), False


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


EMPTY: Final = Baseline(layer=None, name="empty")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """Who has borrowed a sandbox, and what is done (`reset` or `delete`) when that is over.

    It is over when real time is `until` (epoch milliseconds).
    """

    owner: str
    until: int
    on_return: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxDetails:
    """What there is to know of a sandbox besides its state.

    `created` is real time (epoch milliseconds), `keep` the kinds of entities that its resets keep.
    """

    ref: SandboxRef
    created: int
    baseline: Baseline
    lease: Lease | None
    keep: tuple[str, ...]


def keeps(name: str, given: Collection[str] | None) -> tuple[str, ...]:
    """The kinds of entities that resets of the sandbox `name` keep: those that were `given`, if any were.

    The apps of a lab, which is `default`, hold on to their credentials; a test begins anew.
    """
    if given is None:
        return (CLIENTS.name,) if name == DEFAULT else ()
    return tuple(sorted({*given}))


_DETAILS: Final = Prepared(select(sandbox).where(sandbox.c.name == bindparam("_name")))


def details(connection: Connection, name: str) -> SandboxDetails:
    """The sandbox called `name`, in detail. Raises `UnknownSandbox`."""
    row = _DETAILS.row(connection, {"_name": name})
    if row is None:
        raise UnknownSandbox(name)
    return _details(dict(zip(sandbox.c.keys(), row, strict=True)))


def page(connection: Connection, *, after: str, limit: int) -> list[SandboxDetails]:
    """At most `limit` sandboxes with names greater than `after`, by name."""
    statement = select(sandbox).where(sandbox.c.name > after).order_by(sandbox.c.name).limit(limit)
    return [_details(row._asdict()) for row in connection.execute(statement)]


def _details(row: Mapping[str, Any]) -> SandboxDetails:
    plain: dict[str, Any] = {name: row[name] for name in _REF[:5]}
    return SandboxDetails(
        ref=SandboxRef(**plain, clock=clock_in(row)),
        created=row["created"],
        baseline=Baseline(
            layer=row["baseline"],
            name=row["baseline_name"],
            about=row["baseline_about"],
            age=row["baseline_age"],
        ),
        lease=None
        if row["lease_owner"] is None
        else Lease(
            owner=row["lease_owner"],
            until=row["lease_until_real"],
            on_return=row["lease_return"],
        ),
        keep=keeps(row["name"], row["keep"]),
    )


def clock_in(row: Mapping[str, Any]) -> SandboxClock:
    """The clock in the row of a sandbox or a snapshot."""
    return SandboxClock(offset=row["clock_offset"], frozen_at=row["clock_frozen"])


def clock_columns(clock: SandboxClock) -> dict[str, int | None]:
    """`clock` as columns of such a row."""
    return {"clock_offset": clock.offset, "clock_frozen": clock.frozen_at}


_COUNT: Final = Prepared(select(func.count()).select_from(sandbox))


def count(connection: Connection) -> int:
    """How many sandboxes there are."""
    ((found,),) = _COUNT.rows(connection, {})
    return int(found)
