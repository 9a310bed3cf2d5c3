"""Which faults strike a request, and the chain of their actions around the handler."""

import json
from collections.abc import Mapping
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.domain.faults import DECISIONS, Fault
from simulator.middleware.endpoints import (
    HEAD,
    ITEM_FAULTS,
    RESOLVED,
    SIMULATOR,
    Endpoint,
    endpoint_of,
)
from simulator.middleware.errors import answered
from simulator.middleware.forms import form
from simulator.middleware.sandbox import bearer, device_of, readable
from simulator.services.device.faults import Observed, meet

from . import (
    close,
    delay,
    error,
    garble,
    hang,
    reset,
    slow_body,
    status,
    throttle,
    truncate,
)
from .actions import Action, Proceed

_ACTIONS: Final[Mapping[str, Action]] = {
    "error": error.answer,
    "status": status.answer,
    "delay": delay.wait,
    "hang": hang.wait,
    "reset": reset.break_off,
    "close": close.break_off,
    "truncate": truncate.cut,
    "garble": garble.spoil,
    "slow_body": slow_body.drip,
    "throttle": throttle.refuse,
}


@web.middleware
async def faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the request fail in the ways that are ordered for it, if any."""
    found, endpoint = request.get(RESOLVED), endpoint_of(request)
    if found is None or not found.faulty or endpoint is None or endpoint.operation is None:
        return await handler(request)
    observed = await _observed(request, endpoint, endpoint.operation)
    struck = await meet(request.app[SIMULATOR], request[HEAD], observed)
    request[ITEM_FAULTS] = struck.on_items

    async def handled() -> web.StreamResponse:
        return await answered(request, handler)

    proceed: Proceed = handled
    for fault in reversed(struck.on_answer):
        proceed = _behind(fault, request, proceed)
    return await proceed()


def _behind(fault: Fault, request: web.Request, proceed: Proceed) -> Proceed:
    act = _ACTIONS[str(fault.action["kind"])]

    async def step() -> web.StreamResponse:
        return await act(request, fault.action, proceed)

    return step


async def _observed(request: web.Request, endpoint: Endpoint, operation: str) -> Observed:
    path, headers = request.match_info, request.headers
    text = bearer(request)
    token = request.app[SIMULATOR].keys.read(text) if text else None
    mvpd = path.get("mvpd")
    if mvpd is None and endpoint.method == "POST":
        mvpd = next(iter((await form(request)).get("mvpd", ())), None)
    return Observed(
        operation=operation,
        service_provider=path.get("service_provider"),
        mvpd=mvpd,
        device=device_of(request),
        client=token.client if token else None,
        info=headers.get("X-Device-Info"),
        user_agent=readable(headers.get("User-Agent", "")),
        code=path.get("code"),
        resources=await _resources(request) if operation in DECISIONS else (),
    )


async def _resources(request: web.Request) -> tuple[str, ...]:
    """The resources of the body, as far as it names any."""
    try:
        members = json.loads(await request.read())
    except (ValueError, RecursionError):
        return ()
    found = members.get("resources") if isinstance(members, dict) else None
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()
