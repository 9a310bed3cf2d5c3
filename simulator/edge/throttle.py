"""429 for devices that call too often, where the sandbox throttles (Adobe: throttling, THR1)."""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.http.endpoint import CONTEXT, SANDBOX_REF, Surface, surface_of
from simulator.http.sandbox import readable
from simulator.services.device import throttle as throttling

_PAGE: Final = (
    "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n"
    "<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>openresty</center>\r\n"
    "</body>\r\n</html>\r\n"
)
_COUNTED: Final = frozenset({Surface.DEVICE, Surface.REGISTRATION})


@web.middleware
async def throttle(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn away calls of a device that the throttle does not admit."""
    ref = request.get(SANDBOX_REF)
    if ref is None or not ref.throttled or surface_of(request) not in _COUNTED:
        return await handler(request)
    if await throttling.admits(request.app[CONTEXT], ref, device_address(request)):
        return await handler(request)
    return too_many_requests()


def too_many_requests() -> web.Response:
    """The answer of the real backend's throttle: a page of its proxy, and no Retry-After."""
    return web.Response(
        status=429, text=_PAGE, content_type="text/html", headers={"Server": "openresty"}
    )


def device_address(request: web.Request) -> str:
    """The address that the device is known by: the first in X-Forwarded-For, else the peer's."""
    forwarded = request.headers.get("X-Forwarded-For", "").partition(",")[0].strip()
    return readable(forwarded) or request.remote or ""
