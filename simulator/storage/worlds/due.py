"""What falls due in a world while its clock is moved on."""

from typing import Any, Final

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
        column = kind.table.c[name]
        falling = (
            visible(kind, (), len(world.stack))
            .where(column > world.now - epoch, column <= until - epoch)
            .order_by(None)
            .order_by(column)
            .limit(MOST)
        )
        events += [
            {"at": each[name] + epoch, "event": event, "id": each["id"]}
            for each in world.connection.execute(falling, world.layers).mappings()
        ]
    return sorted(events, key=lambda event: (event["at"], event["event"], event["id"]))[:MOST]
