"""What falls due in a world while its clock is moved on."""

from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select

from simulator.storage import tables

from .entity_mapping import DEGRADATIONS, PROFILES, SESSIONS, EntityMapping
from .repository import layer_names, visible

LEASE_ENDED: Final = "lease_ended"

MOST: Final = 1_000
"""Events told of one move; more of them help nobody."""

_EVENTS: Final[tuple[tuple[str, EntityMapping[Any], str], ...]] = (
    ("profile_expired", PROFILES, "not_after"),
    ("code_expired", SESSIONS, "not_after"),
    ("degradation_started", DEGRADATIONS, "not_before"),
    ("degradation_ended", DEGRADATIONS, "until"),
)


def between(
    connection: Connection, row: RowMapping, after: int, until: int
) -> list[dict[str, Any]]:
    """What falls due in the sandbox in `row` later than `after` and not later than `until`.

    Instants are epoch milliseconds of the sandbox's clock. The events come in the order in which
    they fall due.
    """
    found = _of_the_world(connection, row, after, until)
    lease = row["lease_until"]
    if lease is not None and after < lease <= until:
        found.append({"at": lease, "event": LEASE_ENDED, "id": row["lease_owner"]})
    return sorted(found, key=lambda event: (event["at"], event["event"], event["id"]))[:MOST]


def _of_the_world(
    connection: Connection, row: RowMapping, after: int, until: int
) -> list[dict[str, Any]]:
    epoch = row["epoch"]
    statement = select(tables.layer.c.stack).where(tables.layer.c.id == row["layer"])
    stack = [int(each) for each in connection.execute(statement).scalar_one().split()]
    layers = dict(zip(layer_names(len(stack)), stack, strict=True))
    events: list[dict[str, Any]] = []
    for event, kind, name in _EVENTS:
        column = kind.table.c[name]
        falling = (
            visible(kind, (), len(stack))
            .where(column > after - epoch, column <= until - epoch)
            .order_by(None)
            .order_by(column)
            .limit(MOST)
        )
        events += [
            {"at": each[name] + epoch, "event": event, "id": each["id"]}
            for each in connection.execute(falling, layers).mappings()
        ]
    return events
