"""What entries of the journal can be asked for, in a body or as query parameters."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    Strict,
    StrictInt,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from simulator.domain.journal.entries import TEXTS, Wanted, status_range
from simulator.domain.operations import OPERATION_NAMES, PAGE_NAMES
from simulator.domain.texts import LONGEST_KEY
from simulator.http.documented import Query
from simulator.scenarios.loading import validate_as
from simulator.services.observe.requests import CURRENT
from simulator.validation.problems import did_you_mean
from simulator.validation.texts import DeviceId

from .bodies import Body, Name, unknown_filter
from .views import milliseconds


def _listed(value: object) -> object:
    """One value is a list of one."""
    return value if isinstance(value, list) else [value]


def _operation(name: str) -> str:
    known = (*OPERATION_NAMES, *PAGE_NAMES)
    if name not in known:
        text = f"expected one of {', '.join(known)}, found {name!r}{did_you_mean(name, known)}"
        raise PydanticCustomError("operation", "{text}", {"text": text})
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
Devices = Annotated[
    tuple[Annotated[DeviceId, Strict()], ...],
    Field(min_length=1),
    BeforeValidator(_listed),
    _one_or_more(type="string", minLength=1, maxLength=LONGEST_KEY),
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
    _one_or_more(type=["integer", "string"]),
]


class MatchBody(Body):
    """Conditions on an entry; each may be one value or several, of which one must hold."""

    operation: Operations | None = Field(
        None,
        description="One of these operations, as in GET /admin/v1/operations.",
        examples=["logout"],
    )
    method: Names | None = Field(None, description="One of these methods.", examples=["GET"])
    error: Names | None = Field(
        None, description="Answered with one of these codes.", examples=["invalid_integration"]
    )
    service_provider: Names | None = Field(
        None, description="For one of these service providers, by their ids."
    )
    mvpd: Names | None = Field(None, description="At one of these MVPDs, by their ids.")
    device: Devices | None = Field(
        None, description="By one of these devices, by their plain ids.", examples=["demo-roku"]
    )
    client: Names | None = Field(None, description="By one of these clients (app instances).")
    platform: Names | None = Field(
        None, description="On one of these platforms, such as Roku or tvOS.", examples=["Roku"]
    )
    code: Names | None = Field(None, description="With one of these authentication codes.")
    fault: Names | None = Field(None, description="Struck first by one of these faults.")
    rule: Names | None = Field(
        None, description="Decided by one of these rows of the rules, by id.", examples=["L5"]
    )
    status: Statuses | None = Field(
        None, description="A status, or a class such as 4xx.", examples=["4xx", 403]
    )
    since: AwareDatetime | None = Field(
        None,
        description="At this instant of the sandbox's clock or later.",
        examples=["2026-01-01T00:00:00Z"],
    )
    until: AwareDatetime | None = Field(
        None,
        description="At this instant of the sandbox's clock or earlier.",
        examples=["2036-01-01T00:00:00Z"],
    )
    generation: Annotated[StrictInt, Field(ge=1)] | Literal["current", "any"] | None = Field(
        None, description="A number, `current` or `any`.", examples=["current"]
    )

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


_INSTANTS: Final = frozenset({"since", "until"})
FILTERS: Final = tuple(
    Query(
        name=name,
        about=str(each.description),
        schema={"type": "string", **({"format": "date-time"} if name in _INSTANTS else {})},
        example=each.examples[0] if each.examples else None,
    )
    for name, each in MatchBody.model_fields.items()
)
"""The conditions as query parameters."""

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
    known = {*MatchBody.model_fields}
    elsewhere |= {"sim_sandbox"}
    if unknown := {*query} - known - elsewhere:
        raise unknown_filter("Requests cannot be filtered by", unknown, sorted(known))
    given: dict[str, object] = {}
    for name in dict.fromkeys(query):
        if name in elsewhere:
            continue
        values = query.getall(name)
        read = _SINGLE.get(name)
        given[name] = [*values] if read is None else read(values[-1])
    return validate_as(MatchBody, given)
