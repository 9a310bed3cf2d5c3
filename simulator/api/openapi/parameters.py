"""The parameters of the device-facing API: segments of paths, headers and queries."""

from collections.abc import Mapping
from typing import Any, Final

Parameter = Mapping[str, Any]

_TEXT: Final = {"type": "string", "minLength": 1}


def _segment(name: str, about: str, example: str, schema: Mapping[str, Any] = _TEXT) -> Parameter:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": about,
        "schema": schema,
        "example": example,
    }


def _header(name: str, about: str, example: str, *, required: bool = False) -> Parameter:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": about,
        "schema": {"type": "string"},
        "example": example,
    }


def query(name: str, about: str, example: str, *, required: bool = False) -> Parameter:
    """A parameter of the query."""
    return {**_header(name, about, example, required=required), "in": "query"}


# By the names that the paths of `routes.py` use.
SEGMENTS: Final[Mapping[str, Parameter]] = {
    "service_provider": _segment(
        "service_provider", "The channel or brand that the app is for.", "REF30"
    ),
    "mvpd": _segment("mvpd", "The pay-TV provider.", "Cablevision"),
    "code": _segment("code", "The code of an authentication session.", "K4T9WQ7"),
    "partner": _segment("partner", "The partner; there is Apple, in any case.", "Apple"),
    "media_company": _segment(
        "media_company", "The owner of the service provider; any name will do.", "lab"
    ),
    "measure": _segment(
        "measure",
        "The degradation rule.",
        "authnAll",
        {"type": "string", "enum": ["authnAll", "authzAll", "authzNone", "all"]},
    ),
}

DEVICE: Final = _header(
    "AP-Device-Identifier",
    "The device: `fingerprint`, a blank, and the Base64 of its identifier.",
    "fingerprint YmVkcm9vbS10dg==",
    required=True,
)
INFO: Final = _header(
    "X-Device-Info",
    "What the device says of itself: the Base64 of a JSON object. Missing or unreadable, it is of an "
    "unknown platform; the switch `device_info: strict` refuses that.",
    "eyJvc05hbWUiOiJSb2t1IE9TIn0=",
)
FORWARDED: Final = _header(
    "X-Forwarded-For", "The address of the device, where a server calls for it.", "203.0.113.24"
)
SUBJECT_TOKEN: Final = _header(
    "Adobe-Subject-Token", "The platform's account, as a JWS.", "eyJhbGciOiJSUzI1NiJ9.eyJ9.c2ln"
)
ROKU_TOKEN: Final = _header(
    "X-Roku-Reserved-Roku-Connect-Token",
    "The same from Roku's platform.",
    "eyJhbGciOiJSUzI1NiJ9.eyJ9.c2ln",
)
SERVICE_TOKEN: Final = _header(
    "AD-Service-Token", "The viewer, as a JWS.", "eyJhbGciOiJSUzI1NiJ9.eyJ9.c2ln"
)
PARTNER_STATUS: Final = _header(
    "AP-Partner-Framework-Status",
    "What the partner's framework permits: the Base64 of a JSON object.",
    "eyJmcmFtZXdvcmtQZXJtaXNzaW9uSW5mbyI6e319",
)
IDENTITY: Final = _header(
    "AP-TempPass-Identity",
    "The user of a promotional TempPass, in Base64.",
    "eyJlbWFpbCI6ImEifQ==",
)
VISITOR: Final = _header(
    "AP-Visitor-Identifier", "The Experience Cloud's id of the visitor; it has no effect.", "4155"
)
SANDBOX: Final = _header(
    "X-Sim-Sandbox", "The sandbox that the request belongs to, when nothing else says so.", "ci-42"
)
SSO_ID: Final = _header("X-SSO-ID", "The person.", "person-1")
SSO_LINK: Final = _header("X-SSO-LINK", "A code that stands for the person.", "123456")

SINGLE_SIGN_ON: Final = (SUBJECT_TOKEN, ROKU_TOKEN, SERVICE_TOKEN)

SHARED: Final[Mapping[str, Parameter]] = {
    each["name"]: each
    for each in (
        *SEGMENTS.values(),
        DEVICE,
        INFO,
        FORWARDED,
        *SINGLE_SIGN_ON,
        PARTNER_STATUS,
        IDENTITY,
        VISITOR,
        SANDBOX,
    )
}
"""The parameters that several operations have, by name."""
