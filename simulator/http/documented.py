"""What the document of the admin API says of an endpoint, told once, next to its handler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import Field
from typing_extensions import TypedDict

from simulator.services.errors import AdminError, ResourceName

JSON: Final = "application/json"

Shape = Any
"""What JSON looks like: a type that pydantic reads, `ChangesOf` one, or a function that makes one.

A function is called when the document is asked for, so that starting does not pay for it.
"""

T = TypeVar("T")


class ListOf(TypedDict, Generic[T]):
    """A page of a list; `next` is the id to go on after, null at its end."""

    items: Annotated[
        list[T], Field(description="The items of this page, in the order of their ids.")
    ]
    next: Annotated[
        str | None,
        Field(description="The id to go on after, as ?after=; null at the end of the list."),
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangesOf:
    """Some members of `shape`; null takes one back to its default."""

    shape: Shape


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """A query parameter."""

    name: str
    about: str
    schema: Mapping[str, object] = field(default_factory=lambda: {"type": "string"})
    example: object = None


PAGING: Final = (
    Query(name="limit", about="How many items to answer with at most.",
          schema={"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
    Query(name="after", about="The id that the page begins after: `next` of the page before."),
)  # fmt: skip


F = TypeVar("F", bound=Callable[..., object])
_ATTRIBUTE: Final = "documentation"


@dataclass(frozen=True, kw_only=True, slots=True)
class Doc:
    """How an endpoint is called, and what it answers; decorates its handler.

    `summary` is the heading; the handler's docstring goes below it. `name` is the operation's for generated
    clients. `answer` and `body` are the shapes of the JSON in and out, None where there is none;
    `answer_types` and `body_types` those of other media types. `path` and `example` are values to
    try it with in the scenario `demo`. `errors` are those besides what its parameters imply, and
    `missing` is what may not be found.
    """

    name: str
    summary: str
    tag: str
    answer: Shape = None
    answer_types: Mapping[str, Shape] = field(default_factory=dict)
    status: int = 200
    body: Shape = None
    body_types: Mapping[str, Shape] = field(default_factory=dict)
    body_required: bool = True
    query: tuple[Query, ...] = ()
    path: Mapping[str, str] = field(default_factory=dict)
    example: object = None
    errors: tuple[type[AdminError], ...] = ()
    missing: tuple[ResourceName, ...] = ()

    def __call__(self, handler: F) -> F:
        """Have the document say this of `handler`."""
        setattr(handler, _ATTRIBUTE, self)
        return handler

    @property
    def answers(self) -> Mapping[str, Shape]:
        """The shapes of what it answers, by media type."""
        return _by_media_type(self.answer, self.answer_types)

    @property
    def bodies(self) -> Mapping[str, Shape]:
        """The shapes of what it takes, by media type."""
        return _by_media_type(self.body, self.body_types)


def _by_media_type(shape: Shape, others: Mapping[str, Shape]) -> Mapping[str, Shape]:
    return others if shape is None else {JSON: shape, **others}


def documentation_of(handler: Callable[..., object]) -> Doc | None:
    """What was told of `handler`; None for a handler that nobody documented."""
    found: Doc | None = getattr(handler, _ATTRIBUTE, None)
    return found
