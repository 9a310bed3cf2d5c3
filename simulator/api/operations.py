"""What the real backend serves and this version does not simulate."""

from aiohttp import web

from simulator.services.errors import NotSimulated


async def not_simulated(request: web.Request) -> object:
    """501 with the reason, where the real backend would answer."""
    raise NotSimulated(
        f"{request.method} {request.path} is an operation of the real backend that this version "
        "does not simulate.",
        "GET /admin/v1/operations lists what is simulated and how far.",
    )
