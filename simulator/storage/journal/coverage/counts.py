"""The counts: added to, asked for, forgotten, and put together when they are old."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from simulator.domain.coverage.outcomes import Outcome, Watch
from simulator.storage import tables
from simulator.storage.statements import Prepared, Row

from .devices import Device, watched

coverage: Final = tables.coverage

OTHERS: Final = "(others)"
"""The device of whatever comes from one device too many."""

MOST_GENERATIONS: Final = 50
"""So many generations of a sandbox have counts of their own; older ones become generation 0."""

COUNTED: Final = ("met", *(each.value for each in Outcome if each is not Outcome.OPEN))
"""What is counted of each row, in the order of the columns."""

_ADDED: Final = ", ".join(f"{name} = coverage.{name} + excluded.{name}" for name in COUNTED)
_KEY: Final = ("sandbox", "generation", "application", "platform", "device", "cells")
_UPSERT: Final = (
    f" ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {_ADDED}, last = "
    "CASE WHEN excluded.last > coverage.last THEN excluded.last ELSE coverage.last END"
)
_ADD: Final = Prepared(
    insert(coverage)
    .values({each.name: bindparam(each.name) for each in coverage.columns})
    .inline(),
    ending=_UPSERT,
)


def add(connection: Connection, rows: list[Row]) -> None:
    """Add counts to those that are stored; all processes in the same order."""
    if rows:
        _ADD.run_many(connection, sorted(rows))


class Count(NamedTuple):
    """What was met together, how often, what the apps did then, and the last request of it."""

    cells: str
    met: int
    well: int
    looped: int
    stopped: int
    gave_up: int
    last: str


class Counted(NamedTuple):
    """Whom there are counts of: each in its order."""

    applications: list[str]
    platforms: list[str]
    devices: list[str]
    generations: list[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Whose:
    """Whose counts are asked for; None for anybody's. `since` is the first generation that counts."""

    application: str | None = None
    platform: str | None = None
    device: str | None = None
    since: int | None = None

    def fits(self, device: str, generation: int, watch: Watch) -> bool:
        """Whether a watch is of these."""
        return (
            self.application in {None, watch.application}
            and self.platform in {None, watch.platform}
            and self.device in {None, device}
            and (self.since is None or generation >= self.since)
        )


def counts(connection: Connection, sandbox: int, whose: Whose) -> list[Count]:
    """What was met, and what came of it."""
    columns = coverage.c
    conditions = [columns.sandbox == sandbox]
    for name in ("application", "platform", "device"):
        wanted = getattr(whose, name)
        if wanted is not None:
            conditions.append(columns[name] == wanted)
    if whose.since is not None:
        conditions.append(columns.generation >= whose.since)
    statement = (
        select(
            columns.cells,
            *(func.sum(columns[name]).label(name) for name in COUNTED),
            func.max(columns.last).label("last"),
        )
        .where(*conditions)
        .group_by(columns.cells)
        .order_by(columns.cells)
    )
    found = connection.execute(statement)
    return [
        Count(cells, int(met), int(well), int(looped), int(stopped), int(gave_up), last)
        for cells, met, well, looped, stopped, gave_up, last in found
    ]


def watches(connection: Connection, sandbox: int, whose: Whose) -> list[Watch]:
    """The answers of whose outcome nothing is known yet."""
    columns = watched.c
    statement = (
        select(columns.device, columns.generation, columns.state)
        .where(columns.sandbox == sandbox)
        .order_by(columns.device)
    )
    return [
        watch
        for name, generation, state in connection.execute(statement)
        for watch in Device.read(generation, state).watches
        if whose.fits(
            name.partition(" ")[2] if name.startswith("device ") else "", generation, watch
        )
    ]


def known(connection: Connection, sandbox: int) -> Counted:
    """Whom the sandbox has counts of."""
    columns = coverage.c
    own = columns.sandbox == sandbox

    def values(name: str) -> list[Any]:
        statement = select(columns[name]).where(own).distinct().order_by(columns[name])
        return [each for each in connection.execute(statement).scalars() if each != ""]

    return Counted(
        applications=values("application"),
        platforms=values("platform"),
        devices=values("device"),
        generations=values("generation"),
    )


def clear(connection: Connection, sandbox: int) -> bool:
    """Forget all counts of a sandbox; whether there were any."""
    gone = connection.execute(delete(coverage).where(coverage.c.sandbox == sandbox)).rowcount
    connection.execute(delete(watched).where(watched.c.sandbox == sandbox))
    return gone > 0


def fold(connection: Connection) -> int:
    """Put together what one sandbox's generations of long ago have met; how many rows that took away.

    They become generation 0, and their devices `OTHERS`.
    """
    columns = coverage.c
    old = (
        select(tables.sandbox.c.id, tables.sandbox.c.generation)
        .where(
            select(columns.sandbox)
            .where(
                columns.sandbox == tables.sandbox.c.id,
                columns.generation > 0,
                columns.generation <= tables.sandbox.c.generation - MOST_GENERATIONS,
            )
            .exists()
        )
        .limit(1)
    )
    found = connection.execute(old).first()
    if found is None:
        return 0
    sandbox, generation = found
    past = (
        columns.sandbox == sandbox,
        columns.generation > 0,
        columns.generation <= generation - MOST_GENERATIONS,
    )
    kept = ("application", "platform", "cells")
    rows = connection.execute(
        select(
            *(columns[name] for name in kept),
            *(func.sum(columns[name]) for name in COUNTED),
            func.max(columns.last),
        )
        .where(*past)
        .group_by(*(columns[name] for name in kept))
    ).all()
    gone = connection.execute(delete(coverage).where(*past)).rowcount
    add(
        connection,
        [
            (
                sandbox,
                0,
                application,
                platform,
                OTHERS,
                cells,
                *(int(each) for each in numbers),
                last,
            )
            for application, platform, cells, *numbers, last in sorted(map(tuple, rows))
        ],
    )
    return gone
