"""Lists of authentication sessions, page by page."""

from collections.abc import Collection, Mapping

from simulator.domain.sessions.authentication_sessions import AuthenticationSession, Status

from . import entity_mapping
from .repository import visible
from .session import SandboxSession

_sessions = entity_mapping.SESSIONS.table


def page(
    world: SandboxSession,
    *,
    statuses: Collection[Status],
    equals: Mapping[str, str],
    unexpired: bool = False,
    after: str = "",
    limit: int,
) -> list[AuthenticationSession]:
    """At most `limit` sessions in one of `statuses`, with codes greater than `after`, by code.

    `equals` are the values that columns must have; `unexpired` leaves out those whose time is over.
    """
    asked = tuple((name, False) for name in equals)
    statement = visible(entity_mapping.SESSIONS, asked, len(world.stack)).where(
        _sessions.c.id > after, _sessions.c.status.in_(statuses)
    )
    if unexpired:
        statement = statement.where(_sessions.c.not_after > world.now - world.epoch)
    rows = world.connection.execute(statement.limit(limit), world.layers | dict(equals))
    return [entity_mapping.SESSIONS.read(row, epoch=world.epoch) for row in rows]
