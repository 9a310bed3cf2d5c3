"""The SSO service: `serviceToken`, `link`, `unlink` and `list` (Adobe: SSO service, SVC1)."""

import json
from typing import Any

from aiohttp import web

from simulator.domain.errors import ServiceError
from simulator.domain.texts import UNSTORABLE, storable
from simulator.http.bodies import body_of
from simulator.http.endpoint import CONTEXT, Answer
from simulator.http.request_context import sandbox_of
from simulator.services.device import sso_service
from simulator.services.device.sso_service import ServiceCall

from .calls import device_call


async def create_token(request: web.Request) -> Answer:
    """`POST /api/{serviceProvider}/serviceToken`."""
    made = await sso_service.create_token(request.app[CONTEXT], sandbox_of(request), _call(request))
    return Answer(body=made, status=201)


async def renew_token(request: web.Request) -> object:
    """`GET /api/{serviceProvider}/serviceToken`."""
    return await sso_service.renew_token(request.app[CONTEXT], sandbox_of(request), _call(request))


async def create_link(request: web.Request) -> Answer:
    """`POST /api/{serviceProvider}/link`."""
    made = await sso_service.create_link(request.app[CONTEXT], sandbox_of(request), _call(request))
    return Answer(body=made, status=201)


async def unlink(request: web.Request) -> object:
    """`POST /api/{serviceProvider}/unlink`."""
    return await sso_service.unlink(
        request.app[CONTEXT], sandbox_of(request), _call(request), _devices(await body_of(request))
    )


async def show_devices(request: web.Request) -> object:
    """`GET /api/{serviceProvider}/list`."""
    return await sso_service.devices_of(request.app[CONTEXT], sandbox_of(request), _call(request))


def _call(request: web.Request) -> ServiceCall:
    headers = request.headers
    return ServiceCall(
        call=device_call(request),
        sso_id=storable(headers.get("X-SSO-ID", "")).strip() or None,
        sso_link=storable(headers.get("X-SSO-LINK", "")).strip() or None,
        token=headers.get("AD-Service-Token"),
    )


def _devices(body: bytes) -> list[str] | ServiceError:
    """The devices of a body, or what is wrong with it: that is told to those who may ask at all."""
    if not body.strip():
        return ServiceError("request_null")
    try:
        members: Any = json.loads(body, object_pairs_hook=_once)
    except ServiceError as problem:
        return problem
    except (ValueError, RecursionError):
        return ServiceError("request_invalid", "The body cannot be read as JSON.")
    found = members.get("devices") if isinstance(members, dict) else None
    if not isinstance(found, list) or not all(_usable(each) for each in found):
        return ServiceError(
            "request_invalid", 'The body has no list of devices: {"devices": ["…"]}.'
        )
    if not found:
        return ServiceError("request_invalid", "The list of devices is empty.")
    return [str(each) for each in found]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ServiceError("request_invalid", "The body names a member more than once.")
    return members


def _usable(value: object) -> bool:
    return isinstance(value, str) and not UNSTORABLE.search(value)
