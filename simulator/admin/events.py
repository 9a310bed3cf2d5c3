"""`/admin/v1/events`: what happens in a sandbox, as it happens, as server-sent events."""

import asyncio
from typing import Any, Final

from aiohttp import web

from simulator.admin.schemas.filters import FILTERS, match_in_query
from simulator.admin.schemas.journal_entries import entry_view
from simulator.admin.schemas.views import instant
from simulator.domain.texts import NUMBER
from simulator.http.documented import Doc, Query
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import context_of, is_connected, sandbox_of
from simulator.json_codec import to_json
from simulator.services.errors import (
    InvalidDocument,
    InvalidEventId,
    InvalidLimit,
    UnknownFilter,
)
from simulator.services.observe import events, requests

_KEEP_ALIVE: Final = 15.0
_POLL: Final = 0.5
_RETRY: Final = b"retry: 1000\n\n"
_AWAY: Final = b": the database does not answer\n\n"
_MOST: Final = 1_000
_ELSEWHERE: Final = frozenset({"kind", "last_event_id", "newest"})


@Doc(
    name="streamEvents",
    summary="Follow what happens, as it happens",
    tag="Journal",
    answer_types={"text/event-stream": str},
    query=(
        Query(name="kind", about="Events of this kind alone, such as `request` or `reset`."),
        Query(name="last_event_id", about="Go on after this event, as Last-Event-ID does."),
        Query(
            name="newest",
            about="Begin with so many of the latest requests that match, unless there is a Last-Event-ID.",
            schema={"type": "integer", "minimum": 0, "maximum": _MOST, "default": 0},
        ),
        *FILTERS,
    ),
    errors=(InvalidEventId, InvalidLimit, UnknownFilter, InvalidDocument),
)
async def stream(request: web.Request) -> web.StreamResponse:
    """`GET events`: from now on, or after the event named by Last-Event-ID; `kind` filters them.

    A request is the event `request`; the others are named for what happened. The other filters are
    those of requests, and say which of these there are. It goes on through times in which the database
    is away.
    """
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    kinds = frozenset(request.query.getall("kind", []))
    wanted = requests.now(match_in_query(request, elsewhere=_ELSEWHERE).wanted(default="any"), ref)
    last, newest = _last_seen(request), _newest(request)
    after = await events.last(simulator, ref, wanted, newest) if last is None else last
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
        told = [
            each
            for each in found
            if (not kinds or each["kind"] in kinds) and events.is_wanted(each, wanted)
        ]
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


def _newest(request: web.Request) -> int:
    given = request.query.get("newest", "0")
    if not NUMBER.fullmatch(given) or int(given) > _MOST:
        message = f"'{given}' is not a number from 0 to {_MOST}."
        raise InvalidLimit(message, "Leave newest out to begin with what comes next.")
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
