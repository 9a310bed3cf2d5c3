"""Calls from pages of other origins: what browsers ask first, and what they are told.

(Adobe: throttling, THR2)
"""

from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web

# Of headers, those of the real backend's answer, then those of REST API V2 that web apps send as well.
CORS_HEADERS: Final[Mapping[str, str]] = {
    # Credentials are allowed, so the origin must be named: browsers accept no asterisk then.
    hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS: "true",
    hdrs.ACCESS_CONTROL_ALLOW_METHODS: "POST,GET,OPTIONS,DELETE",
    hdrs.ACCESS_CONTROL_ALLOW_HEADERS: (
        "ap_11, ap_42, ap_z, ap_19, ap_21, ap_23, authorization, content-type, pass_sfp, "
        "AP-Session-Identifier, AP-Device-Identifier, AP-SDK-Identifier, X-Device-Info, "
        "Adobe-Subject-Token, AD-Service-Token, AP-Partner-Framework-Status, AP-TempPass-Identity, "
        "AP-Visitor-Identifier, X-SSO-ID, X-SSO-LINK, X-Sim-Sandbox"
    ),
    hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: (
        "pass_sfp, Authzf-Error-Code, Authzf-Sub-Error-Code, Authzf-Error-Details, "
        "X-Sim-Sandbox, X-Sim-Generation, X-Sim-Request-Id"
    ),
}
"""What answers to devices say to pages of other origins, but for which one may read them."""

_ADMIN_METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
_PRIVATE_NETWORK: Final = "Access-Control-{}-Private-Network"
_MINUTES: Final = "600"


def is_preflight(request: web.Request) -> bool:
    """Whether a browser asks what it may send before it sends that."""
    return (
        request.method == hdrs.METH_OPTIONS
        and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    )


def device_headers(origin: str) -> Mapping[str, str]:
    """What lets pages of `origin` read an answer to a device."""
    return {**CORS_HEADERS, **_readable_by(origin)}


def admin_headers(request: web.Request, origin: str) -> Mapping[str, str]:
    """What lets pages of `origin` read an answer of the admin API, and send what a preflight asks for.

    Cookies are of no use there, so none are allowed.
    """
    found = {**_readable_by(origin), hdrs.ACCESS_CONTROL_EXPOSE_HEADERS: "*"}
    if is_preflight(request):
        asked = request.headers
        found[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = _ADMIN_METHODS
        found[hdrs.ACCESS_CONTROL_MAX_AGE] = _MINUTES
        if names := asked.get(hdrs.ACCESS_CONTROL_REQUEST_HEADERS):
            found[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = names
        if _PRIVATE_NETWORK.format("Request") in asked:
            # A page of a public address asks this before it calls one of a private network.
            found[_PRIVATE_NETWORK.format("Allow")] = "true"
    return found


def _readable_by(origin: str) -> Mapping[str, str]:
    return {hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: origin, hdrs.VARY: hdrs.ORIGIN}
