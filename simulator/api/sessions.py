"""Sessions APIs: create, resume and retrieve an authentication session."""

from aiohttp import web

from simulator.http.endpoint import CONTEXT
from simulator.http.readers import FORM, form
from simulator.http.request_context import sandbox_of
from simulator.services.device import sessions
from simulator.services.device.sessions import Wanted

from .calls import device_call, service_arguments, session_arguments


async def create(request: web.Request) -> object:
    """`POST /api/v2/{serviceProvider}/sessions` (Adobe: create session, API2)."""
    wanted = await _wanted(request)
    return await sessions.create(*session_arguments(request), wanted)


async def resume(request: web.Request) -> object:
    """`POST /api/v2/{serviceProvider}/sessions/{code}` (Adobe: resume session, API3)."""
    wanted = await _wanted(request)
    return await sessions.resume(
        request.app[CONTEXT],
        sandbox_of(request),
        device_call(request),
        request.match_info["code"],
        wanted,
    )


async def retrieve(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/sessions/{code}` (Adobe: retrieve session, API4)."""
    return await sessions.retrieve(*service_arguments(request), request.match_info["code"])


async def retrieve_on_legacy_path(request: web.Request) -> object:
    """The path order of the page's samples, unless a switch says not to (Adobe: retrieve session, C1)."""
    code = request.match_info["code"]
    found = await sessions.retrieve(*service_arguments(request), code, legacy_path=True)
    if found is None:
        raise web.HTTPNotFound
    return found


async def _wanted(request: web.Request) -> Wanted:
    return Wanted(parameters=await form(request), typed=request.content_type == FORM)
