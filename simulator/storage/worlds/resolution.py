"""Which sandbox a request belongs to, by what the request says of itself."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, or_, select

from simulator.storage import tables
from simulator.storage.statements import Prepared

from .sandboxes import (
    DEFAULT,
    STATE_OF_SANDBOX,
    SandboxRef,
    SandboxState,
    UnknownSandbox,
    sandbox_state,
)

sandbox: Final = tables.sandbox


class SandboxHints(NamedTuple):
    """What a request says about the sandbox that it belongs to, in the order of precedence.

    `named` is a path prefix or header and must exist; `host` is the first label of the host, `token`
    the sandbox in which the bearer token was issued, `code` an authentication code in the path and
    `device` the plain identifier of the device, which may be claimed.
    """

    named: str | None = None
    host: str | None = None
    token: str | None = None
    code: str | None = None
    device: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedSandbox:
    """The sandbox of a request, and what is to be done with every request to it.

    `shows_headers` says that answers tell the sandbox in headers, `cors` that browsers of other
    origins may call, `throttled` that calls are counted, `faulty` that faults are ordered, `seeded`
    that ids are drawn from a seed.
    """

    head: SandboxRef
    shows_headers: bool
    cors: bool
    throttled: bool
    faulty: bool
    seeded: bool


_CLAIM: Final = Prepared(
    select(sandbox.c.name)
    .join_from(tables.device_claim, sandbox, tables.device_claim.c.sandbox == sandbox.c.id)
    .where(
        tables.device_claim.c.device == bindparam("_device"),
        or_(tables.device_claim.c.until.is_(None), tables.device_claim.c.until > bindparam("_now")),
    )
)
_BY_CODE: Final = Prepared(
    STATE_OF_SANDBOX.join(
        tables.authentication_code, tables.authentication_code.c.sandbox == sandbox.c.id
    ).where(tables.authentication_code.c.id == bindparam("_code"))
)


def resolve(connection: Connection, hints: SandboxHints, now: int) -> SandboxState:
    """The sandbox that a request with these clues belongs to. Raises `UnknownSandbox`."""
    if hints.named is not None:
        return _known(connection, hints.named)
    for name in (hints.host, hints.token):
        if name and (found := sandbox_state(connection, name)):
            return found
    if hints.code is not None:
        holder = _BY_CODE.row(connection, {"_code": hints.code})
        if holder is not None:
            return SandboxState.read(holder)
    claimed = None
    if hints.device is not None:
        claimed = _CLAIM.row(connection, {"_device": hints.device, "_now": now})
    return _known(connection, claimed[0] if claimed else DEFAULT)


def _known(connection: Connection, name: str) -> SandboxState:
    found = sandbox_state(connection, name)
    if found is None:
        raise UnknownSandbox(name)
    return found
