"""The SSO service: tokens for a person on several devices, and codes that tie a device in.

(Adobe: SSO service, SVC1)
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from simulator.domain.members import Instant

ISSUER: Final = "ssoservicetoken"
"""The issuer of the service's tokens."""

TOKEN_LIFETIME: Final = 60 * 60
"""How long a token is good for, in seconds."""

RENEWABLE_FOR: Final = 24 * 60 * 60 * 1000
"""How long after its end a token can still be renewed, in milliseconds; the page says "recently"."""

CODE_LIFETIME: Final = 15 * 60 * 1000
"""How long a link code is good for, in milliseconds (Adobe: SSO service, C38)."""

CODE_LENGTH: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class SsoDevice:
    """A device of a person, as the list of devices shows it.

    `linked` says that it came in by a code, `unlinked_at` when it was let go: while that is set, the
    person's tokens do not count on it.
    """

    id: str
    service_provider: str
    subject: str
    device: str
    device_type: str | None = None
    model: str | None = None
    os: str | None = None
    os_version: str | None = None
    linked: bool = False
    last_seen: Instant
    unlinked_at: Instant | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkCode:
    """A code, good once, that ties another device to `subject`; `id` is the code."""

    id: str
    service_provider: str
    subject: str
    not_before: Instant
    not_after: Instant


_TYPES: Final[Mapping[str, str]] = {
    "MobilePhone": "mobile",
    "Tablet": "tablet",
    "TV": "smartTV",
    "SetTopBox": "smartTV",
    "GamesConsole": "smartTV",
    "MediaPlayer": "smartTV",
    "Desktop": "desktop",
}
_TYPES_OF_CATEGORIES: Final[Mapping[str, str]] = {
    "TV connected": "smartTV",
    "mobile": "mobile",
    "desktop": "desktop",
}


def device_type(hardware: str | None, system: str | None, category: str) -> str | None:
    """What the list of devices calls a device's type: smartTV, mobile or tablet (Adobe: SSO service, SVC3).

    `hardware` and `system` are primaryHardwareType and osName of its X-Device-Info, `category` is that
    of its platform. Desktops have a word of our own; None for what nobody can tell.
    """
    if hardware is not None and hardware in _TYPES:
        return _TYPES[hardware]
    if system == "iPadOS":
        return "tablet"
    return _TYPES_OF_CATEGORIES.get(category)


def sso_device_id(service_provider: str, subject: str, device: str) -> str:
    """The id under which a person's device is kept."""
    text = f"{service_provider}\n{subject}\n{device}"
    return f"sso-device-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:40]}"
