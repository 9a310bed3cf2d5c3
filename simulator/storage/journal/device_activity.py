"""Which devices talk to a sandbox, as its journal has it: the last call of each, and the recent ones."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from simulator.domain.journal.entries import REQUEST
from simulator.domain.operations import PAGE_NAMES
from simulator.storage import tables

from .entries import SandboxJournal

journal: Final = tables.journal

# Neither the story nor the exchange: they are most of a row.
_CALL: Final = tuple(
    journal.c[name]
    for name in (
        "id",
        "request",
        "at",
        "real_at",
        "operation",
        "status",
        "rules",
        "error",
        "service_provider",
        "mvpd",
        "device",
        "client",
        "platform",
        "fault",
    )
)
_MOST: Final = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request of a device as the board shows it; `at` is the machine's instant (epoch ms)."""

    request: str
    at: int
    operation: str
    status: int | None
    rule: str | None
    error: str | None
    service_provider: str | None
    mvpd: str | None
    client: str | None
    platform: str | None
    fault: str | None


def last_calls(
    of: SandboxJournal, *, since: int, limit: int, device: str | None = None
) -> dict[str, Call]:
    """The last call of each device that called at `since` or later (the machine's instant), newest first."""
    connection = of.connection
    first = _first_since(connection, since)
    if first is None:
        return {}
    conditions = _by_devices(of.sandbox, first)
    if device is not None:
        conditions.append(journal.c.device == device)
    newest = (
        select(func.max(journal.c.id).label("last"))
        .where(*conditions)
        .group_by(journal.c.device)
        .order_by(func.max(journal.c.id).desc())
        .limit(limit)
    )
    ids = list(connection.execute(newest).scalars())
    rows = connection.execute(select(*_CALL).where(journal.c.id.in_(ids))).mappings()
    found = sorted(rows, key=lambda row: row["id"], reverse=True)
    return {row["device"]: _call(row) for row in found}


def recent(
    of: SandboxJournal, *, since: int, devices: Collection[str]
) -> dict[str, list[tuple[str, int]]]:
    """The calls of these devices at `since` or later: operation and the machine's instant, in order."""
    first = _first_since(of.connection, since)
    if first is None or not devices:
        return {}
    columns = (journal.c.device, journal.c.operation, journal.c.real_at)
    statement = (
        select(*columns)
        .where(*_by_devices(of.sandbox, first))
        .order_by(journal.c.id.desc())
        .limit(_MOST)
    )
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in devices}
    for device, operation, at in reversed(of.connection.execute(statement).all()):
        if device in found:
            found[device].append((str(operation), at))
    return found


def calls_of(of: SandboxJournal, operation: str, *, since: int) -> int:
    """How many calls of the operation there were at `since` or later (the machine's instant)."""
    first = _first_since(of.connection, since)
    if first is None:
        return 0
    conditions = (
        journal.c.sandbox == of.sandbox,
        journal.c.id >= first,
        journal.c.operation == operation,
    )
    found = of.connection.execute(select(func.count()).where(*conditions))
    return int(found.scalar_one())


def _first_since(connection: Connection, since: int) -> int | None:
    """The number of the first entry since then, of whatever sandbox; None when there is none."""
    statement = (
        select(journal.c.id)
        .where(journal.c.real_at >= since)
        .order_by(journal.c.real_at, journal.c.id)
        .limit(1)
    )
    return connection.execute(statement).scalar()


def _by_devices(sandbox: int, first: int) -> list[ColumnElement[bool]]:
    """What devices asked themselves, rather than the browsers that log in for them."""
    return [
        journal.c.sandbox == sandbox,
        journal.c.id >= first,
        journal.c.kind == REQUEST,
        journal.c.device.is_not(None),
        journal.c.operation.is_not(None),
        journal.c.operation.not_in(PAGE_NAMES),
    ]


def _call(row: RowMapping) -> Call:
    members: dict[str, Any] = {
        name: row[name]
        for name in (
            "request",
            "operation",
            "status",
            "error",
            "service_provider",
            "mvpd",
            "client",
            "platform",
            "fault",
        )
    }
    return Call(at=row["real_at"], rule=next(iter(row["rules"].split()), None), **members)
