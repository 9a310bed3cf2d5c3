"""Faults on the wire: a request that is struck meets one action after the other, around its handler."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from aiohttp import hdrs, web

from simulator.domain.errors import ERRORS, EnhancedError, ErrorKind
from simulator.domain.faults import DECISIONS, Fault
from simulator.domain.latency import LONGEST, seconds
from simulator.domain.texts import storable
from simulator.http.bodies import body_of
from simulator.http.endpoint import Handler, Surface, json_response
from simulator.http.errors import answer, answered
from simulator.http.readers import form
from simulator.http.request_context import context_of, is_connected
from simulator.services.device.faults import Observed, meet

from .throttle import too_many_requests

Proceed = Callable[[], Awaitable[web.StreamResponse]]
"""Go on to the next action, and at last to the handler: the answer that they make."""

Action = Callable[[web.Request, Mapping[str, Any], Proceed], Awaitable[web.StreamResponse]]
"""An action: does its work on the request, with the members that the fault gives it."""

# How soon it is noticed that the client has given up.
_CHECK_SECONDS: Final = 0.2
# Linger for no time at all: closing then sends RST instead of FIN.
_AT_ONCE: Final = struct.pack("ii", 1, 0)
# Turned over, every byte of ASCII becomes one that is neither ASCII nor the start of a letter in UTF-8.
_OVER: Final = 0xFF
_PIECES: Final = 10


async def with_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What `handler` answers, failing in the ways that are ordered for the request, if any."""
    context = context_of(request)
    struck = await meet(context.simulator, context.sandbox, await _observed(request))
    context.item_faults = struck.on_items
    proceed: Proceed = partial(answered, request, handler)
    for fault in reversed(struck.on_answer):
        proceed = _behind(fault, request, proceed)
    return await proceed()


def _behind(fault: Fault, request: web.Request, proceed: Proceed) -> Proceed:
    act = APPLIED[str(fault.action["kind"])]

    async def step() -> web.StreamResponse:
        return await act(request, fault.action, proceed)

    return step


async def _observed(request: web.Request) -> Observed:
    path, headers, context = request.match_info, request.headers, context_of(request)
    operation = context.endpoint.operation if context.endpoint is not None else None
    mvpd = path.get("mvpd")
    if mvpd is None and request.method == hdrs.METH_POST:
        mvpd = next(iter((await form(request)).get("mvpd", ())), None)
    return Observed(
        operation=operation or "",
        service_provider=path.get("service_provider"),
        mvpd=mvpd,
        device=context.device,
        client=context.token.client if context.token else None,
        info=headers.get("X-Device-Info"),
        user_agent=storable(headers.get("User-Agent", "")),
        code=path.get("code"),
        resources=await _resources(request) if operation in DECISIONS else (),
    )


async def _resources(request: web.Request) -> tuple[str, ...]:
    """The resources of the body, as far as it names any."""
    try:
        members = json.loads(await body_of(request))
    except (ValueError, RecursionError):
        return ()
    found = members.get("resources") if isinstance(members, dict) else None
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


async def _answer_error(
    request: web.Request, action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """The error `code`, with the members of its row unless the fault gives others."""
    row = ERRORS.get(action["code"], _UNKNOWN)
    told = {
        name: action[name] for name in ("code", "status", "action", "message") if action.get(name)
    }
    error = EnhancedError(replace(row, **told), details=action.get("details"))
    if (explanation := context_of(request).explanation) is not None:
        explanation.forced.append(error.code)
    if context_of(request).surface is Surface.REGISTRATION:
        return json_response({"error": error.code}, error.status)
    return await answer(request, error)


_UNKNOWN: Final = ErrorKind(
    code="", status=500, action="none", message="A fault was ordered for this request."
)


async def _answer_status(
    _request: web.Request, action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """The status, body, type and headers that the fault gives."""
    return web.Response(
        status=action["status"],
        body=action.get("body", "").encode(),
        headers={
            "Content-Type": action.get("content_type", "text/html"),
            **action.get("headers", {}),
        },
    )


async def _delay(
    request: web.Request, action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """Wait for as long as the fault says, then go on."""
    await asyncio.sleep(seconds(action, context_of(request).simulator.ids.chance()))
    return await proceed()


async def _hang(
    request: web.Request, action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """Wait until the client gives up or the time is over; then close."""
    left = float(action.get("seconds", LONGEST))
    while left > 0 and is_connected(request):
        await asyncio.sleep(min(left, _CHECK_SECONDS))
        left -= _CHECK_SECONDS
    return await _close(request, action, proceed)


async def _close(
    request: web.Request, _action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """Close the connection; the response that is returned reaches nobody."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def _reset(
    request: web.Request, _action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """Reset the connection; the response that is returned reaches nobody."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
    return web.Response()


async def _truncate(
    request: web.Request, action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """Promise the whole body, send its first `after` bytes, and close."""
    started, body = await _begin(request, await proceed())
    await started.write(body[: action.get("after", 0)])
    if request.transport is not None:
        request.transport.close()
    return started


async def _garble(
    _request: web.Request, _action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """The same head and length, every byte of the body turned over."""
    answer = await proceed()
    if isinstance(answer, web.Response) and isinstance(answer.body, bytes | bytearray):
        answer.body = bytes(each ^ _OVER for each in answer.body)
    return answer


async def _send_slowly(
    request: web.Request, action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """Send the body in pieces, the last one after `seconds`."""
    started, body = await _begin(request, await proceed())
    # Without a body, all is said with the head.
    pieces = min(int(action.get("pieces", _PIECES)), len(body))
    for number in range(pieces):
        await asyncio.sleep(float(action["seconds"]) / pieces)
        await started.write(body[len(body) * number // pieces : len(body) * (number + 1) // pieces])
    await started.write_eof()
    return started


async def _refuse(
    request: web.Request, _action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """429, as the throttle gives it."""
    return too_many_requests(request)


async def _begin(
    request: web.Request, answer: web.StreamResponse
) -> tuple[web.StreamResponse, bytes]:
    """Send the head of `answer`, which promises its whole body; the body is the caller's to send."""
    body = bytes(answer.body or b"") if isinstance(answer, web.Response) else b""  # type: ignore[arg-type]
    started = web.StreamResponse(status=answer.status, headers=answer.headers)
    started.content_length = len(body)
    await context_of(request).start(request, started)
    return started, body


APPLIED: Final[Mapping[str, Action]] = {
    "error": _answer_error,
    "status": _answer_status,
    "delay": _delay,
    "hang": _hang,
    "reset": _reset,
    "close": _close,
    "truncate": _truncate,
    "garble": _garble,
    "slow_body": _send_slowly,
    "throttle": _refuse,
}
"""How each kind of action is applied."""
