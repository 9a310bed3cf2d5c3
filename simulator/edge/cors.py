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
"""What answers say to pages of other origins, but for which one may read them."""


def is_preflight(request: web.Request) -> bool:
    """Whether a browser asks what it may send before it sends that."""
    return (
        request.method == hdrs.METH_OPTIONS
        and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    )


def allow_origin(response: web.StreamResponse, origin: str) -> None:
    """Let pages of `origin` read the answer."""
    headers = response.headers
    headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
    headers.update(CORS_HEADERS)
    headers.add(hdrs.VARY, hdrs.ORIGIN)
