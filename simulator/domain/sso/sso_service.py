"""The SSO service: tokens for a person on several devices, and codes that tie a device in.

(Adobe: SSO service, SVC1)
"""

import hashlib
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

    `linked` says that it came in by a code.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkCode:
    """A code, good once, that ties another device to `subject`; `id` is the code."""

    id: str
    service_provider: str
    subject: str
    not_before: Instant
    not_after: Instant


def sso_device_id(service_provider: str, subject: str, device: str) -> str:
    """The id under which a person's device is kept."""
    text = f"{service_provider}\n{subject}\n{device}"
    return f"sso-device-{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:40]}"
