"""An endpoint: one line of `routes.py`, and the wrapper that makes responses of what handlers return."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

from aiohttp import web

from simulator.certificates.trust import Trust
from simulator.domain.journal.explanation import Explanation
from simulator.json_codec import to_json
from simulator.services.context import AppContext
from simulator.services.device.faults import ItemFaults
from simulator.settings import Settings
from simulator.storage.worlds.sandboxes import SandboxRef

Handler = Callable[[web.Request], Awaitable[object]]
Load = Callable[[], Handler]
"""Has a handler at hand, or imports it, so that a start need not pay for what nobody may ask for."""


class Surface(Enum):
    """Which of our faces an endpoint belongs to; it decides the shape of errors."""

    DEVICE = auto()
    REGISTRATION = auto()
    ADMIN = auto()
    WEB = auto()
    CONSOLE = auto()
    PROBE = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A method and path, and the handler that answers there, which `load` gives.

    `operation` is the name under which journal, faults and verification know a device operation.
    `sandboxed` endpoints work within the sandbox that the request belongs to. Those of the admin API
    and the console are `guarded` by its token, but for what tells no more than our documentation does.
    """

    surface: Surface
    method: str
    path: str
    load: Load
    operation: str | None = None
    sandboxed: bool = True
    guarded: bool = True

    @property
    def parameters(self) -> list[str]:
        """The names of the path's parameters, in their order."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def handler(self) -> Handler:
        """What answers; it may be imported for it."""
        return self.load()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a handler returns when a plain 200 with its data is not enough."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


CONTEXT: Final = web.AppKey("simulator", AppContext)
SETTINGS: Final = web.AppKey("settings", Settings)
ENDPOINTS: Final = web.AppKey("endpoints", dict[Any, Endpoint])
STOPPING: Final = web.AppKey("stopping", asyncio.Event)
"""Set as soon as the instance is asked to stop; what streams without an end should end then."""

TRUST: Final = web.AppKey("trust", Trust)
ADMIN_TOKEN: Final = web.AppKey("admin_token", str)

_ENDPOINT: Final = web.RequestKey("endpoint", Endpoint)
EXPLANATION: Final = web.RequestKey("account", Explanation)
BODY: Final = web.RequestKey("body", str)
"""The body of a request to the admin API, once it was read."""
SANDBOX_REF: Final = web.RequestKey("sandbox_ref", SandboxRef)
REQUEST_ID: Final = web.RequestKey("request_id", str)
ITEM_FAULTS: Final = web.RequestKey("item_faults", ItemFaults)

JSON_TYPE: Final = "application/json;charset=UTF-8"
_JSON: Final = {"Content-Type": JSON_TYPE}


def json_response(
    document: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A response with `document` as its body, typed as the real backend types it."""
    return web.Response(
        body=to_json(document),
        status=status,
        headers={"Content-Type": JSON_TYPE, **headers} if headers else _JSON,
    )


def answering(load: Load) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """An aiohttp handler that turns what the handler of `load` returns into a response."""
    handler: Handler | None = None

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal handler
        if handler is None:
            handler = load()
        result = await handler(request)
        if isinstance(result, web.StreamResponse):
            return result
        if not isinstance(result, Answer):
            return json_response(result)
        if result.body is None:
            return web.Response(status=result.status, headers=result.headers)
        return json_response(result.body, result.status, result.headers)

    return answer


def shows_headers(request: web.Request) -> bool:
    """Whether the answer carries our own headers; without a sandbox to say no, it does."""
    ref = request.get(SANDBOX_REF)
    return ref is None or ref.shows_headers


def sign(request: web.Request, response: web.StreamResponse) -> None:
    """Say in headers which sandbox answers, unless it does not want that said."""
    ref = request.get(SANDBOX_REF)
    if ref is not None and not ref.shows_headers:
        return
    response.headers["X-Sim-Request-Id"] = request[REQUEST_ID]
    if ref is not None:
        response.headers["X-Sim-Sandbox"] = ref.name
        response.headers["X-Sim-Generation"] = str(ref.generation)


def endpoint_of(request: web.Request) -> Endpoint | None:
    """The endpoint that the request was routed to; None when there is none."""
    try:
        return request[_ENDPOINT]
    except KeyError:
        found = request.app[ENDPOINTS].get(request.match_info.handler)
        if found is not None:
            request[_ENDPOINT] = found
        return found


def surface_of(request: web.Request) -> Surface:
    """The face that the request turned to, by its endpoint or else by its path."""
    endpoint = endpoint_of(request)
    if endpoint is not None:
        return endpoint.surface
    path = request.path
    if path.startswith("/s/"):
        path = "/" + path.removeprefix("/s/").partition("/")[2]
    if path.startswith("/admin/"):
        return Surface.ADMIN
    if f"{path}/".startswith("/console/"):
        return Surface.CONSOLE
    return Surface.DEVICE if path.startswith(("/api/", "/o/client/")) else Surface.WEB
