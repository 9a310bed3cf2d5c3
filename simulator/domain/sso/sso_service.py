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


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceErrorKind:
    """One of the service's own error codes: status, `action`, and what it means."""

    code: str
    status: int
    action: str
    message: str


class ServiceError(Exception):
    """An answer in the service's own error shape; `status` where the page gives another one."""

    def __init__(self, code: str, message: str | None = None, *, status: int | None = None) -> None:
        self.kind = SERVICE_ERRORS[code]
        self.status = status or self.kind.status
        self.message = message or self.kind.message
        super().__init__(f"{code}: {self.message}")


# code, status, action, message
_TABLE: Final = (
    ("header_missing", 400, "check_headers", "A header is missing."),
    ("header_invalid", 401, "check_headers", "A header is invalid."),
    ("token_invalid", 400, "get_new_token", "The service token is none of this service."),
    ("token_expired", 401, "get_new_token", "The service token has expired."),
    ("request_null", 400, "check_request_body", "The body is missing."),
    ("request_invalid", 400, "check_request_body", "The body cannot be read."),
    ("unauthorized", 401, "get_new_token", "The access token is missing, invalid or expired."),
    ("internal_error", 500, "none", "The server met an unexpected condition."),
)

SERVICE_ERRORS: Final = {
    code: ServiceErrorKind(code=code, status=status, action=action, message=message)
    for code, status, action, message in _TABLE
}
