"""The operations of the device surface: names, methods, paths, and the pages of Adobe's documentation."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """An operation as it is called: its name for faults, journal and verification, method and path.

    `page` is what citations call Adobe's page on it. One that is not `simulated` answers 501.
    """

    name: str
    method: str
    path: str
    page: str
    simulated: bool = True


_V2: Final = "/api/v2/{service_provider}"
_DEGRADATION: Final = "/control/v3/degradation/{media_company}/{measure}"

OPERATIONS: Final = tuple(
    Operation(name=name, method=method, path=path, page=page, simulated=name != "esm")
    for name, method, path, page in (
        ("register", "POST", "/o/client/register", "client credentials"),
        ("token", "POST", "/o/client/token", "access token"),
        ("configuration", "GET", f"{_V2}/configuration", "configuration"),
        ("create_session", "POST", f"{_V2}/sessions", "create session"),
        ("resume_session", "POST", f"{_V2}/sessions/{{code}}", "resume session"),
        ("get_session", "GET", f"{_V2}/sessions/{{code}}", "retrieve session"),
        ("get_session", "GET", "/api/v2/sessions/{service_provider}/{code}", "retrieve session"),
        ("authenticate", "GET", "/api/v2/authenticate/{service_provider}/{code}", "user agent"),
        ("profiles", "GET", f"{_V2}/profiles", "profiles"),
        ("profile_by_mvpd", "GET", f"{_V2}/profiles/{{mvpd}}", "profile by mvpd"),
        ("profile_by_code", "GET", f"{_V2}/profiles/code/{{code}}", "profile by code"),
        ("preauthorize", "POST", f"{_V2}/decisions/preauthorize/{{mvpd}}", "preauthorization"),
        ("authorize", "POST", f"{_V2}/decisions/authorize/{{mvpd}}", "authorization"),
        ("logout", "GET", f"{_V2}/logout/{{mvpd}}", "logout"),
        ("logout", "GET", "/api/v2/logout/{service_provider}/{mvpd}", "logout"),
        ("partner_session", "POST", f"{_V2}/sessions/sso/{{partner}}", "partner request"),
        ("partner_profile", "POST", f"{_V2}/profiles/sso/{{partner}}", "partner profile"),
        ("reset_temp_pass", "DELETE", "/reset-tempass/v3/reset", "TempPass"),
        ("reset_temp_pass", "DELETE", "/reset-tempass/v3/reset/generic", "TempPass"),
        ("degradation", "GET", _DEGRADATION, "degradation"),
        ("degradation", "POST", _DEGRADATION, "degradation"),
        ("degradation", "DELETE", _DEGRADATION, "degradation"),
        ("sso_service", "POST", "/api/{service_provider}/serviceToken", "SSO service"),
        ("sso_service", "GET", "/api/{service_provider}/serviceToken", "SSO service"),
        ("sso_service", "POST", "/api/{service_provider}/link", "SSO service"),
        ("sso_service", "POST", "/api/{service_provider}/unlink", "SSO service"),
        ("sso_service", "GET", "/api/{service_provider}/list", "SSO service"),
        ("esm", "GET", "/esm/v3", "ESM"),
    )
)

DOCUMENTED: Final = tuple(dict.fromkeys(each.name for each in OPERATIONS))
"""The name of each operation, once."""


def unprefixed(path: str) -> str:
    """`path` without our own prefix for a sandbox."""
    if path.startswith("/s/"):
        return "/" + path.removeprefix("/s/").partition("/")[2]
    return path


def backend_path(path: str) -> str:
    """`path` as the backend has it: without our prefix for a sandbox, and no slash at its end."""
    return unprefixed(path).rstrip("/")


LEGACY: Final = "legacy"
"""Any call of REST API V1 or the AccessEnabler."""

OPERATION_NAMES: Final = (*DOCUMENTED, LEGACY)

PAGE_NAMES: Final = (
    "start_login",
    "provider_login",
    "finish_login",
    "start_logout",
    "provider_logout",
    "second_screen",
)
"""What the pages are called that a login or logout leads a user agent through."""
