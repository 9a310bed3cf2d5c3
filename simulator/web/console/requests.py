"""The journal: what was asked, what was answered, and why."""

from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from simulator.domain.journal.entries import Wanted, status_range
from simulator.domain.operations import OPERATION_NAMES, PAGE_NAMES
from simulator.domain.texts import NUMBER
from simulator.http.console_pages import base
from simulator.services.errors import InvalidRequest
from simulator.services.observe import requests

from .frame import address, at, back, digest, given, live, show, text

PATH: Final = "/console/requests"
_SHOWN: Final = 50
_TEXTS: Final = ("operation", "device", "mvpd", "code", "error", "client", "service_provider")
_FILTERS: Final = (*_TEXTS, "status", "rule", "generation")
# Those that stand behind "More filters".
_MORE: Final = frozenset({*_FILTERS} - {"operation", "status", "client", "service_provider"})


async def show_all(request: web.Request) -> web.StreamResponse:
    """`GET /console/requests`: newest first; the first page goes on by itself.

    `q` are words that stand somewhere in an entry; the other filters are those of the admin API.
    """
    words = text(request, "q")
    asked = {name: value for name in _FILTERS if (value := text(request, name))}
    before = text(request, "before")
    if before and not NUMBER.fullmatch(before):
        raise InvalidRequest(f"'{before}' is not the number of a request.")
    found = await requests.find(
        *at(request),
        _wanted(asked, words),
        after=int(before or 0),
        limit=_SHOWN + 1,
        newest_first=True,
    )
    entries = found[:_SHOWN]
    shown: dict[str, Any] = {
        "entries": entries,
        "asked": {name: asked.get(name, "") for name in _FILTERS},
        "words": words,
        "filtered": bool(asked),
        "narrow": bool(asked.keys() & _MORE),
        "before": before,
        "here": f"{base(request)}{PATH}?{urlencode({**asked, **({'q': words} if words else {})})}",
        "har": address(f"{base(request)}{PATH}.har", **asked),
        "next": str(entries[-1]["number"]) if len(found) > _SHOWN else "",
    }
    seen = digest([each["number"] for each in entries])
    if "live" in request.query:
        return live(request, "requests_live.html", seen, **shown)
    return show(
        request,
        "requests.html",
        "Requests",
        seen=seen,
        operations=OPERATION_NAMES,
        pages=PAGE_NAMES,
        **shown,
    )


async def show_one(request: web.Request) -> web.StreamResponse:
    """`GET /console/requests/{id}`: the whole story of one request."""
    entry = await requests.get(*at(request), request.match_info["id"])
    return show(request, "request.html", "Requests", entry=entry)


async def clear(request: web.Request) -> web.StreamResponse:
    """`POST /console/requests/clear`: forget them all; the world stays as it is."""
    await requests.clear(*at(request))
    return back(request, await given(request), "cleared", PATH)


def _wanted(asked: dict[str, str], words: str) -> Wanted:
    """What the filters ask for. Raises `AdminError`."""
    generation = asked.get("generation")
    if generation is not None and not NUMBER.fullmatch(generation):
        raise InvalidRequest(f"The generation '{generation}' is not a number.")
    return Wanted(
        texts={name: (asked[name],) for name in _TEXTS if name in asked},
        statuses=_statuses(asked.get("status")),
        rules=(asked["rule"],) if "rule" in asked else (),
        words=tuple(words.split()),
        generation=None if generation is None else int(generation),
    )


def _statuses(given_status: str | None) -> tuple[tuple[int, int], ...]:
    if given_status is None:
        return ()
    found = status_range(given_status)
    if found is None:
        message = f"The status '{given_status}' is neither one such as 403 nor a class such as 4xx."
        raise InvalidRequest(message)
    return (found,)
