"""Calls from pages of other origins: what browsers ask first, and what they are told.

(Adobe: throttling, THR2)
"""

from typing import Final

from aiohttp import hdrs, web

_METHODS: Final = "POST,GET,OPTIONS,DELETE"
# Those of the real backend's answer, and the headers of REST API V2 that web apps send as well.
_HEADERS: Final = (
    "authorization, content-type, pass_sfp, AP-Session-Identifier, AP-Device-Identifier, "
    "AP-SDK-Identifier, X-Device-Info, Adobe-Subject-Token, AD-Service-Token, "
    "AP-Partner-Framework-Status, AP-TempPass-Identity, AP-Visitor-Identifier, X-SSO-ID, "
    "X-SSO-LINK, X-Sim-Sandbox"
)
_EXPOSED: Final = (
    "pass_sfp, Authzf-Error-Code, Authzf-Sub-Error-Code, Authzf-Error-Details, "
    "X-Sim-Sandbox, X-Sim-Generation, X-Sim-Request-Id"
)


def asks(request: web.Request) -> bool:
    """Whether a browser asks what it may send before it sends that."""
    return (
        request.method == hdrs.METH_OPTIONS
        and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    )


def let_in(response: web.StreamResponse, origin: str) -> None:
    """Let pages of `origin` read the answer."""
    headers = response.headers
    # Credentials are allowed, so the origin must be named: browsers accept no asterisk then.
    headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
    headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
    headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = _METHODS
    headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = _HEADERS
    headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = _EXPOSED
    headers.add(hdrs.VARY, hdrs.ORIGIN)
