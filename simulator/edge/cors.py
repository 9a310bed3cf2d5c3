"""Calls from pages of other origins: what browsers ask first, and what they are told.

(Adobe: throttling, THR2)
"""

from collections.abc import Mapping
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from simulator.http.endpoint import SANDBOX_REF, Surface, surface_of
from simulator.http.errors import answered

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
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        response.headers.update(CORS_HEADERS)
        response.headers.add(hdrs.VARY, hdrs.ORIGIN)
    return response
