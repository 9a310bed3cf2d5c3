"""429 for devices that call too often, where the sandbox throttles (Adobe: throttling, THR1)."""

import base64
import hashlib
from email.utils import formatdate
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from simulator.domain.access.throttle import throttled
from simulator.domain.conduct.calls import backend_path
from simulator.http.endpoint import CONTEXT, REQUEST_ID, SANDBOX_REF, Surface, surface_of
from simulator.http.sandbox import readable
from simulator.services.device import throttle as throttling

from .cors import CORS_HEADERS

_PAGE: Final = (
    b"<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n"
    b"<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>openresty</center>\r\n"
    b"</body>\r\n</html>\r\n"
)
_HEADERS: Final = {
    **CORS_HEADERS,
    hdrs.CONTENT_TYPE: "text/html",
    hdrs.SERVER: "openresty",
    "P3P": 'CP="NOI DSP COR CURa ADMa DEVa OUR BUS IND UNI COM NAV STA"',
}
_COOKIE_SIZE: Final = 96
_COOKIE_LIFETIME: Final = 7 * 86_400
_COUNTED: Final = frozenset({Surface.DEVICE, Surface.REGISTRATION})


@web.middleware
async def throttle(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn away calls of a device that the throttle does not admit."""
    ref = request.get(SANDBOX_REF)
    if ref is None or not ref.throttled or not _is_counted(request):
        return await handler(request)
    if await throttling.admits(request.app[CONTEXT], ref, device_address(request)):
        return await handler(request)
    return too_many_requests(request)


def _is_counted(request: web.Request) -> bool:
    return surface_of(request) in _COUNTED and throttled(backend_path(request.path))


def too_many_requests(request: web.Request) -> web.Response:
    """The answer of the real backend's throttle: a page of its proxy, and no Retry-After.

    It has the cookies of the load balancer in front, and what browsers ask for, whoever asks
    (Adobe: throttling, THR2).
    """
    answer = web.Response(status=429, body=_PAGE, headers=_HEADERS)
    made = hashlib.shake_256(request[REQUEST_ID].encode()).digest(_COOKIE_SIZE)
    ends = formatdate(request.app[CONTEXT].clock.now() / 1000 + _COOKIE_LIFETIME, usegmt=True)
    for name, more in (("AWSALB", ""), ("AWSALBCORS", "; SameSite=None; Secure")):
        cookie = f"{name}={base64.b64encode(made).decode()}; Expires={ends}; Path=/{more}"
        answer.headers.add(hdrs.SET_COOKIE, cookie)
    return answer


def device_address(request: web.Request) -> str:
    """The address that the device is known by: the first in X-Forwarded-For, else the peer's."""
    forwarded = request.headers.get("X-Forwarded-For", "").partition(",")[0].strip()
    return readable(forwarded) or request.remote or ""
