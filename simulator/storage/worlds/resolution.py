"""Which sandbox a request belongs to, and what is kept in memory of how that one stands."""

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, or_, select

from simulator.storage import tables
from simulator.storage.statements import Prepared

from .sandboxes import DEFAULT, STATE_OF_SANDBOX, SandboxRef, SandboxState, current, find

sandbox: Final = tables.sandbox

_KEPT: Final = 4_096
# The first label of a host is as long as whoever sends it likes.
_LONGEST_NAME: Final = 256


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
    """The sandbox that a request with these hints belongs to. Raises `UnknownSandbox`."""
    if hints.named is not None:
        return current(connection, hints.named)
    for name in (hints.host, hints.token):
        if name and (found := find(connection, name)):
            return found
    if hints.code is not None:
        holder = _BY_CODE.row(connection, {"_code": hints.code})
        if holder is not None:
            return SandboxState.read(holder)
    claimed = None
    if hints.device is not None:
        claimed = _CLAIM.row(connection, {"_device": hints.device, "_now": now})
    return current(connection, claimed[0] if claimed else DEFAULT)


class SandboxCache:
    """The sandboxes that were asked for lately, each as the last commit left it.

    Nothing is kept unless the process is `alone` with its database. From the moment when a transaction
    may have moved a sandbox until it has ended, everybody asks the database about that one.
    """

    def __init__(self, *, alone: bool) -> None:
        self._alone = alone
        self._any_moving = False
        self._moving: set[str] = set()
        self._kept: dict[str, SandboxState] = {}
        self._absent: set[str] = set()

    def may_change(self, names: Collection[str] | None) -> None:
        """Take note that the transaction under way may make, move or delete these sandboxes; None is any."""
        if not self._alone:
            return
        if names is None:
            self._any_moving = True
        else:
            self._moving.update(names)

    def transaction_ended(self) -> None:
        """Take note that the transaction has ended, whichever way."""
        if self._any_moving:
            self._any_moving = False
            self._forget()
        while self._moving:
            name = self._moving.pop()
            self._kept.pop(name, None)
            self._absent.discard(name)

    def remember(self, hints: SandboxHints, found: SandboxState) -> None:
        """Remember where a request with these hints led; what is moving is forgotten when that has ended."""
        if not self._alone:
            return
        if len(self._kept) + len(self._absent) >= _KEPT:
            self._forget()
        self._kept[found.ref.name] = found
        if hints.named is None:
            # A name that was passed over belongs to no sandbox.
            for name in (hints.host, hints.token):
                if name == found.ref.name:
                    break
                if name and len(name) <= _LONGEST_NAME:
                    self._absent.add(name)

    def find(self, hints: SandboxHints) -> SandboxRef | None:
        """Where a request with these hints leads; None where that is not known."""
        name = hints.named
        if name is None:
            name = self._named_by(hints)
        if not name or self._any_moving or name in self._moving:
            return None
        found = self._kept.get(name)
        return found.ref if found else None

    def _named_by(self, hints: SandboxHints) -> str | None:
        for name in (hints.host, hints.token):
            if name and name not in self._absent:
                return name
        # Codes and claims are not kept.
        return DEFAULT if hints.code is None and hints.device is None else None

    def at_generation(self, at: SandboxRef) -> SandboxState | None:
        """The sandbox of `at`, if it is known to be of that generation still."""
        if self._any_moving or at.name in self._moving:
            return None
        found = self._kept.get(at.name)
        if found is None:
            return None
        ref = found.ref
        if (ref.id, ref.generation) != (at.id, at.generation):
            return None
        return found

    def _forget(self) -> None:
        self._kept.clear()
        self._absent.clear()
