"""What apps were shown, counted: a row for what was met together, and what is still watched of a device.

Both are written with the journal's entries, in one transaction, and in one order by all processes. What is
watched is read and written with them: whichever process answers a device's next request goes on from there.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_

from simulator.domain.coverage.meetings import Ask, Meeting, is_met, meeting, opened_logout
from simulator.domain.coverage.outcomes import Outcome, Watch, opened, step
from simulator.domain.journal.entries import Entry, Event
from simulator.json_codec import to_json
from simulator.storage import tables
from simulator.storage.statements import Prepared

coverage: Final = tables.coverage
watched: Final = tables.coverage_watched

OTHERS: Final = "(others)"
"""The device of whatever comes from one device too many."""

MOST_DEVICES: Final = 500
"""So many devices of a sandbox's generation have counts of their own; those of more are counted together."""

MOST_GENERATIONS: Final = 50
"""So many generations of a sandbox have counts of their own; older ones become generation 0."""

_MOST_APPS: Final = 20
_PAGE: Final = "start_logout"

_COUNTS: Final = ("met", *(each.value for each in Outcome if each is not Outcome.OPEN))
_ADDED: Final = ", ".join(f"{name} = coverage.{name} + excluded.{name}" for name in _COUNTS)
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
_WATCH: Final = Prepared(
    insert(watched).values({each.name: bindparam(each.name) for each in watched.columns}).inline(),
    ending=" ON CONFLICT (sandbox, device) DO UPDATE SET "
    "generation = excluded.generation, state = excluded.state",
)

_Key = tuple[int, str]


@dataclass(kw_only=True, slots=True)
class _Device:
    """What is known of a device: the applications of its clients, its platform, and what is watched."""

    generation: int
    before: str = ""
    applications: dict[str, str] = field(default_factory=dict)
    platform: str = ""
    watches: list[Watch] = field(default_factory=list)

    @classmethod
    def read(cls, generation: int, text: str) -> "_Device":
        state = json.loads(text)
        return cls(
            generation=generation,
            before=text,
            applications=state["a"],
            platform=state["p"],
            watches=[_watch(each) for each in state["w"]],
        )

    def written(self) -> str:
        watches = [[*each[:2], [*each.rows], *each[3:]] for each in self.watches]
        state = {"a": self.applications, "p": self.platform, "w": watches}
        return to_json(state).decode()

    def application(self, client: str | None, told: str | None) -> str:
        """The application of a call: as the call tells, else that of its client, else the only one."""
        if told is not None:
            if client is not None and client not in self.applications:
                if len(self.applications) >= _MOST_APPS:
                    self.applications.clear()
                self.applications[client] = told
            return told
        only = {*self.applications.values()}
        return self.applications.get(client or "") or (only.pop() if len(only) == 1 else "")


def _watch(members: Sequence[Any]) -> Watch:
    application, platform, rows, operation, ask, *rest = members
    return Watch(application, platform, tuple(rows), operation, Ask(ask), *rest)


