"""`/`: what a browser finds at the simulator's address, and where to go on from there."""

from typing import Final

from aiohttp import web

from simulator import __version__
from simulator.http.endpoint import ENDPOINTS
from simulator.http.pages import page
from simulator.http.readers import public_origin
from simulator.http.request_context import context_of

# Path, what it is called, and what it is for. Shown is what is served, and a page of the documentation.
_PLACES: Final = (
    ("/docs", "Documentation", "from the first login to the last error code"),
    ("/console", "Console", "the devices that call, and what each request did and why"),
    ("/activate", "Activate a TV", "type the code on its screen and log in"),
    ("/certs", "Certificates", "what a device has to trust before it speaks HTTPS with this"),
    ("/admin/v1/docs", "Admin API", "seed, reset, move time, break things; to read and to copy"),
    ("/docs/reference-device-api", "Device API", "what apps call, each with a call to copy"),
)
# Elsewhere is what belongs to the instance and not to one of its sandboxes.
_OF_SANDBOX: Final = frozenset({"/console", "/activate"})


async def show(request: web.Request) -> web.Response:
    """`GET /`: where to go on from here."""
    served = {each.path for each in request.app[ENDPOINTS]}
    own = public_origin(request)
    instance = own.removesuffix(f"/s/{context_of(request).prefix}")
    return page(
        request,
        "start.html",
        title="pass-simulator",
        version=__version__,
        origin=own,
        places=[
            {"url": (own if path in _OF_SANDBOX else instance) + path, "name": name, "about": about}
            for path, name, about in _PLACES
            if path in served or path.startswith("/docs/")
        ],
    )
