"""What was done to a sandbox by hand: calls of the admin API that a run depends on, as events."""

import json
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from simulator.domain.journal import redaction
from simulator.domain.journal.entries import INTERVENTION, Event
from simulator.http.endpoint import Endpoint, Surface
from simulator.http.request_context import AdminCall, RequestContext
from simulator.json_codec import to_json

_ADMIN: Final = "/admin/v1"
# These tell of themselves, or leave the world as it is.
_ELSEWHERE: Final = (
    "/requests",
    "/seed",
    "/reset",
    "/state",
    "/snapshots",
    "/clock",
    "/media-tokens",
    "/devices/{id}/claim",
)
_SECRETS: Final = ("access_token", "token", "saml_response")
_NAMES: Final = ("client_id", "id", "code")
_SLOT: Final = ("device", "service_provider", "mvpd")


def record(request: web.Request, context: RequestContext, response: web.StreamResponse) -> None:
    """Record a call of the admin API, or what a click in the console is the same as.

    Only what a run may depend on.
    """
    endpoint, ref, simulator = context.endpoint, context.ref, context.simulator
    if (
        endpoint is None
        or ref is None
        or endpoint.method == "GET"
        or response.status >= web.HTTPBadRequest.status_code
    ):
        return
    if context.done_as is not None:
        facts = _equivalent(context.done_as, response)
    elif endpoint.surface is Surface.ADMIN and _matters(endpoint):
        facts = _sent(request, context, response)
    else:
        return
    if endpoint.surface is Surface.CONSOLE:
        facts["by"] = "console"
    real = simulator.clock.now()
    simulator.journal.record(
        Event(
            sandbox=ref.id,
            generation=ref.generation,
            at=ref.clock.now(real),
            real_at=real,
            kind=INTERVENTION,
            facts=facts,
        )
    )


def _matters(endpoint: Endpoint) -> bool:
    return not endpoint.path.removeprefix(_ADMIN).startswith(_ELSEWHERE)


def _equivalent(call: AdminCall, response: web.StreamResponse) -> dict[str, Any]:
    body = None if call.body is None else redaction.body(to_json(call.body), "application/json")
    made = _facts_of(call.answer) if call.answer else _made(response)
    return {"method": call.method, "path": call.path, "body": body, **made}


def _sent(
    request: web.Request, context: RequestContext, response: web.StreamResponse
) -> dict[str, Any]:
    path = request.path.partition(_ADMIN)[2]
    if request.query_string:
        path = redaction.target(f"{path}?{request.query_string}")
    body = None if context.body is None else redaction.body(context.body, request.content_type)
    return {"method": request.method, "path": path, "body": body, **_made(response)}


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
    return _facts_of(answer) if isinstance(answer, dict) else {}


def _facts_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What of it is known again in another run, where ids are others: also which profile it is of."""
    slot = {name: answer[name] for name in _SLOT if isinstance(answer.get(name), str)}
    name = next((answer[each] for each in _NAMES if isinstance(answer.get(each), str)), None)
    secret = next((answer[each] for each in _SECRETS if isinstance(answer.get(each), str)), None)
    return {
        **({} if name is None else {"id": name}),
        **({} if secret is None else {"secret": redaction.fingerprint(secret)}),
        **({"slot": slot} if len(slot) == len(_SLOT) else {}),
    }
