"""Profiles APIs: retrieve profiles, and the profile for a specific MVPD."""

from aiohttp import web

from simulator.http.endpoint import CONTEXT, SANDBOX_REF
from simulator.services.device import profiles

from .calls import device_call


async def retrieve(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/profiles` (Adobe: profiles, API6)."""
    return await profiles.all_profiles(
        request.app[CONTEXT], request[SANDBOX_REF], device_call(request)
    )


async def retrieve_for_mvpd(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/profiles/{mvpd}` (Adobe: profile by mvpd, API7)."""
    return await profiles.profile_by_mvpd(
        request.app[CONTEXT], request[SANDBOX_REF], device_call(request), request.match_info["mvpd"]
    )


async def retrieve_for_code(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/profiles/code/{code}` (Adobe: profile by code, API8)."""
    return await profiles.profile_by_code(
        request.app[CONTEXT], request[SANDBOX_REF], device_call(request), request.match_info["code"]
    )
