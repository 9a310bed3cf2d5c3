"""`/admin/v1/requests`: the journal, and what can be verified and waited for with it."""

from typing import Annotated, Any, Final, NotRequired

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import page_of, read_body
from simulator.admin.schemas.common import Deleted, Span
from simulator.admin.schemas.expectations import Condition, CountBody, ExpectationBody, WaitBody
from simulator.admin.schemas.filters import FILTERS, match_in_query
from simulator.admin.schemas.journal_entries import (
    Counted,
    Entry,
    Verification,
    WholeEntry,
    difference_view,
    entry_view,
    whole_view,
)
from simulator.domain.texts import NUMBER
from simulator.http.documented import PAGING, Doc, ListOf, Query
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.services.errors import InvalidAfter, InvalidDocument, InvalidOrder, UnknownFilter
from simulator.services.observe import requests, waiting
from simulator.services.observe.waiting import Waited
from simulator.validation.durations import format_ms

from .codes import Code, code_view

_TAG: Final = "Journal"
_ORDERS: Final = ("oldest", "newest")


class AwaitedLogin(TypedDict):
    """The profile that was waited for."""

    id: Annotated[str, Field(description="The profile's id.")]
    type: Annotated[str, Field(description="How the login came about.")]


class Waiting(TypedDict):
    """What was waited for; or, when the time is over, which requests came instead."""

    met: Annotated[bool, Field(description="Whether it came true in time.")]
    waited: Annotated[Span, Field(description="How long it took.")]
    code: NotRequired[Annotated[Code, Field(description="The code, when one was waited for.")]]
    profile: NotRequired[
        Annotated[AwaitedLogin, Field(description="The login, when one was waited for.")]
    ]
    request: NotRequired[
        Annotated[Entry, Field(description="The request, when one was waited for.")]
    ]
    requests: NotRequired[
        Annotated[list[Entry], Field(description="The requests, when several were waited for.")]
    ]
    instead: NotRequired[
        Annotated[list[Entry], Field(description="The requests that came instead.")]
    ]
    incomplete: NotRequired[
        Annotated[bool, Field(description="Entries were dropped, so it may have come true.")]
    ]


@Doc(
    name="listRequests",
    summary="List what was asked and answered",
    tag=_TAG,
    answer=ListOf[Entry],
    query=(
        *FILTERS,
        Query(
            name="order",
            about="Which come first.",
            schema={"type": "string", "enum": [*_ORDERS], "default": "oldest"},
            example="newest",
        ),
        *PAGING,
    ),
    errors=(UnknownFilter, InvalidOrder, InvalidAfter, InvalidDocument),
)
async def show_all(request: web.Request) -> object:
    """`GET requests`: oldest first, of every generation that is kept, unless the query says else."""
    wanted = match_in_query(request).wanted(default="any")
    order = request.query.get("order", _ORDERS[0])
    if order not in _ORDERS:
        message = f"Requests cannot be put in the order '{order}'."
        raise InvalidOrder(message, "Use oldest or newest.")
    after, limit = page_of(request)
    if after and not NUMBER.fullmatch(after):
        message = f"'{after}' is not the number of an entry."
        raise InvalidAfter(message, "Follow 'next' with ?after= for more.")
    found = await requests.find(
        request.app[CONTEXT],
        sandbox_of(request),
        wanted,
        after=int(after or 0),
        limit=limit + 1,
        newest_first=order == "newest",
    )
    items = [entry_view(each, sandbox=sandbox_of(request).name) for each in found[:limit]]
    more = len(found) > limit
    return {"items": items, "next": str(found[limit - 1]["number"]) if more else None}


@Doc(
    name="getRequest",
    summary="Show one request with what went over the wire",
    tag=_TAG,
    answer=WholeEntry,
    path={"id": "req-0123456789ab"},
    missing=("request",),
)
async def show(request: web.Request) -> WholeEntry:
    """`GET requests/{id}`: by the id that the answer had in X-Sim-Request-Id; secrets are left out."""
    name = request.match_info["id"]
    found = await requests.get(request.app[CONTEXT], sandbox_of(request), name)
    return whole_view(found, sandbox=sandbox_of(request).name)


@Doc(name="clearRequests", summary="Clear the journal alone", tag=_TAG, answer=Deleted)
async def clear(request: web.Request) -> Deleted:
    """`DELETE requests`: forget them; the world stays as it is."""
    return {"deleted": await requests.clear(request.app[CONTEXT], sandbox_of(request))}


@Doc(
    name="countRequests",
    summary="Count requests",
    tag=_TAG,
    answer=Counted,
    body=CountBody,
    example={"match": {"operation": "logout"}},
)
async def count(request: web.Request) -> object:
    """`POST requests/count`: how many there were, in the current generation unless one is named."""
    wanted = await read_body(request, CountBody)
    return await requests.count(request.app[CONTEXT], sandbox_of(request), wanted.match.wanted())


@Doc(
    name="verifyRequests",
    summary="Verify that requests came as they should",
    tag=_TAG,
    answer=Verification,
    body=ExpectationBody,
    example={"match": {"operation": "logout", "rule": "L5"}, "exactly": 1},
)
async def verify(request: web.Request) -> object:
    """`POST requests/verify`: where they did not, the nearest entries and what differs in them."""
    wanted = await read_body(request, ExpectationBody)
    ref = sandbox_of(request)
    found = await requests.verify(request.app[CONTEXT], ref, wanted.expectation())
    if "nearest" in found:
        found["nearest"] = [
            {
                **entry_view(each["entry"], sandbox=ref.name),
                "differs": [difference_view(told) for told in each["differences"]],
            }
            for each in found["nearest"]
        ]
    return found


@Doc(
    name="waitForRequest",
    summary="Wait until something has come about",
    tag=_TAG,
    answer=Waiting,
    body=WaitBody,
    example={"for": {"code": {"device": "demo-roku"}}, "timeout": "PT0.1S"},
)
async def wait(request: web.Request) -> object:
    """`POST requests/wait`: a profile, a code, a decision or requests; answered as soon as it has."""
    wanted = await read_body(request, WaitBody)
    outcome = await waiting.wait(
        request.app[CONTEXT], sandbox_of(request), wanted.condition.look(), wanted.timeout
    )
    waited: dict[str, Any] = {"met": outcome.found is not None, "waited": format_ms(outcome.waited)}
    if outcome.found is not None:
        return waited | _found(request, wanted.condition, outcome)
    name = sandbox_of(request).name
    waited["instead"] = [entry_view(each, sandbox=name) for each in outcome.instead]
    return waited | ({"incomplete": True} if outcome.incomplete else {})


def _found(request: web.Request, condition: Condition, outcome: Waited) -> dict[str, Any]:
    name, found = sandbox_of(request).name, outcome.found
    if condition.code is not None:
        return {"code": code_view(request, found)}
    if condition.profile is not None:
        return {} if found is True else {"profile": {"id": found.id, "type": found.type}}
    if condition.decision is not None:
        return {"request": entry_view(found, sandbox=name)}
    return {"requests": [entry_view(each, sandbox=name) for each in found]}
