"""429 for devices that call too often, where the sandbox throttles (Adobe: throttling, THR1)."""

import base64
import hashlib
from email.utils import formatdate
from typing import Final

from aiohttp import hdrs, web

from simulator.domain.access.throttle import throttled
from simulator.domain.operations import backend_path
from simulator.http.origin import device_address
from simulator.http.request_context import context_of
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


async def refusal(request: web.Request) -> web.Response | None:
    """The answer to a call of a device that the throttle does not admit; None where it does."""
    if not throttled(backend_path(request.path)):
        return None
    context = context_of(request)
    address, _ = device_address(request)
    if await throttling.admits(context.simulator, context.sandbox, address or ""):
        return None
    return too_many_requests(request)


def too_many_requests(request: web.Request) -> web.Response:
    """The answer of the real backend's throttle: a page of its proxy, and no Retry-After.

    It has the cookies of the load balancer in front, and what browsers ask for, whoever asks
    (Adobe: throttling, THR2).
    """
    answer = web.Response(status=429, body=_PAGE, headers=_HEADERS)
    context = context_of(request)
    made = hashlib.shake_256(context.id.encode()).digest(_COOKIE_SIZE)
    ends = formatdate(context.simulator.clock.now() / 1000 + _COOKIE_LIFETIME, usegmt=True)
    for name, more in (("AWSALB", ""), ("AWSALBCORS", "; SameSite=None; Secure")):
        cookie = f"{name}={base64.b64encode(made).decode()}; Expires={ends}; Path=/{more}"
        answer.headers.add(hdrs.SET_COOKIE, cookie)
    return answer
