"""What old apps call: REST API V1, its registration codes, and the AccessEnabler."""

from aiohttp import web

from simulator.domain.operations import backend_path
from simulator.domain.texts import storable
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.services.device import legacy


async def refuse(request: web.Request) -> object:
    """Any verb below `/api/v1`, `/reggie/v1`, `/adobe-services` and `/entitlement`: 410, or 404."""
    path = storable(request.path)
    await legacy.refuse(
        request.app[CONTEXT],
        sandbox_of(request),
        method=request.method,
        path=backend_path(path),
        asked=f"{request.method} {path}",
    )
    raise web.HTTPNotFound
