"""`/admin/v1/requests.har`: the journal as an HTTP Archive (HAR 1.2), for viewers of network traffic."""

from collections.abc import Mapping
from http import HTTPStatus
from itertools import chain
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator import __version__
from simulator.admin.schemas.filters import FILTERS, match_in_query
from simulator.admin.schemas.journal_entries import entry_view
from simulator.admin.schemas.views import instant
from simulator.http.documented import Doc
from simulator.http.endpoint import CONTEXT, JSON_TYPE
from simulator.http.request_context import context_of, sandbox_of
from simulator.json_codec import to_json
from simulator.services.errors import InvalidDocument, UnknownFilter
from simulator.services.observe import requests

_CREATOR: Final = {"name": "pass-simulator", "version": __version__}
# What of an entry the archive's own members do not say.
_SAID: Final = frozenset({"method", "path", "status", "duration_ms"})
_HTTP: Final = "HTTP/1.1"


class Creator(TypedDict):
    """Who wrote an archive."""

    name: Annotated[str, Field(description="The name of the program.")]
    version: Annotated[str, Field(description="The version.")]


class Log(TypedDict):
    """The requests of an archive; `_sim` of each is what its journal entry tells besides."""

    version: Annotated[str, Field(description="The version of the format.")]
    creator: Annotated[Creator, Field(description="Who wrote it.")]
    entries: Annotated[list[dict[str, Any]], Field(description="The requests, oldest first.")]


class Archive(TypedDict):
    """A file as HTTP Archive 1.2 has it."""

    log: Annotated[Log, Field(description="The whole of it.")]


@Doc(
    name="exportRequests",
    summary="Export the requests for a viewer of network traffic",
    tag="Journal",
    answer=Archive,
    query=FILTERS,
    errors=(UnknownFilter, InvalidDocument),
)
async def export(request: web.Request) -> web.StreamResponse:
    """`GET requests.har`: an HTTP Archive (HAR 1.2) of all entries that the filters leave, secrets left out.

    `startedDateTime` is the machine's time; `_sim.at` is the sandbox's.
    """
    wanted = match_in_query(request, elsewhere=frozenset()).wanted(default="any")
    ref = sandbox_of(request)
    pages = requests.exchanges(request.app[CONTEXT], ref, wanted)
    # The first page is read before anything is sent, so that what fails fails with an error.
    page: list[dict[str, Any]] = await anext(pages, [])
    answer = web.StreamResponse(
        headers={
            "Content-Type": JSON_TYPE,
            "Content-Disposition": f'attachment; filename="{ref.name}.har"',
        }
    )
    await context_of(request).start(request, answer)
    await answer.write(b'{"log":{"version":"1.2","creator":%s,"entries":[' % to_json(_CREATOR))
    separator = b""
    while page:
        told = b",".join(to_json(archived(each, sandbox=ref.name)) for each in page)
        await answer.write(separator + told)
        separator, page = b",", await anext(pages, [])
    await answer.write(b"]}}")
    return answer


def archived(entry: dict[str, Any], *, sandbox: str) -> dict[str, Any]:
    """An entry with its exchange as the standard has it."""
    asked, sent = entry["request"], entry["response"]
    took = (entry["duration"] or 0) / 1000
    view: Mapping[str, Any] = entry_view(entry, sandbox=sandbox)
    return {
        "startedDateTime": instant(round(entry["real_at"] - took)),
        "time": took,
        "request": {
            "method": asked["method"],
            "url": asked["url"],
            "httpVersion": _HTTP,
            "cookies": [],
            "headers": _named(asked["headers"]),
            "queryString": _named(
                parse_qsl(asked["url"].partition("?")[2], keep_blank_values=True, errors="replace")
            ),
            **_posted(asked),
            "headersSize": -1,
            "bodySize": _size(asked),
        },
        "response": {
            # Where nobody could be answered, viewers have a zero.
            "status": sent["status"] or 0,
            "statusText": _phrase(sent["status"]),
            "httpVersion": _HTTP,
            "cookies": [],
            "headers": _named(sent["headers"]),
            "content": {
                "size": _size(sent),
                "mimeType": _header(sent, "content-type"),
                **({} if sent["body"] is None else {"text": sent["body"]}),
            },
            "redirectURL": _header(sent, "location"),
            "headersSize": -1,
            "bodySize": _size(sent),
        },
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": " ".join(chain(view["rules"], view["explanation"][-1:])),
        "_sim": {name: value for name, value in view.items() if name not in _SAID},
    }


def _posted(asked: Mapping[str, Any]) -> dict[str, Any]:
    if asked["body"] is None:
        return {}
    return {"postData": {"mimeType": _header(asked, "content-type"), "text": asked["body"]}}


def _named(pairs: Any) -> list[dict[str, str]]:  # noqa: ANN401 - pairs of names and values
    return [{"name": name, "value": value} for name, value in pairs]


def _header(message: Mapping[str, Any], wanted: str) -> str:
    return next((value for name, value in message["headers"] if name.lower() == wanted), "")


def _size(message: Mapping[str, Any]) -> int:
    """The length of the body by its header, else that of what is kept of it."""
    told = _header(message, "content-length")
    return int(told) if told.isdecimal() else len((message["body"] or "").encode(errors="replace"))


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""
