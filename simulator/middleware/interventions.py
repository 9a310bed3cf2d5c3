"""What was done to a sandbox by hand: calls of the admin API that a run depends on, as events."""

import json
from typing import Any, Final

from aiohttp import web

from simulator.domain import redaction
from simulator.domain.journal import INTERVENTION, Event
from simulator.services.simulator import Simulator

from .endpoints import BODY, HEAD, Surface, endpoint_of

_ADMIN: Final = "/admin/v1"
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
_SECRETS: Final = ("access_token", "token", "saml_response")
_NAMES: Final = ("client_id", "id", "code")


def tell(request: web.Request, response: web.StreamResponse, simulator: Simulator) -> None:
    """Record a call of the admin API that was carried out, if a run may depend on it."""
    endpoint, head = endpoint_of(request), request.get(HEAD)
    if (
        endpoint is None
        or head is None
        or endpoint.surface is not Surface.ADMIN
        or endpoint.method == "GET"
        or response.status >= web.HTTPMultipleChoices.status_code
        or endpoint.path.removeprefix(_ADMIN).startswith(_ELSEWHERE)
        or (endpoint.path == f"{_ADMIN}/seed" and not _merges(request))
    ):
        return
    real = simulator.clock.now()
    sent = request.get(BODY, "").encode(errors="replace")
    path = request.path.partition(_ADMIN)[2]
    facts = {
        "method": request.method,
        "path": redaction.target(
            f"{path}?{request.query_string}" if request.query_string else path
        ),
        "body": redaction.body(sent, request.content_type),
        **_made(response),
    }
    simulator.journal.record(
        Event(
            sandbox=head.id,
            generation=head.generation,
            at=head.now(real),
            real_at=real,
            kind=INTERVENTION,
            facts=facts,
        )
    )


def _merges(request: web.Request) -> bool:
    """Whether a seed adds to the world; else it is the beginning of another, and tells so."""
    if "mode" in request.query:
        return request.query["mode"] == "merge"
    try:
        body = json.loads(request.get(BODY, ""))
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("mode") == "merge"


def _made(response: web.StreamResponse) -> dict[str, Any]:
    """The id of what was made, and the mark of a token: by these it is known in later requests."""
    body = response.body if isinstance(response, web.Response) else None
    if not isinstance(body, bytes):
        return {}
    try:
        answer = json.loads(body)
    except ValueError:
        # The bare text of a token, for a shell.
        return {"secret": redaction.fingerprint(body.decode(errors="replace"))}
    if not isinstance(answer, dict):
        return {}
    name = next((answer[each] for each in _NAMES if isinstance(answer.get(each), str)), None)
    secret = next((answer[each] for each in _SECRETS if isinstance(answer.get(each), str)), None)
    return {
        **({} if name is None else {"id": name}),
        **({} if secret is None else {"secret": redaction.fingerprint(secret)}),
    }
