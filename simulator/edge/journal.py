"""One journal entry for each device request, whatever becomes of it."""

from contextlib import suppress
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from simulator.domain.journal.entries import Entry, Exchange
from simulator.domain.journal.explanation import Explanation
from simulator.http.endpoint import (
    CONTEXT,
    EXPLANATION,
    REQUEST_ID,
    SANDBOX_REF,
    Surface,
    endpoint_of,
    surface_of,
)
from simulator.http.sandbox import bearer, device_of, readable, resolve_sandbox
from simulator.services.context import AppContext
from simulator.storage.worlds.sandboxes import UnknownSandbox

from . import admin_events

_TOLD: Final = frozenset({Surface.DEVICE, Surface.REGISTRATION})


@web.middleware
async def journal(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Record what the request was, what it came to, and why.

    That is done when the answer stands but was not sent yet; a request whose client hangs up, or
    that is given up when the instance stops, is recorded as well. So is what was done by hand meanwhile.
    """
    endpoint = endpoint_of(request)
    operation = endpoint.operation if endpoint is not None else None
    simulator = request.app[CONTEXT]
    if operation is None and (endpoint is not None or surface_of(request) not in _TOLD):
        answer = await handler(request)
        admin_events.record(request, answer, simulator)
        return answer
    request[EXPLANATION] = Explanation()
    if simulator.journal.full:
        await simulator.journal.wait_for_capacity()
    started = simulator.clock.elapsed()
    response: web.StreamResponse | None = None
    try:
        response = await handler(request)
    finally:
        await _record(request, simulator, operation, response, started)
    return response


async def _record(
    request: web.Request,
    simulator: AppContext,
    operation: str | None,
    response: web.StreamResponse | None,
    started: float,
) -> None:
    if SANDBOX_REF not in request and response is None:
        # It was given up before anybody knew where it belongs.
        with suppress(UnknownSandbox):
            await resolve_sandbox(request)
    ref = request.get(SANDBOX_REF)
    if ref is None:
        # It named a sandbox that does not exist, so there is no journal that it belongs to.
        return
    real = simulator.clock.now()
    explanation = request[EXPLANATION]
    _complete(explanation, request, simulator)
    alive = request.transport is not None and not request.transport.is_closing()
    answered = alive or _sent(response)
    if not answered:
        explanation.explain("nobody was there any more to be answered")
    body = response.body if isinstance(response, web.Response) else None
    simulator.journal.record(
        Entry(
            sandbox=ref.id,
            generation=ref.generation,
            at=ref.clock.now(real),
            real_at=real,
            request=request[REQUEST_ID],
            operation=operation,
            duration=round((simulator.clock.elapsed() - started) * 1_000_000),
            explanation=explanation,
            exchange=Exchange(
                method=request.method,
                target=request.raw_path,
                origin=f"{request.scheme}://{readable(request.host)}",
                request_headers=[*request.headers.items()],
                request_body=await _received(request) if request.body_exists else None,
                status=response.status if response is not None and answered else None,
                response_headers=[*response.headers.items()] if response is not None else (),
                response_body=body if isinstance(body, bytes) else None,
            ),
        )
    )


def _sent(response: web.StreamResponse | None) -> bool:
    """Whether it was sent to its end while it was made; who has got it may be gone by now."""
    # The length is set when the end was sent.
    return response is not None and response.prepared and response.body_length > 0


def _complete(explanation: Explanation, request: web.Request, simulator: AppContext) -> None:
    """Add what the request says of itself where nobody found out more."""
    path = request.match_info
    explanation.service_provider = explanation.service_provider or path.get("service_provider")
    explanation.mvpd = explanation.mvpd or path.get("mvpd")
    explanation.code = explanation.code or path.get("code") or request.query.get("reg_code")
    explanation.device = explanation.device or device_of(request)
    if explanation.client is None and (text := bearer(request)):
        token = simulator.keys.read(text)
        explanation.client = token.client if token else None


async def _received(request: web.Request) -> bytes | None:
    """The body, where it has come to its end; nobody waits for the rest of it here."""
    if not request.content.is_eof():
        return None
    try:
        return await request.read()
    except (web.HTTPRequestEntityTooLarge, OSError):
        return None
