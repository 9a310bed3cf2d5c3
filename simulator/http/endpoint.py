"""An endpoint: one line of `routes.py`, and the response that its handler's result becomes."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from aiohttp import web

from simulator.certificates.trust import Trust
from simulator.json_codec import to_json
from simulator.services.context import AppContext
from simulator.settings import Settings

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
ENDPOINTS: Final = web.AppKey("endpoints", tuple[Endpoint, ...])
STOPPING: Final = web.AppKey("stopping", asyncio.Event)
"""Set as soon as the instance is asked to stop; what streams without an end should end then."""

TRUST: Final = web.AppKey("trust", Trust)
ADMIN_TOKEN: Final = web.AppKey("admin_token", str)

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


def response_of(result: object) -> web.StreamResponse:
    """The response that a handler's result is: itself, or JSON."""
    if isinstance(result, web.StreamResponse):
        return result
    if not isinstance(result, Answer):
        return json_response(result)
    if result.body is None:
        return web.Response(status=result.status, headers=result.headers)
    return json_response(result.body, result.status, result.headers)
