"""The throttle: one call a second for each device address, and ten more once (Adobe: throttling, THR1)."""

import re
from dataclasses import dataclass
from typing import Final

from simulator.domain.members import Instant

BURST: Final = 10
"""Calls beyond one in each second that an address has, once."""

SLOT: Final = 1000
"""The length of a slot in milliseconds: its first call is free."""


_PREFIXES: Final = (
    "/o/client/register",
    "/o/client/token",
    "/o/client/scopes",
    "/o/client/validate",
    "/api/v2/",
    "/api/v1/tokens/usermetadata",
    "/api/v1/tokens/authn",
    "/api/v1/tokens/authz",
    "/api/v1/tokens/media",
    "/api/v1/config/",
    "/api/v1/checkauthn",
    "/api/v1/logout",
    "/api/v1/authorize",
    "/api/v1/preauthorize",
    "/api/v1/mediatoken",
    "/api/v1/authenticate/",
    "/api/v1/identities",
    "/adobe-services/config/",
)
_PATTERN: Final = re.compile(r"/api/v1/.+/profile-requests/.+|/reggie/v1/.+/regcode")


def throttled(path: str) -> bool:
    """Whether calls of `path`, as the backend has it, are counted: the page's list is closed."""
    return path.startswith(_PREFIXES) or _PATTERN.match(path) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class ThrottleWindow:
    """What is known of an address: since when, the slot of its last call, and the burst it has left.

    `id` is the address.
    """

    id: str
    started: Instant
    last_call: Instant
    burst_left: int = BURST


def count(
    window: ThrottleWindow | None, address: str, now: int, *, forget_after: int
) -> tuple[ThrottleWindow, bool]:
    """Count a call of `address`: its window afterwards, and whether the call is admitted.

    An address that was silent for `forget_after` milliseconds is a new one.
    """
    if window is None or not 0 <= now - window.last_call < forget_after:
        return ThrottleWindow(id=address, started=now, last_call=now), True
    free = _slot(window, now) > _slot(window, window.last_call)
    left = window.burst_left - (0 if free else 1)
    after = ThrottleWindow(
        id=address, started=window.started, last_call=now, burst_left=max(left, 0)
    )
    return after, left >= 0


def _slot(window: ThrottleWindow, moment: int) -> int:
    return (moment - window.started) // SLOT
