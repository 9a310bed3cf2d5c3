"""Calls from pages of other origins: what browsers ask first, and what they are told.

(Adobe: throttling, THR2)
"""

from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from simulator.http.endpoint import SANDBOX_REF, Surface, surface_of
from simulator.http.errors import answered

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
_OPEN: Final = frozenset({Surface.DEVICE, Surface.REGISTRATION})


@web.middleware
async def cors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let browsers call the device-facing API from any origin, unless the sandbox says no."""
    origin, ref = request.headers.get(hdrs.ORIGIN), request.get(SANDBOX_REF)
    if origin is None or ref is None or not ref.cors or surface_of(request) not in _OPEN:
        return await handler(request)
    if (
        request.method == hdrs.METH_OPTIONS
        and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    ):
        response: web.StreamResponse = web.Response(status=200)
    else:
        response = await answered(request, handler)
    if not response.prepared:
        # Credentials are allowed, so the origin must be named: browsers accept no asterisk then.
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = _METHODS
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = _HEADERS
        response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = _EXPOSED
        response.headers.add(hdrs.VARY, hdrs.ORIGIN)
    return response
