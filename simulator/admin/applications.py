"""`/admin/v1/applications/{id}/…`: what the dashboard does to a software statement."""

from aiohttp import web

from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.services import resources

from .resources import shown


async def revoke(request: web.Request) -> object:
    """`POST applications/{id}/revoke`: every app that registered with its statement is locked out."""
    return await _set(request, revoked=True)


async def approve(request: web.Request) -> object:
    """`POST applications/{id}/approve`: the statement is good again, and so are its clients."""
    return await _set(request, revoked=False)


async def _set(request: web.Request, *, revoked: bool) -> object:
    found = await resources.change(
        request.app[SIMULATOR],
        request[HEAD],
        resources.APPLICATIONS,
        request.match_info["id"],
        {"revoked": revoked},
    )
    return shown(request, found)
