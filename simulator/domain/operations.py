"""What the operations of the device surface are called, by faults, journal and verification."""

from typing import Final

LEGACY: Final = "legacy"
"""Any call of REST API V1 or the AccessEnabler."""

OPERATION_NAMES: Final = (
    "register",
    "token",
    "configuration",
    "create_session",
    "resume_session",
    "get_session",
    "authenticate",
    "profiles",
    "profile_by_mvpd",
    "profile_by_code",
    "preauthorize",
    "authorize",
    "logout",
    "partner_session",
    "partner_profile",
    "reset_temp_pass",
    "degradation",
    "sso_service",
    "esm",
    LEGACY,
)

PAGE_NAMES: Final = (
    "start_login",
    "provider_login",
    "finish_login",
    "start_logout",
    "provider_logout",
    "second_screen",
)
"""What the pages are called that a login or logout leads a user agent through."""
