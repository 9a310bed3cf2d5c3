"""The edge: one straight way for every request, from its arrival to its answer and its journal entry."""

import logging
from typing import Final

from aiohttp import hdrs, web

from simulator.domain.journal.explanation import Explanation
from simulator.domain.operations import unprefixed
from simulator.http.endpoint import CONTEXT, Endpoint, Handler, Surface, response_of
from simulator.http.errors import answer_to
from simulator.http.readers import public_origin, relayed_code
from simulator.http.request_context import (
    REQUEST_CONTEXT,
    RequestContext,
    context_of,
    is_connected,
)
from simulator.http.request_counts import REQUEST_COUNTS, Times
from simulator.http.router import Handle, Refuse
from simulator.storage.worlds.sandboxes import SandboxRef

from . import admin_events, cors, journal
from .access import GATES
from .faults import with_faults
from .throttle import refusal

log: Final = logging.getLogger("simulator.requests")

OPEN: Final = frozenset({Surface.DEVICE, Surface.REGISTRATION})
"""The faces that devices and browsers of any origin call, and whose requests the journal tells of."""

LOGIN_ENDS: Final = "finish_login"
"""The page that finds its sandbox by a code in its form, as providers bring it back."""

_SAFE: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})

_CANCELLED: Final = 0


class Edge:
    """What stands between the requests to one endpoint and its handler.

    Every request is counted, gets a number, finds its sandbox (a path that is not served, or not with
    this verb, belongs to one all the same) and is answered, errors in the shape of the face; what devices
    ask is recorded, and so is what was done by hand meanwhile.
    """

    def __init__(
        self,
        app: web.Application,
        endpoint: Endpoint | None,
        surface: Surface,
        handler: Handler,
        times: Times,
    ) -> None:
        self._app = app
        self._counts = app[REQUEST_COUNTS]
        self._times = times
        self._endpoint = endpoint
        self._surface = surface
        self._handler = handler
        self._gate = GATES.get(surface)
        self._open = surface in OPEN
        self._sandboxed = endpoint is None or endpoint.sandboxed
        self._operation = endpoint.operation if endpoint is not None else None
        self._journalled = self._operation is not None or (endpoint is None and self._open)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """See aiohttp: the answer, which the client gets once it is recorded."""
        simulator = self._app[CONTEXT]
        elapsed = simulator.clock.elapsed
        started = elapsed()
        context = RequestContext(request, simulator, self._endpoint, self._surface)
        request[REQUEST_CONTEXT] = context
        response: web.StreamResponse | None = None
        self._counts.under_way += 1
        try:
            if self._journalled:
                context.explanation = Explanation()
                if simulator.journal.full:
                    await simulator.journal.wait_for_capacity()
            response = await self._answer(request, context)
            return response
        finally:
            seconds = elapsed() - started
            try:
                if self._journalled:
                    await journal.record(request, context, response, seconds)
                elif self._gate is not None and response is not None:
                    admin_events.record(request, context, response)
            finally:
                status = _CANCELLED
                if response is not None and (response.prepared or is_connected(request)):
                    status = response.status
                self._counts.leave(self._times, status, seconds)
                if log.isEnabledFor(logging.DEBUG):
                    _log(request, context, status, seconds)

    async def _answer(self, request: web.Request, context: RequestContext) -> web.StreamResponse:
        origin = request.headers.get(hdrs.ORIGIN) if self._open else None
        try:
            preflight = None if self._gate is None else self._gate(request)
            if preflight is not None:
                return preflight
            if self._operation == LOGIN_ENDS and context.code is None:
                context.code = await relayed_code(request)
            ref = await context.resolve_sandbox(request) if self._sandboxed else None
            if context.origin.problem and self._needs_origin(request):
                public_origin(request)
            if ref is not None and (origin is not None or ref.throttled or ref.faulty):
                response = await self._past_throttle_and_faults(request, ref, origin)
            else:
                response = response_of(await self._handler(request))
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer in shape
            response = await self._failed(request, context, error)
        if not response.prepared:
            context.sign(response)
        return response

    def _needs_origin(self, request: web.Request) -> bool:
        """Whether URLs will have to be made, perhaps when it is too late to refuse."""
        return self._surface is Surface.WEB or (
            self._gate is not None and request.method not in _SAFE
        )

    async def _failed(
        self, request: web.Request, context: RequestContext, error: Exception
    ) -> web.StreamResponse:
        if context.started is None:
            return await answer_to(request, error)
        # Half of an answer has gone out. Only a connection that ends says that the rest will not come.
        left = isinstance(error, ConnectionError)
        log.log(
            logging.DEBUG if left else logging.ERROR,
            "an answer broke off",
            exc_info=None if left else error,
            extra={"request": context.id},
        )
        if request.transport is not None:
            request.transport.abort()
        return context.started

    async def _past_throttle_and_faults(
        self, request: web.Request, ref: SandboxRef, origin: str | None
    ) -> web.StreamResponse:
        """What is answered where a browser may ask first, a throttle turn away or a fault strike."""
        if origin is not None and ref.cors:
            context_of(request).more_headers = cors.device_headers(origin)
            if cors.is_preflight(request):
                return web.Response()
        if ref.throttled and self._open and (refused := await refusal(request)):
            return refused
        if ref.faulty and self._operation is not None:
            return await with_faults(request, self._handler)
        return response_of(await self._handler(request))


def compose(app: web.Application, endpoint: Endpoint) -> Handle:
    """What answers at `endpoint`.

    The handler of a device operation is at hand at once, any other is imported by its first request.
    """
    surface, times = endpoint.surface, app[REQUEST_COUNTS].times_of(endpoint)
    if surface in OPEN:
        return Edge(app, endpoint, surface, endpoint.handler, times).handle
    loaded: Handler | None = None

    async def handler(request: web.Request) -> object:
        nonlocal loaded
        if loaded is None:
            loaded = endpoint.load()
        return await loaded(request)

    return Edge(app, endpoint, surface, handler, times).handle


def refusing(app: web.Application) -> Refuse:
    """What answers where nothing is served: an error in the shape of the face that the path belongs to."""
    times = app[REQUEST_COUNTS].times_of(None)

    def refuse(path: str, problem: web.HTTPException) -> Handle:
        async def handler(_request: web.Request) -> object:
            raise problem

        return Edge(app, None, _surface(path), handler, times).handle

    return refuse


def _surface(path: str) -> Surface:
    path = unprefixed(path)
    if path.startswith("/admin/"):
        return Surface.ADMIN
    if f"{path}/".startswith("/console/"):
        return Surface.CONSOLE
    return Surface.DEVICE if path.startswith(("/api/", "/o/client/")) else Surface.WEB


def _log(request: web.Request, context: RequestContext, status: int, seconds: float) -> None:
    """One line; the path without its query, which may hold secrets."""
    ref, endpoint = context.ref, context.endpoint
    log.debug(
        "%s %s",
        request.method,
        request.rel_url.raw_path,
        extra={
            "status": status or "cancelled",
            "ms": round(seconds * 1000, 2),
            "operation": endpoint.operation if endpoint else None,
            "request": context.id,
            "sandbox": ref.name if ref else None,
            "generation": ref.generation if ref else None,
        },
    )
