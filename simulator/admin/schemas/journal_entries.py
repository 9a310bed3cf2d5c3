"""How entries of the journal look in answers of the admin API."""

from typing import Annotated, Any, Final, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from simulator.domain.journal.entries import Difference

from .common import Instant
from .views import instant


class Changed(TypedDict):
    """An entity that a request changed: the list that it is in, and its id."""

    kind: str
    id: str


class Changes(TypedDict):
    """What a request left changed."""

    deleted: list[Changed]
    created: list[Changed]
    updated: list[Changed]


class Decided(TypedDict):
    """A decision on a resource, and the code of a denial."""

    resource: str
    authorized: bool
    code: str | None


class Struck(TypedDict):
    """A fault that struck the request."""

    id: str
    kind: str


class Entry(TypedDict):
    """What a device request was, what it came to, and why."""

    id: Annotated[str, Field(description="The id that the answer had in X-Sim-Request-Id.")]
    number: Annotated[int, Field(description="Its place in the order of all entries.")]
    at: Annotated[Instant, Field(description="By the sandbox's clock.")]
    operation: str | None
    method: str
    path: str
    status: Annotated[int | None, Field(description="None where nobody could be answered.")]
    rule: Annotated[str | None, Field(description="The row that decided.", examples=["L5"])]
    rules: Annotated[list[str], Field(description="All rows that had a say.")]
    error: Annotated[str | None, Field(description="The code of the error that was answered.")]
    service_provider: str | None
    mvpd: str | None
    device: Annotated[str | None, Field(description="The plain identifier.")]
    application: Annotated[str | None, Field(description="The registered application.")]
    client: str | None
    caller: Annotated[
        str | None,
        Field(description="The app instance that asked, where the code was another's."),
    ]
    platform: str | None
    code: Annotated[str | None, Field(description="The authentication code, if one was used.")]
    sandbox: str
    generation: int
    explanation: Annotated[list[str], Field(description="The reasons, in plain words.")]
    changes: Changes
    decisions: list[Decided]
    fault: Annotated[str | None, Field(description="The id of the first fault that struck.")]
    faults: list[Struck]
    duration_ms: float | None


class Header(TypedDict):
    """A header field."""

    name: str
    value: str


class SentRequest(TypedDict):
    """The request, secrets left out."""

    method: str
    url: str
    headers: list[Header]
    body: str | None


class SentResponse(TypedDict):
    """The answer, secrets left out."""

    status: int | None
    headers: list[Header]
    body: str | None


class WholeEntry(Entry):
    """An entry with what went over the wire."""

    request: SentRequest
    response: SentResponse


class Counted(TypedDict):
    """How many requests there were."""

    count: int
    incomplete: Annotated[
        bool, Field(description="Entries were dropped, so there may have been more.")
    ]


class Differing(TypedDict):
    """A condition that did not hold."""

    field: str
    expected: str
    found: Any


class NearEntry(Entry):
    """An entry that came near to what was expected."""

    differs: list[Differing]


class Verification(TypedDict):
    """Whether it happened as it should have."""

    verified: bool
    count: Annotated[int | None, Field(description="None where entries were dropped.")]
    incomplete: NotRequired[
        Annotated[bool, Field(description="Entries were dropped: it cannot be told.")]
    ]
    seen: NotRequired[
        Annotated[int, Field(description="How many are left, where some were dropped.")]
    ]
    found: NotRequired[Annotated[list[str], Field(description="The ids of those in order.")]]
    nearest: NotRequired[list[NearEntry]]


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
