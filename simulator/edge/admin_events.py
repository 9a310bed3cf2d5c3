"""What was done to a sandbox by hand: calls of the admin API that a run depends on, as events."""

import json
from typing import Any, Final

from aiohttp import web

from simulator.domain.journal import redaction
from simulator.domain.journal.entries import INTERVENTION, Event
from simulator.http.endpoint import Endpoint, Surface
from simulator.http.request_context import RequestContext

_ADMIN: Final = "/admin/v1"
_CONSOLE: Final = "/console"
# These tell of themselves, or leave the world as it is.
_ELSEWHERE: Final = (
    "/requests",
    "/reset",
    "/state",
    "/snapshots",
    "/clock",
    "/media-tokens",
    "/devices/{id}/claim",
)
_CLICKS: Final = ("/device", "/codes", "/profiles", "/world/settings", "/world/faults")
_SECRETS: Final = ("access_token", "token", "saml_response")
_NAMES: Final = ("client_id", "id", "code")


def record(request: web.Request, context: RequestContext, response: web.StreamResponse) -> None:
    """Record a call of the admin API, or a click in the console, if a run may depend on it."""
    endpoint, ref, simulator = context.endpoint, context.ref, context.simulator
    if (
        endpoint is None
        or ref is None
        or endpoint.method == "GET"
        or response.status >= web.HTTPBadRequest.status_code
        or not _matters(request, context, endpoint)
    ):
        return
    face = _ADMIN if endpoint.surface is Surface.ADMIN else _CONSOLE
    path = request.path.partition(face)[2]
    if endpoint.surface is Surface.CONSOLE:
        path = f"{_CONSOLE}{path}"
    if request.query_string:
        path = redaction.target(f"{path}?{request.query_string}")
    real = simulator.clock.now()
    simulator.journal.record(
        Event(
            sandbox=ref.id,
            generation=ref.generation,
            at=ref.clock.now(real),
            real_at=real,
            kind=INTERVENTION,
            facts={
                "method": request.method,
                "path": path,
                "body": _sent(request, context),
                **_made(response),
            },
        )
    )


def _matters(request: web.Request, context: RequestContext, endpoint: Endpoint) -> bool:
    if endpoint.surface is Surface.CONSOLE:
        return endpoint.path.removeprefix(_CONSOLE).startswith(_CLICKS)
    if endpoint.surface is not Surface.ADMIN:
        return False
    path = endpoint.path.removeprefix(_ADMIN)
    return (
        _merges(request, context.body or b"")
        if path == "/seed"
        else not path.startswith(_ELSEWHERE)
    )


def _sent(request: web.Request, context: RequestContext) -> str | None:
    # Of a click in the console its path says enough.
    if context.surface is not Surface.ADMIN or context.body is None:
        return None
    return redaction.body(context.body, request.content_type)


def _merges(request: web.Request, text: bytes) -> bool:
    """Whether a seed adds to the world; else it is the beginning of another, and tells so."""
    if "mode" in request.query:
        return request.query["mode"] == "merge"
    try:
        body = json.loads(text)
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("mode") == "merge"


def _made(response: web.StreamResponse) -> dict[str, Any]:
    """The id of what was made, and the mark of a token: by these it is known in later requests."""
    body = response.body if isinstance(response, web.Response) else None
    if not isinstance(body, bytes) or not body:
        return {}
    if response.content_type == "text/plain":
        # The bare text of a token, for a shell.
        return {"secret": redaction.fingerprint(body.decode(errors="replace"))}
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(answer, dict):
        return {}
    name = next((answer[each] for each in _NAMES if isinstance(answer.get(each), str)), None)
    secret = next((answer[each] for each in _SECRETS if isinstance(answer.get(each), str)), None)
    return {
        **({} if name is None else {"id": name}),
        **({} if secret is None else {"secret": redaction.fingerprint(secret)}),
    }
