"""`/admin/v1/events`: what happens in a sandbox, as it happens, as server-sent events."""

import asyncio
from typing import Any, Final

from aiohttp import web

from simulator.admin.schemas.journal_entries import entry_view
from simulator.admin.schemas.views import instant
from simulator.domain.texts import NUMBER
from simulator.http.documented import Doc, Query
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import context_of, is_connected, sandbox_of
from simulator.json_codec import to_json
from simulator.services.errors import InvalidEventId
from simulator.services.observe import events

_KEEP_ALIVE: Final = 15.0
_POLL: Final = 0.5
_RETRY: Final = b"retry: 1000\n\n"
_AWAY: Final = b": the database does not answer\n\n"


@Doc(
    name="streamEvents",
    summary="Follow what happens, as it happens",
    tag="Journal",
    answer_types={"text/event-stream": str},
    query=(
        Query(name="kind", about="Events of this kind alone, such as `request` or `reset`."),
        Query(name="last_event_id", about="Go on after this event, as Last-Event-ID does."),
    ),
    errors=(InvalidEventId,),
)
async def stream(request: web.Request) -> web.StreamResponse:
    """`GET events`: from now on, or after the event named by Last-Event-ID; `kind` filters them.

    A request is the event `request`; the others are named for what happened. It goes on through times in
    which the database is away.
    """
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    kinds = frozenset(request.query.getall("kind", []))
    last = _last_seen(request)
    after = await events.last(simulator, ref) if last is None else last
    answer = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await context_of(request).start(request, answer)
    await answer.write(_RETRY)
    silent = 0.0
    while not simulator.journal.closing and is_connected(request):
        found = await events.after(simulator, ref, after)
        if found is None:
            # What reads a stream gives up for good where it is answered with an error.
            await answer.write(_AWAY)
            await asyncio.sleep(_POLL)
            continue
        told = [each for each in found if not kinds or each["kind"] in kinds]
        if told:
            await answer.write(b"".join(_written(each, ref.name) for each in told))
            silent = 0.0
        elif silent >= _KEEP_ALIVE:
            await answer.write(b": still here\n\n")
            silent = 0.0
        if found:
            after = found[-1]["number"]
            continue
        # Another process may have written it, and nobody tells us then.
        await simulator.journal.wait_for_write(_POLL)
        silent += _POLL
    return answer


def _last_seen(request: web.Request) -> int | None:
    given = request.headers.get("Last-Event-ID") or request.query.get("last_event_id")
    if given is None:
        return None
    if not NUMBER.fullmatch(given):
        message = f"The Last-Event-ID '{given}' is not the id of an event."
        raise InvalidEventId(message, "Leave it out to begin with what comes next.")
    return int(given)


def _written(event: dict[str, Any], sandbox: str) -> bytes:
    facts = event["facts"]
    if event["kind"] == "request":
        data: object = entry_view(facts, sandbox=sandbox)
    else:
        data = {**facts, "at": instant(facts["at"])}
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (
        event["number"],
        event["kind"].encode(),
        to_json(data),
    )
