"""What falls due in a world while its clock is moved on."""

from functools import cache
from typing import Any, Final

from sqlalchemy import bindparam

from simulator.storage.statements import Prepared

from .entity_mapping import DEGRADATIONS, PROFILES, SESSIONS, EntityMapping
from .repository import visible
from .session import SandboxSession

MOST: Final = 1_000
"""Events told of one move; more of them help nobody."""

_EVENTS: Final[tuple[tuple[str, EntityMapping[Any], str], ...]] = (
    ("profile_expired", PROFILES, "not_after"),
    ("code_expired", SESSIONS, "not_after"),
    ("degradation_started", DEGRADATIONS, "not_before"),
    ("degradation_ended", DEGRADATIONS, "until"),
)


def between(world: SandboxSession, until: int) -> list[dict[str, Any]]:
    """What falls due in the world later than now and not later than `until` (epoch ms of its clock).

    The events come in the order in which they fall due.
    """
    epoch = world.epoch
    events: list[dict[str, Any]] = []
    for event, kind, name in _EVENTS:
        found = falling(kind, name, len(world.stack))
        window = {"after": world.now - epoch, "until": until - epoch, "limit": MOST}
        events += [
            {"at": at + epoch, "event": event, "id": entity}
            for entity, at in found.rows(world.connection, {**world.layers, **window})
        ]
    return sorted(events, key=lambda event: (event["at"], event["event"], event["id"]))[:MOST]


@cache
def falling(kind: EntityMapping[Any], name: str, depth: int) -> Prepared:
    """Which entities have `name` in a span of time, and when; seen through `depth` layers."""
    column = kind.table.c[name]
    return Prepared(
        visible(kind, (), depth)
        .with_only_columns(kind.table.c.id, column)
        .where(column > bindparam("after"), column <= bindparam("until"))
        .order_by(None)
        .order_by(column)
        .limit(bindparam("limit"))
    )
