"""Sandboxes as they stand, kept in memory where no other process can move them."""

from typing import Any, Final, NamedTuple

from .resolution import ResolvedSandbox, SandboxHints
from .sandboxes import DEFAULT, SandboxRef, SandboxState

_KEPT: Final = 4_096
# The first label of a host is as long as whoever sends it likes.
_LONGEST_NAME: Final = 256


class CachedSandbox(NamedTuple):
    """A sandbox as it stands, what every request to it meets, and the values in `SandboxSession.lasting`."""

    sandbox_state: SandboxState
    resolved: ResolvedSandbox
    lasting: dict[tuple[str, str, str], Any]


class SandboxCache:
    """The sandboxes that were asked for lately, each as the last commit left it.

    Nothing is kept unless the process is `alone` with its database. From the moment when a transaction
    may have moved a sandbox until it has ended, everybody asks the database.
    """

    def __init__(self, *, alone: bool) -> None:
        self._alone = alone
        self._moving = False
        self._kept: dict[str, CachedSandbox] = {}
        self._absent: set[str] = set()

    def may_change(self) -> None:
        """Take note that the transaction under way may move sandboxes, or what they are set to."""
        self._moving = True

    def transaction_ended(self) -> None:
        """Take note that the transaction has ended, whichever way."""
        if self._moving:
            self._moving = False
            self._forget()

    def remember(
        self, hints: SandboxHints, sandbox_state: SandboxState, resolved: ResolvedSandbox
    ) -> None:
        """Remember where a request with these clues led, as it was committed."""
        if self._moving or not self._alone:
            return
        if len(self._kept) + len(self._absent) >= _KEPT:
            self._forget()
        self._kept[sandbox_state.head.name] = CachedSandbox(sandbox_state, resolved, {})
        if hints.named is None:
            # A name that was passed over belongs to no sandbox.
            for name in (hints.host, hints.token):
                if name == sandbox_state.head.name:
                    break
                if name and len(name) <= _LONGEST_NAME:
                    self._absent.add(name)

    def find(self, hints: SandboxHints) -> ResolvedSandbox | None:
        """Where a request with these clues leads; None where that is not known."""
        if self._moving:
            return None
        name = hints.named
        if name is None:
            name = self._named_by(hints)
        found = self._kept.get(name) if name else None
        return found.resolved if found else None

    def _named_by(self, hints: SandboxHints) -> str | None:
        for name in (hints.host, hints.token):
            if name and name not in self._absent:
                return name
        # Codes and claims are not kept.
        return DEFAULT if hints.code is None and hints.device is None else None

    def at_generation(self, at: SandboxRef) -> CachedSandbox | None:
        """The sandbox of `at`, if it is known to be of that generation still."""
        if self._moving:
            return None
        found = self._kept.get(at.name)
        if found is None:
            return None
        head = found.sandbox_state.head
        return found if (head.id, head.generation) == (at.id, at.generation) else None

    def _forget(self) -> None:
        self._kept.clear()
        self._absent.clear()
