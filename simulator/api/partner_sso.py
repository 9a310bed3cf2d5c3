"""Partner single sign-on APIs: the partner's authentication request, and the profile of its response."""

from aiohttp import web

from simulator.http.endpoint import CONTEXT, Answer
from simulator.http.readers import FORM, form
from simulator.http.request_context import sandbox_of
from simulator.services.device import partner_sso
from simulator.services.device.sessions import Wanted

from .calls import device_call, session_arguments


async def request_login(request: web.Request) -> Answer:
    """`POST /api/v2/{serviceProvider}/sessions/sso/{partner}` (Adobe: partner request, API12)."""
    answered = await partner_sso.request_login(
        *session_arguments(request),
        request.match_info["partner"],
        await _wanted(request),
    )
    return Answer(body=answered.body, status=answered.status)


async def create_profile(request: web.Request) -> Answer:
    """`POST /api/v2/{serviceProvider}/profiles/sso/{partner}` (Adobe: partner profile, API13)."""
    answered = await partner_sso.create_profile(
        request.app[CONTEXT],
        sandbox_of(request),
        device_call(request),
        request.match_info["partner"],
        await _wanted(request),
    )
    return Answer(body=answered.body, status=answered.status)


async def _wanted(request: web.Request) -> Wanted:
    return Wanted(parameters=await form(request), typed=request.content_type == FORM)
