"""What entries of the journal can be asked for, in a body or as query parameters."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StrictInt,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from simulator.domain.journal.entries import TEXTS, Wanted, status_range
from simulator.domain.operations import OPERATION_NAMES, PAGE_NAMES
from simulator.http.documented import Query
from simulator.scenarios.loading import validate_as
from simulator.services.errors import UnknownFilter
from simulator.services.observe.requests import CURRENT

from .bodies import Body, Name
from .views import milliseconds


def _listed(value: object) -> object:
    """One value is a list of one."""
    return value if isinstance(value, list) else [value]


def _operation(name: str) -> str:
    if name not in {*OPERATION_NAMES, *PAGE_NAMES}:
        known = ", ".join((*OPERATION_NAMES, *PAGE_NAMES))
        raise PydanticCustomError("operation", "{text}", {"text": f"expected one of {known}"})
    return name


def _status(value: object) -> tuple[int, int]:
    if isinstance(value, int | str) and (found := status_range(str(value))):
        return found
    text = "expected an HTTP status such as 403, or a class of them such as 4xx"
    raise PydanticCustomError("status", "{text}", {"text": text})


def _one_or_more(**one: object) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]})


Names = Annotated[
    tuple[Name, ...],
    Field(min_length=1),
    BeforeValidator(_listed),
    _one_or_more(type="string", minLength=1),
]
Operations = Annotated[
    tuple[Annotated[Name, AfterValidator(_operation)], ...],
    Field(min_length=1),
    BeforeValidator(_listed),
    _one_or_more(type="string", enum=[*OPERATION_NAMES, *PAGE_NAMES]),
]
Statuses = Annotated[
    tuple[Annotated[Any, BeforeValidator(_status)], ...],
    Field(min_length=1),
    BeforeValidator(_listed),
    _one_or_more(type=["integer", "string"], examples=[403, "4xx"]),
]


class MatchBody(Body):
    """Conditions on an entry; each may be one value or several, of which one must hold."""

    operation: Operations | None = None
    method: Names | None = None
    error: Names | None = None
    service_provider: Names | None = None
    mvpd: Names | None = None
    device: Names | None = None
    client: Names | None = None
    platform: Names | None = None
    code: Names | None = None
    fault: Names | None = None
    rule: Names | None = None
    status: Statuses | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    generation: Annotated[StrictInt, Field(ge=1)] | Literal["current", "any"] | None = None

    def wanted(self, *, default: Literal["current", "any"] = "current") -> Wanted:
        """What is asked for; `default` is the generation where none is named."""
        generation = self.generation or default
        numbers: dict[object, int | None] = {"current": CURRENT, "any": None}
        return Wanted(
            texts={name: found for name in TEXTS if (found := getattr(self, name)) is not None},
            statuses=self.status or (),
            rules=self.rule or (),
            since=None if self.since is None else milliseconds(self.since),
            until=None if self.until is None else milliseconds(self.until),
            generation=numbers[generation] if isinstance(generation, str) else generation,
        )


FILTERS: Final = (
    Query(name="operation", about="One of these operations.", example="logout"),
    Query(name="method", about="One of these methods.", example="GET"),
    Query(name="error", about="Answered with one of these codes.", example="invalid_integration"),
    Query(name="service_provider", about="For one of these service providers."),
    Query(name="mvpd", about="At one of these MVPDs."),
    Query(name="device", about="By one of these devices.", example="demo-roku"),
    Query(name="client", about="By one of these app instances."),
    Query(name="platform", about="On one of these platforms.", example="Roku"),
    Query(name="code", about="With one of these authentication codes."),
    Query(name="fault", about="Struck first by one of these faults."),
    Query(name="rule", about="Decided by one of these rows.", example="L5"),
    Query(name="status", about="A status, or a class such as 4xx.", example="4xx"),
    Query(
        name="since",
        about="At this instant of the sandbox's clock or later.",
        schema={"type": "string", "format": "date-time"},
        example="2026-01-01T00:00:00Z",
    ),
    Query(
        name="until",
        about="At this instant of the sandbox's clock or earlier.",
        schema={"type": "string", "format": "date-time"},
        example="2036-01-01T00:00:00Z",
    ),
    Query(name="generation", about="A number, `current` or `any`.", example="current"),
)

_PAGING: Final = frozenset({"after", "limit", "order"})
_SINGLE: Final[dict[str, Callable[[str], object]]] = {
    "since": str,
    "until": str,
    "generation": lambda given: int(given) if given.isdecimal() else given,
}


def match_in_query(request: web.Request, *, elsewhere: frozenset[str] = _PAGING) -> MatchBody:
    """The conditions in the query. Raises `ScenarioError` with every problem.

    The parameters `elsewhere` are no conditions, and are read by somebody else.
    """
    query = request.query
    known = {each.name for each in FILTERS}
    elsewhere |= {"sim_sandbox"}
    if unknown := sorted({*query} - known - elsewhere):
        message = f"Requests cannot be filtered by {', '.join(unknown)}."
        raise UnknownFilter(message, sorted(known))
    given: dict[str, object] = {}
    for name in dict.fromkeys(query):
        if name in elsewhere:
            continue
        values = query.getall(name)
        read = _SINGLE.get(name)
        given[name] = [*values] if read is None else read(values[-1])
    return validate_as(MatchBody, given)
