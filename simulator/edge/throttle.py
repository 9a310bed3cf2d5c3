"""429 for devices that call too often, where the sandbox throttles (Adobe: throttling, THR1)."""

from typing import Final

from aiohttp import web

from simulator.domain.texts import storable
from simulator.http.request_context import context_of
from simulator.services.device import throttle as throttling

_PAGE: Final = (
    "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n"
    "<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>openresty</center>\r\n"
    "</body>\r\n</html>\r\n"
)


async def refusal(request: web.Request) -> web.Response | None:
    """The answer to a call of a device that the throttle does not admit; None where it does."""
    context = context_of(request)
    if await throttling.admits(context.simulator, context.sandbox, device_address(request)):
        return None
    return too_many_requests()


def too_many_requests() -> web.Response:
    """The answer of the real backend's throttle: a page of its proxy, and no Retry-After."""
    return web.Response(
        status=429, text=_PAGE, content_type="text/html", headers={"Server": "openresty"}
    )


def device_address(request: web.Request) -> str:
    """The address that the device is known by: the first in X-Forwarded-For, else the peer's."""
    forwarded = request.headers.get("X-Forwarded-For", "").partition(",")[0].strip()
    return storable(forwarded) or request.remote or ""
