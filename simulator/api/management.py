"""Management calls: resetting TempPass, and degradation (Adobe: TempPass, MGT1; degradation, MGT2)."""

import json
from typing import Any, Final

from aiohttp import web

from simulator.domain.errors import ManagementError
from simulator.domain.texts import UNSTORABLE
from simulator.http.bodies import body_of
from simulator.http.endpoint import CONTEXT, Answer
from simulator.http.readers import form
from simulator.http.request_context import sandbox_of
from simulator.services.device import management
from simulator.services.device.management import (
    DEGRADATION_TTL,
    LONGEST_DEGRADATION,
    Measures,
    TempPassReset,
)
from simulator.services.shared.admission import DeviceCall

from .calls import device_call

_MESSAGE: Final = ("msg", "message")
_TARGETS: Final = ("resource", "channel")


async def reset_temp_pass(request: web.Request) -> Answer:
    """`DELETE /reset-tempass/v3/reset`: forget the trials of a device, or of all."""
    query = request.query
    wanted = TempPassReset(
        requestor=query.get("requestor_id"),
        mvpd=query.get("mvpd_id"),
        device=query.get("device_id"),
    )
    return await _reset(request, wanted)


async def reset_generic(request: web.Request) -> Answer:
    """`DELETE /reset-tempass/v3/reset/generic`: forget the promotional trials of a key, or of all."""
    query = request.query
    wanted = TempPassReset(
        requestor=query.get("requestor_id"),
        mvpd=query.get("mvpd_id"),
        generic=True,
        key=query.get("key"),
    )
    return await _reset(request, wanted)


async def _reset(request: web.Request, wanted: TempPassReset) -> Answer:
    call = _call(request, wanted.requestor)
    await management.reset_temp_pass(request.app[CONTEXT], sandbox_of(request), call, wanted)
    return Answer(body=None, status=204)


async def degradation_status(request: web.Request) -> Answer:
    """`GET /control/v3/degradation/{mediaCompany}/{measure}`: whether it is applied."""
    wanted = _measures(request, await _parameters(request))
    call = _call(request, wanted.programmer)
    body = await management.degradation_status(
        request.app[CONTEXT], sandbox_of(request), call, wanted
    )
    return Answer(body=body, status=204 if body is None else 200)


async def apply_degradation(request: web.Request) -> Answer:
    """`POST /control/v3/degradation/{mediaCompany}/{measure}`: apply it for a while."""
    given = await _parameters(request)
    wanted = _measures(request, given)
    body = await management.apply_degradation(
        request.app[CONTEXT],
        sandbox_of(request),
        _call(request, wanted.programmer),
        wanted,
        _ttl(given.get("ttl", [])),
        next((each for name in _MESSAGE for each in given.get(name, ()) if each), None),
    )
    return Answer(body=body, status=201)


async def remove_degradation(request: web.Request) -> Answer:
    """`DELETE /control/v3/degradation/{mediaCompany}/{measure}`: remove it."""
    wanted = _measures(request, await _parameters(request))
    call = _call(request, wanted.programmer)
    await management.remove_degradation(request.app[CONTEXT], sandbox_of(request), call, wanted)
    return Answer(body=None, status=204)


def _call(request: web.Request, provider: str | None) -> DeviceCall:
    return device_call(request)._replace(service_provider=provider or "")


def _measures(request: web.Request, given: dict[str, list[str]]) -> Measures:
    formats = given.get("format", ["json"])
    if formats != ["json"]:
        raise ManagementError(400, f"The format {formats[0]!r} is not served; use json.")
    return Measures(
        rule=request.match_info["measure"],
        programmer=next(iter(given.get("programmer", [])), None),
        mvpds=[name for text in given.get("mvpd", []) for name in text.split(",") if name],
        resources=[each for name in _TARGETS for each in given.get(name, ()) if each],
    )


async def _parameters(request: web.Request) -> dict[str, list[str]]:
    """The parameters of the query and of a body, be it a form or JSON."""
    found: dict[str, list[str]] = {}
    for name, value in request.query.items():
        found.setdefault(name, []).append(value)
    if request.content_type == "application/json":
        for name, values in (await _members(request)).items():
            found.setdefault(name, []).extend(values)
    elif request.method == "POST":
        for name, values in (await form(request)).items():
            found.setdefault(name, []).extend(values)
    if any(UNSTORABLE.search(each) for values in found.values() for each in values):
        raise ManagementError(400, "A parameter contains a NUL or half a surrogate pair.")
    return found


async def _members(request: web.Request) -> dict[str, list[str]]:
    try:
        members = json.loads(await body_of(request) or b"{}", object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise ManagementError(400, "The body cannot be read as JSON.") from error
    if not isinstance(members, dict):
        raise ManagementError(400, "The body is not a JSON object.")
    return {
        name: [str(each) for each in value] if isinstance(value, list) else [str(value)]
        for name, value in members.items()
    }


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ManagementError(400, "The body names a member more than once.")
    return members


def _ttl(values: list[str]) -> int:
    text = values[0] if values else str(DEGRADATION_TTL)
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:10]) <= LONGEST_DEGRADATION:
        raise ManagementError(
            400, f"ttl must be a number of seconds from 1 to {LONGEST_DEGRADATION}."
        )
    return int(text)
