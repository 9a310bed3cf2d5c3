"""How entries of the journal look in answers of the admin API."""

from typing import Annotated, Any, Final, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from simulator.domain.journal.entries import Difference

from .common import Instant
from .views import instant


class Changed(TypedDict):
    """An entity that a request changed: the list that it is in, and its id."""

    kind: Annotated[str, Field(description="The list that it is in.")]
    id: Annotated[str, Field(description="The entity's id.")]


class Changes(TypedDict):
    """What a request left changed."""

    deleted: Annotated[list[Changed], Field(description="What is gone since.")]
    created: Annotated[list[Changed], Field(description="What is there since.")]
    updated: Annotated[list[Changed], Field(description="What is different since.")]


class Decided(TypedDict):
    """A decision on a resource, and the code of a denial."""

    resource: Annotated[str, Field(description="The resource that is to be watched.")]
    authorized: Annotated[bool, Field(description="Whether it was permitted.")]
    code: Annotated[str | None, Field(description="The code of the error of a denial.")]


class Struck(TypedDict):
    """A fault that struck the request."""

    id: Annotated[str, Field(description="The fault's id.")]
    kind: Annotated[str, Field(description="What it did.")]


class Entry(TypedDict):
    """What a device request was, what it came to, and why."""

    id: Annotated[str, Field(description="The id that the answer had in X-Sim-Request-Id.")]
    number: Annotated[int, Field(description="Its place in the order of all entries.")]
    at: Annotated[Instant, Field(description="By the sandbox's clock.")]
    operation: Annotated[
        str | None, Field(description="The name of the operation, as in GET /admin/v1/operations.")
    ]
    method: Annotated[str, Field(description="The HTTP method.")]
    path: Annotated[str, Field(description="The path, without the query.")]
    status: Annotated[int | None, Field(description="None where nobody could be answered.")]
    rule: Annotated[str | None, Field(description="The row that decided.", examples=["L5"])]
    rules: Annotated[list[str], Field(description="All rows that had a say.")]
    error: Annotated[str | None, Field(description="The code of the error that was answered.")]
    service_provider: Annotated[str | None, Field(description="The service provider's id.")]
    mvpd: Annotated[str | None, Field(description="The MVPD's id.")]
    device: Annotated[str | None, Field(description="The plain identifier.")]
    application: Annotated[str | None, Field(description="The registered application.")]
    client: Annotated[
        str | None, Field(description="The id of the client, which is an app instance.")
    ]
    caller: Annotated[
        str | None,
        Field(description="The app instance that asked, where the code was another's."),
    ]
    platform: Annotated[
        str | None, Field(description="The platform of the device, such as Roku or tvOS.")
    ]
    code: Annotated[str | None, Field(description="The authentication code, if one was used.")]
    sandbox: Annotated[str, Field(description="The name of the sandbox.")]
    generation: Annotated[int, Field(description="The sandbox's generation.")]
    explanation: Annotated[list[str], Field(description="The reasons, in plain words.")]
    changes: Annotated[Changes, Field(description="What it left changed.")]
    decisions: Annotated[list[Decided], Field(description="What was decided for each resource.")]
    fault: Annotated[str | None, Field(description="The id of the first fault that struck.")]
    faults: Annotated[list[Struck], Field(description="Every fault that struck.")]
    duration_ms: Annotated[float | None, Field(description="How long it took, in milliseconds.")]


class Header(TypedDict):
    """A header field."""

    name: Annotated[str, Field(description="Its name.")]
    value: Annotated[str, Field(description="Its value; of a secret no more than a mark.")]


class SentRequest(TypedDict):
    """The request, secrets left out."""

    method: Annotated[str, Field(description="The HTTP method.")]
    url: Annotated[str, Field(description="The URL.")]
    headers: Annotated[list[Header], Field(description="The header fields, in their order.")]
    body: Annotated[
        str | None,
        Field(description="The body as text; null where there was none, or none was kept."),
    ]


class SentResponse(TypedDict):
    """The answer, secrets left out."""

    status: Annotated[int | None, Field(description="The HTTP status.")]
    headers: Annotated[list[Header], Field(description="The header fields, in their order.")]
    body: Annotated[
        str | None,
        Field(description="The body as text; null where there was none, or none was kept."),
    ]


class WholeEntry(Entry):
    """An entry with what went over the wire."""

    request: Annotated[SentRequest, Field(description="The request as it came in.")]
    response: Annotated[SentResponse, Field(description="The answer as it went out.")]


class Counted(TypedDict):
    """How many requests there were."""

    count: Annotated[int, Field(description="How many there were.")]
    incomplete: Annotated[
        bool, Field(description="Entries were dropped, so there may have been more.")
    ]


class Differing(TypedDict):
    """A condition that did not hold."""

    field: Annotated[str, Field(description="The member of the entry.")]
    expected: Annotated[str, Field(description="What was expected, in words.")]
    found: Annotated[Any, Field(description="What it is.")]


class NearEntry(Entry):
    """An entry that came near to what was expected."""

    differs: Annotated[
        list[Differing], Field(description="What kept it from being one of those expected.")
    ]


class Verification(TypedDict):
    """Whether it happened as it should have."""

    verified: Annotated[bool, Field(description="Whether it did.")]
    count: Annotated[int | None, Field(description="None where entries were dropped.")]
    incomplete: NotRequired[
        Annotated[bool, Field(description="Entries were dropped: it cannot be told.")]
    ]
    seen: NotRequired[
        Annotated[int, Field(description="How many are left, where some were dropped.")]
    ]
    found: NotRequired[Annotated[list[str], Field(description="The ids of those in order.")]]
    nearest: NotRequired[
        Annotated[
            list[NearEntry], Field(description="The entries that came nearest, and what differed.")
        ]
    ]


def entry_view(entry: dict[str, Any], *, sandbox: str) -> Entry:
    """An entry as JSON: instants in ISO 8601, its duration in milliseconds."""
    members: Any = {name: value for name, value in entry.items() if name not in _OWN_FORM}
    duration = entry["duration"]
    members |= {
        "at": instant(entry["at"]),
        "sandbox": sandbox,
        "duration_ms": None if duration is None else duration / 1000,
    }
    found: Entry = members
    return found


_OWN_FORM: Final = frozenset({"duration", "request", "response", "real_at", "identities"})


def whole_view(entry: dict[str, Any], *, sandbox: str) -> WholeEntry:
    """An entry with its exchange as JSON."""
    whole: Any = {
        **entry_view(entry, sandbox=sandbox),
        **{part: _message(entry[part]) for part in ("request", "response")},
    }
    found: WholeEntry = whole
    return found


def _message(message: dict[str, Any]) -> dict[str, Any]:
    pairs = [{"name": name, "value": value} for name, value in message["headers"]]
    return {**message, "headers": pairs}


def difference_view(told: Difference) -> Differing:
    """A difference as JSON."""
    if told.member not in {"since", "until"}:
        return {"field": told.member, "expected": told.expected, "found": told.found}
    return {
        "field": told.member,
        "expected": str(instant(int(told.expected))),
        "found": instant(told.found),
    }
