"""One journal entry for each device request, whatever becomes of it."""

from aiohttp import web

from simulator.domain.journal.entries import Entry, Exchange
from simulator.domain.journal.explanation import Explanation
from simulator.http.bodies import coding_of
from simulator.http.request_context import RequestContext, is_connected
from simulator.storage.errors import DatabaseError
from simulator.storage.worlds.sandboxes import UnknownSandbox


async def record(
    request: web.Request,
    context: RequestContext,
    response: web.StreamResponse | None,
    seconds: float,
) -> None:
    """Record what the request was, what it came to, and why.

    That is done when the answer stands but was not sent yet; a request whose client hangs up, or
    that is given up when the instance stops, has no response and is recorded as well. `seconds` is how
    long it took so far.
    """
    explanation = context.explanation or Explanation()
    if context.ref is None and response is None:
        # It was given up before anybody knew where it belongs.
        await _resolve(request, context)
    ref = context.ref
    if ref is None:
        # It named a sandbox that does not exist, so there is no journal that it belongs to.
        return
    _complete(explanation, request, context)
    answered = is_connected(request) or _sent(response)
    if not answered:
        explanation.explain("nobody was there any more to be answered")
    body = response.body if isinstance(response, web.Response) else None
    real = context.simulator.clock.now()
    context.simulator.journal.record(
        Entry(
            sandbox=ref.id,
            generation=ref.generation,
            at=ref.clock.now(real),
            real_at=real,
            request=context.id,
            operation=context.endpoint.operation if context.endpoint is not None else None,
            duration=round(seconds * 1_000_000),
            explanation=explanation,
            exchange=Exchange(
                method=request.method,
                target=context.target,
                origin=context.origin.url,
                request_headers=[*request.headers.items()],
                request_body=await _received(request, context) if request.body_exists else None,
                status=response.status if response is not None and answered else None,
                response_headers=[*response.headers.items()] if response is not None else (),
                response_body=body if isinstance(body, bytes) else None,
            ),
        )
    )


async def _resolve(request: web.Request, context: RequestContext) -> None:
    try:
        await context.resolve_sandbox(request)
    except UnknownSandbox:
        pass
    except DatabaseError:
        context.simulator.journal.miss()


def _sent(response: web.StreamResponse | None) -> bool:
    """Whether it was sent to its end while it was made; who has got it may be gone by now."""
    # The length is set when the end was sent.
    return response is not None and response.prepared and response.body_length > 0


def _complete(explanation: Explanation, request: web.Request, context: RequestContext) -> None:
    """Add what the request says of itself where nobody found out more."""
    path = request.match_info
    explanation.service_provider = explanation.service_provider or path.get("service_provider")
    explanation.mvpd = explanation.mvpd or path.get("mvpd")
    explanation.code = explanation.code or context.code
    explanation.device = explanation.device or context.device
    if explanation.client is None and context.token is not None:
        explanation.client = context.token.client


async def _received(request: web.Request, context: RequestContext) -> bytes | None:
    """The body, where it has come to its end; nobody waits for the rest of it here.

    What nobody read is not unpacked for this, and packed it would tell nothing.
    """
    if context.body is not None:
        return context.body
    if not request.content.is_eof() or coding_of(request):
        return None
    try:
        return await request.read()
    except (web.HTTPRequestEntityTooLarge, web.RequestPayloadError, OSError):
        return None