class _Batch:
    """The counts of a batch of entries, to be added to what is stored."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, int, str, str, str, str], list[int]] = {}
        self._last: dict[tuple[int, int, str, str, str, str], str] = {}

    def meet(self, entry: Entry, device: str, met: Meeting) -> None:
        """Count that cells were met; where nothing is left to do, all is well."""
        last = f"{entry.real_at:014d} {entry.request}"
        for cells in met.rows:
            key = (entry.sandbox, entry.generation, met.application, met.platform, device, cells)
            counts = self._counts.setdefault(key, [0] * len(_COUNTS))
            counts[0] += 1
            if met.ask is None:
                counts[1] += 1
            self._last[key] = max(last, self._last.get(key, ""))

    def end(self, entry: Entry, device: str, ended: Iterable[tuple[Watch, Outcome]]) -> None:
        """Count outcomes."""
        for watch, outcome in ended:
            for cells in watch.rows:
                key = (
                    entry.sandbox,
                    entry.generation,
                    watch.application,
                    watch.platform,
                    device,
                    cells,
                )
                counts = self._counts.setdefault(key, [0] * len(_COUNTS))
                counts[_COUNTS.index(outcome)] += watch.count

    def write(self, connection: Connection) -> None:
        """Add the counts to those that are stored."""
        rows = [
            (*key, *counts, self._last.get(key, "")) for key, counts in sorted(self._counts.items())
        ]
        if rows:
            _ADD.run_many(connection, rows)


def tally(connection: Connection, entries: Sequence[Entry | Event]) -> None:
    """Count what entries met, and what the apps did about what they had met before."""
    told = [each for each in entries if isinstance(each, Entry) and is_met(each)]
    if not told:
        return
    there = _sandboxes(connection, {each.sandbox for each in told})
    told = [each for each in told if each.sandbox in there]
    devices = _devices(connection, told)
    batch = _Batch()
    for entry in told:
        if (page := opened_logout(entry)) is not None:
            _open(connection, devices, batch, entry, page)
            continue
        name, key = _whose(entry)
        device = devices.get(key)
        if device is None and key[1]:
            name = OTHERS if name else ""
        elif device is not None and device.generation != entry.generation:
            devices[key] = device = _Device(generation=entry.generation)
        explanation = entry.explanation
        application = explanation.application or ""
        platform = explanation.platform or ""
        if device is not None:
            client = explanation.caller or explanation.client
            application = device.application(client, explanation.application)
            platform = device.platform = platform or device.platform
        met = meeting(entry, application, platform)
        batch.meet(entry, name, met)
        if device is not None:
            device.watches, ended = step(device.watches, met)
            batch.end(entry, name, ended)
    _write_devices(connection, devices)
    batch.write(connection)


def _whose(entry: Entry) -> tuple[str, _Key]:
    """The device that an entry is of, and under which key it is watched.

    A second screen looks at the session of a device, but is not on it.
    """
    explanation = entry.explanation
    if explanation.device is not None and explanation.caller is None:
        return explanation.device, (entry.sandbox, f"device {explanation.device}")
    client = explanation.caller or explanation.client
    return "", (entry.sandbox, "" if client is None else f"client {client}")


def _sandboxes(connection: Connection, ids: Iterable[int]) -> set[int]:
    columns = tables.sandbox.c
    found = connection.execute(select(columns.id).where(columns.id.in_(sorted(ids))))
    return {*found.scalars()}


def _devices(connection: Connection, entries: Iterable[Entry]) -> dict[_Key, _Device]:
    """What is known of the devices of entries; nothing of those that are too many."""
    wanted: dict[_Key, int] = {}
    for entry in entries:
        _, key = _whose(entry)
        if key[1] and entry.operation != _PAGE:
            wanted[key] = max(entry.generation, wanted.get(key, 0))
    if not wanted:
        return {}
    columns = watched.c
    statement = (
        select(columns.sandbox, columns.device, columns.generation, columns.state)
        .where(tuple_(columns.sandbox, columns.device).in_(sorted(wanted)))
        .order_by(columns.sandbox, columns.device)
        .with_for_update()
    )
    found = {
        (sandbox, device): _Device.read(generation, state)
        for sandbox, device, generation, state in connection.execute(statement)
    }
    rooms: dict[int, int] = {}
    for key, generation in wanted.items():
        if key in found:
            continue
        sandbox = key[0]
        if sandbox not in rooms:
            rooms[sandbox] = MOST_DEVICES - _count(connection, sandbox, generation)
        if rooms[sandbox] > 0:
            rooms[sandbox] -= 1
            found[key] = _Device(generation=generation)
    return found


def _count(connection: Connection, sandbox: int, generation: int) -> int:
    """How many devices of a generation are watched; those of earlier ones go."""
    columns = watched.c
    own = columns.sandbox == sandbox
    there = select(func.count()).select_from(watched).where(own)
    number = int(connection.execute(there).scalar_one())
    if number < MOST_DEVICES:
        return number
    gone = connection.execute(delete(watched).where(own, columns.generation < generation))
    return number - gone.rowcount


def _open(
    connection: Connection,
    devices: dict[_Key, _Device],
    batch: _Batch,
    entry: Entry,
    page: Meeting,
) -> None:
    """A page of a logout was opened: by the device that asked for it last, as far as anybody can know."""
    columns = watched.c
    statement = (
        select(columns.device, columns.generation, columns.state)
        .where(columns.sandbox == entry.sandbox, columns.state.contains(Ask.OPEN_LOGOUT.value))
        .order_by(columns.device)
        .with_for_update()
    )
    for device, generation, state in connection.execute(statement):
        if (entry.sandbox, device) not in devices:
            devices[entry.sandbox, device] = _Device.read(generation, state)
    waiting = [
        (watch.at, key)
        for key, device in devices.items()
        if key[0] == entry.sandbox and device.generation == entry.generation
        for watch in device.watches
        if watch.ask is Ask.OPEN_LOGOUT and watch.subject == page.subject
    ]
    if waiting:
        _, key = max(waiting)
        device = devices[key]
        device.watches, ended = opened(device.watches, page)
        batch.end(
            entry, key[1].removeprefix("device ") if key[1].startswith("device ") else "", ended
        )


def _write_devices(connection: Connection, devices: Mapping[_Key, _Device]) -> None:
    rows = []
    for (sandbox, name), device in sorted(devices.items()):
        state = device.written()
        if state != device.before:
            rows.append((sandbox, name, device.generation, state))
    if rows:
        _WATCH.run_many(connection, rows)


class Row(NamedTuple):
    """What was met together, how often, what the apps did then, and the last request of it."""

    cells: str
    met: int
    well: int
    looped: int
    stopped: int
    gave_up: int
    last: str


class Known(NamedTuple):
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


def counts(connection: Connection, sandbox: int, whose: Whose) -> list[Row]:
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
            *(func.sum(columns[name]).label(name) for name in _COUNTS),
            func.max(columns.last).label("last"),
        )
        .where(*conditions)
        .group_by(columns.cells)
        .order_by(columns.cells)
    )
    found = connection.execute(statement)
    return [Row(cells, *(int(each) for each in numbers), last) for cells, *numbers, last in found]


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
        for watch in _Device.read(generation, state).watches
        if whose.fits(
            name.partition(" ")[2] if name.startswith("device ") else "", generation, watch
        )
    ]


def known(connection: Connection, sandbox: int) -> Known:
    """Whom the sandbox has counts of."""
    columns = coverage.c
    own = columns.sandbox == sandbox

    def values(name: str) -> list[Any]:
        statement = select(columns[name]).where(own).distinct().order_by(columns[name])
        return [each for each in connection.execute(statement).scalars() if each != ""]

    return Known(
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
            *(func.sum(columns[name]) for name in _COUNTS),
            func.max(columns.last),
        )
        .where(*past)
        .group_by(*(columns[name] for name in kept))
    ).all()
    gone = connection.execute(delete(coverage).where(*past)).rowcount
    _ADD.run_many(
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
