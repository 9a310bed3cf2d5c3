"""Profiles APIs: retrieve profiles, and the profile for a specific MVPD."""

from aiohttp import web

from simulator.services.device import profiles

from .calls import service_arguments


async def retrieve(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/profiles` (Adobe: profiles, API6)."""
    return await profiles.all_profiles(*service_arguments(request))


async def retrieve_for_mvpd(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/profiles/{mvpd}` (Adobe: profile by mvpd, API7)."""
    return await profiles.profile_by_mvpd(*service_arguments(request), request.match_info["mvpd"])


async def retrieve_for_code(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/profiles/code/{code}` (Adobe: profile by code, API8)."""
    return await profiles.profile_by_code(*service_arguments(request), request.match_info["code"])
