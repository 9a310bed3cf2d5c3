"""`/admin/v1/profiles/{id}/…`: actions on a stored profile."""

from aiohttp import web

from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.services import profile_actions

from .views import view


async def invalidate(request: web.Request) -> object:
    """`POST profiles/{id}/invalidate`: the MVPD ended the login."""
    return view(
        await profile_actions.invalidate(
            request.app[SIMULATOR], request[HEAD], request.match_info["id"]
        )
    )


async def expire(request: web.Request) -> object:
    """`POST profiles/{id}/expire`: the profile's time is over now."""
    return view(
        await profile_actions.expire(
            request.app[SIMULATOR], request[HEAD], request.match_info["id"]
        )
    )
