"""Authentication codes: each belongs to one sandbox of the whole instance; and lists of their sessions."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, union, update

from simulator.domain.sessions.authentication_sessions import AuthenticationSession, Status
from simulator.storage import tables
from simulator.storage.statements import Prepared

from .entity_mapping import SESSIONS
from .repository import visible
from .session import SandboxSession

_code: Final = tables.authentication_code
_HOLDER: Final = Prepared(select(_code.c.sandbox).where(_code.c.id == bindparam("_id")))
_TAKE: Final = Prepared(
    insert(_code).values(
        id=bindparam("_id"), sandbox=bindparam("_sandbox"), created=bindparam("_now")
    ),
    ending=" ON CONFLICT DO NOTHING",
)
# Codes live for minutes of a sandbox's clock, which may stand still for long.
_KEPT: Final = 30 * 24 * 60 * 60 * 1000


def give_out(world: SandboxSession, code: str) -> bool:
    """Let `code` stand for the sandbox from now on; False when another one still holds it."""
    connection, sandbox, now = world.connection, world.sandbox, world.real_now
    holder = _holder(connection, code)
    if holder is None:
        # Whoever is quicker, in a transaction that is over only now, has it: it is not taken over.
        return _TAKE.run(connection, {"_id": code, "_sandbox": sandbox, "_now": now}) == 1
    # A sandbox with an id seed draws the same codes again after a reset, and may.
    if holder == sandbox:
        return True
    if _remembers(connection, holder, code):
        return False
    moving = update(_code).where(_code.c.id == code, _code.c.sandbox == holder)
    return connection.execute(moving.values(sandbox=sandbox, created=now)).rowcount == 1


def holder_of(world: SandboxSession, code: str) -> str | None:
    """The name of the sandbox that a code stands for."""
    named = select(tables.sandbox.c.name).join_from(
        _code, tables.sandbox, _code.c.sandbox == tables.sandbox.c.id
    )
    return world.connection.execute(named.where(_code.c.id == code)).scalar()


def sessions(
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
    statement = visible(SESSIONS, asked, len(world.stack)).where(
        tables.session.c.id > after, tables.session.c.status.in_(statuses)
    )
    if unexpired:
        statement = statement.where(tables.session.c.not_after > world.now - world.epoch)
    rows = world.connection.execute(statement.limit(limit), world.layers | dict(equals))
    return [SESSIONS.read(row, epoch=world.epoch) for row in rows]


def forget_old(connection: Connection, now: int, *, limit: int) -> None:
    """Forget at most `limit` of the codes that were given out long ago."""
    old = select(_code.c.id).where(_code.c.created < now - _KEPT).limit(limit)
    connection.execute(delete(_code).where(_code.c.id.in_(old)))


def _holder(connection: Connection, code: str) -> int | None:
    """The number of the sandbox that a code stands for."""
    row = _HOLDER.row(connection, {"_id": code})
    return None if row is None else row[0]


def _remembers(connection: Connection, sandbox: int, code: str) -> bool:
    """Whether the sandbox, or a snapshot of it, has a session of this code: a reset forgets it."""
    tops = union(
        select(tables.sandbox.c.layer).where(tables.sandbox.c.id == sandbox),
        select(tables.snapshot.c.layer).where(tables.snapshot.c.sandbox == sandbox),
    )
    stacks = connection.execute(
        select(tables.layer.c.stack).where(tables.layer.c.id.in_(tops))
    ).scalars()
    layers = {int(each) for stack in stacks for each in stack.split()}
    session = tables.session
    held = exists().where(session.c.layer.in_(layers), session.c.id == code)
    return bool(connection.execute(select(held)).scalar())
