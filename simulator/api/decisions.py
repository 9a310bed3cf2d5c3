"""Decisions APIs: retrieve authorization, and preauthorization, decisions for a specific MVPD."""

import asyncio
import json
from typing import Any, Final

from aiohttp import web

from simulator.domain.decisions.decision_rules import Operation
from simulator.domain.decisions.ratings import Resource, read_resource
from simulator.domain.errors import EnhancedError
from simulator.domain.texts import UNSTORABLE
from simulator.http.bodies import body_of
from simulator.http.request_context import context_of
from simulator.services.device import decisions
from simulator.services.device.decisions import Asked

from .calls import service_arguments

_INVALID: Final = "invalid_parameter_resources"
# Longer bodies are read beside the event loop, so that other devices do not wait for it.
_LONG: Final = 64 * 1024


async def authorize(request: web.Request) -> object:
    """`POST /api/v2/{serviceProvider}/decisions/authorize/{mvpd}` (Adobe: authorization, API10)."""
    return await _decide(request, Operation.AUTHORIZE)


async def preauthorize(request: web.Request) -> object:
    """`POST /api/v2/{serviceProvider}/decisions/preauthorize/{mvpd}` (Adobe: preauthorization, API9)."""
    return await _decide(request, Operation.PREAUTHORIZE)


async def _decide(request: web.Request, operation: Operation) -> object:
    body = await body_of(request)
    long = len(body) > _LONG
    simulator, sandbox, call = service_arguments(request)
    asked = Asked(
        operation=operation,
        call=call,
        mvpd=request.match_info["mvpd"],
        typed=request.content_type == "application/json",
        faults=context_of(request).item_faults,
        resources=await asyncio.to_thread(_resources, body) if long else _resources(body),
    )
    return await decisions.decide(simulator, sandbox, asked)


def _resources(body: bytes) -> tuple[Resource, ...] | EnhancedError:
    """The resources in a body of any content type, or what is wrong with it.

    That is told only to callers who may ask at all, so it is handed on instead of raised.
    """
    try:
        return _read(body)
    except EnhancedError as problem:
        return problem


def _read(body: bytes) -> tuple[Resource, ...]:
    try:
        members = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise EnhancedError(_INVALID, "The body cannot be read as JSON in UTF-8.") from error
    found = members.get("resources") if isinstance(members, dict) else None
    if not isinstance(found, list) or not found:
        problem = 'The body has no list of resources; send {"resources": ["…"]}.'
        raise EnhancedError(_INVALID, problem)
    return tuple(_resource(number, each) for number, each in enumerate(found))


def _resource(number: int, value: object) -> Resource:
    place = f"resources[{number}]"
    if not isinstance(value, str) or not value:
        raise EnhancedError(_INVALID, f"{place} is no text, or an empty one.")
    if UNSTORABLE.search(value):
        raise EnhancedError(_INVALID, f"{place} contains a NUL or half a surrogate pair.")
    try:
        return read_resource(value)
    except ValueError as error:
        raise EnhancedError(_INVALID, f"{place} contains {error}.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise EnhancedError(_INVALID, "The body names a member more than once.")
    return members
