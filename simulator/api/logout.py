"""Logout APIs: initiate logout for a specific MVPD."""

from aiohttp import web

from simulator.http.readers import public_origin
from simulator.services.device import logout
from simulator.services.device.logout import Logout

from .calls import service_arguments


async def initiate(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/logout/{mvpd}` (Adobe: logout, API11)."""
    return await _log_out(request, legacy_path=False)


async def initiate_on_legacy_path(request: web.Request) -> object:
    """The path order of the page's seventh sample, served unless a switch says not to (Adobe: logout, C1)."""
    return await _log_out(request, legacy_path=True)


async def _log_out(request: web.Request, *, legacy_path: bool) -> object:
    simulator, sandbox, call = service_arguments(request)
    asked = Logout(
        call=call,
        mvpd=request.match_info["mvpd"],
        redirect_urls=request.query.getall("redirectUrl", []),
        origin=public_origin(request),
        legacy_path=legacy_path,
    )
    outcome = await logout.log_out(simulator, sandbox, asked)
    if outcome is None:
        raise web.HTTPNotFound
    return outcome
