"""`/admin/v1` itself: what there is, and which version answers."""

import platform

from aiohttp import web

from simulator import __version__
from simulator.middleware.endpoints import ENDPOINTS, Surface


async def index(request: web.Request) -> object:
    """`GET /admin/v1`: every endpoint of the admin API."""
    found = {
        f"{endpoint.method} {endpoint.path}"
        for endpoint in request.app[ENDPOINTS].values()
        if endpoint.surface is Surface.ADMIN
    }
    return {"endpoints": sorted(found, key=lambda each: each.partition(" ")[::-1])}


async def version(request: web.Request) -> object:
    """`GET version`: the version of the simulator and of Python."""
    del request
    return {"version": __version__, "python": platform.python_version()}
