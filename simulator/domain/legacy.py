"""Calls of old apps: what they were, and what takes their place in REST API V2 (Adobe: faq, LEG1)."""

import re
from dataclasses import dataclass
from typing import Final

_V1: Final = "REST API V1"
_SDK: Final = "the AccessEnabler SDK"

_PROFILES: Final = (
    "GET /api/v2/{serviceProvider}/profiles, …/profiles/{mvpd} or …/profiles/code/{code}"
)
_SESSIONS: Final = "POST /api/v2/{serviceProvider}/sessions"
_AUTHENTICATE: Final = (
    "GET /api/v2/authenticate/{serviceProvider}/{code}, or on a second screen "
    "POST /api/v2/{serviceProvider}/sessions/{code} before it"
)
_AUTHORIZE: Final = "POST /api/v2/{serviceProvider}/decisions/authorize/{mvpd}"
_PREAUTHORIZE: Final = "POST /api/v2/{serviceProvider}/decisions/preauthorize/{mvpd}"
_LOGOUT: Final = "GET /api/v2/{serviceProvider}/logout/{mvpd}"
_CONFIGURATION: Final = "GET /api/v2/{serviceProvider}/configuration"


@dataclass(frozen=True, kw_only=True, slots=True)
class LegacyCall:
    """A call that an old app makes: what it belongs to, and the call that takes its place."""

    api: str
    replacement: str


# API, verb, path, replacement; the first row that fits counts.
_ROWS: Final = tuple(
    (verb, re.compile(path), LegacyCall(api=api, replacement=replacement))
    for api, verb, path, replacement in (
        (_V1, ".*", "/api/v1/config/.+", _CONFIGURATION),
        (_V1, "GET", "/reggie/v1/(.+/)?regcode/[^/]+",
         "GET /api/v2/{serviceProvider}/sessions/{code}"),
        (_V1, "DELETE", "/reggie/v1/(.+/)?regcode/[^/]+",
         "nothing: a code of REST API V2 ends by itself"),
        (_V1, ".*", "/reggie/v1(/.*)?", _SESSIONS),
        (_V1, ".*", "/api/v1/authenticate/freepreview",
         f"nothing: {_AUTHORIZE} begins the trial of a TempPass"),
        (_V1, ".*", "/api/v1/authenticate(/.*)?", _AUTHENTICATE),
        (_V1, "POST", "/api/v1/tokens/authn",
         "POST /api/v2/{serviceProvider}/profiles/sso/{partner}"),
        (_V1, ".*", "/api/v1/(checkauthn(/.+)?|tokens/authn|tokens/usermetadata|identities)",
         _PROFILES),
        (_V1, ".*", "/api/v1/.+/profile-requests/.+",
         "POST /api/v2/{serviceProvider}/sessions/sso/{partner}"),
        (_V1, ".*", "/api/v1/preauthorize(/.+)?", _PREAUTHORIZE),
        (_V1, ".*", "/api/v1/(authorize|tokens/authz|tokens/media|mediatoken)", _AUTHORIZE),
        (_V1, ".*", "/api/v1/logout", _LOGOUT),
        (_V1, ".*", "/api/v1(/.*)?", "a call of REST API V2"),
        (_SDK, ".*", "/adobe-services/config(/.*)?", _CONFIGURATION),
        (_SDK, ".*", "/adobe-services/(.+/)?(authorize|shortAuthorize)", _AUTHORIZE),
        (_SDK, ".*", "/adobe-services/(.+/)?preauthorize", _PREAUTHORIZE),
        (_SDK, ".*", "/adobe-services/(.+/)?authenticate(/.*)?", _SESSIONS),
        (_SDK, ".*", "/adobe-services(/.*)?", "a call of REST API V2"),
        (_SDK, ".*", "/entitlement/(.+/)?AccessEnabler[^/]*", "a client of REST API V2"),
    )
)  # fmt: skip
_FORMAT: Final = re.compile(r"\.(json|xml)$")


def legacy_call(method: str, path: str) -> LegacyCall | None:
    """The call of an old app that a request is, by its path as the backend has it; None if it is none."""
    plain = _FORMAT.sub("", path.rstrip("/"))
    for verb, pattern, call in _ROWS:
        if re.fullmatch(verb, method) and pattern.fullmatch(plain):
            return call
    return None
