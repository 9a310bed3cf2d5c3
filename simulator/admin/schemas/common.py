"""Shapes that several answers of the admin API share."""

from typing import Annotated, TypeAlias

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

Instant: TypeAlias = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-01-01T12:00:00.000Z"]}
    ),
]
"""An instant in ISO 8601, in UTC."""

Span: TypeAlias = Annotated[
    str, WithJsonSchema({"type": "string", "format": "duration", "examples": ["P30D", "PT5M"]})
]
"""A length of time in ISO 8601."""

Counts: TypeAlias = Annotated[
    dict[str, int], Field(description="How many, by the name of their list in a scenario.")
]


class DocumentProblem(TypedDict):
    """One thing to mend, or to know, in a scenario document."""

    source: Annotated[str | None, Field(description="The file, where there is one.")]
    line: Annotated[int | None, Field(description="The line of the file, where one is known.")]
    path: Annotated[str, Field(description="Where it is, as in mvpds[3].id.")]
    problem: Annotated[str, Field(description="What is wrong, and what was expected.")]


Warnings: TypeAlias = Annotated[
    list[DocumentProblem],
    Field(description="What leads nowhere, as when no app can register; it keeps nobody from it."),
]


class Seeding(TypedDict):
    """What became of a seed."""

    generation: Annotated[int, Field(description="The sandbox's generation from now on.")]
    seeded: Counts
    warnings: Warnings


class Resetting(TypedDict):
    """What a reset took away."""

    generation: Annotated[int, Field(description="The sandbox's generation from now on.")]
    baseline: Annotated[str | None, Field(description="The scenario that is in force again.")]
    cleared: Counts


class Deleted(TypedDict):
    """How many were deleted."""

    deleted: Annotated[int, Field(description="How many were deleted.")]


class FieldProblem(TypedDict):
    """One thing to mend in a document."""

    path: Annotated[str, Field(description="Where it is, as in mvpds[3].id.")]
    problem: Annotated[str, Field(description="What is wrong, and what was expected.")]


class Problem(TypedDict):
    """Why a call was refused; nothing has changed."""

    code: Annotated[str, Field(description="For programs.", examples=["profile_not_found"])]
    message: Annotated[str, Field(description="What is wrong.")]
    hint: Annotated[str, Field(description="The next thing to try.")]
    fields: Annotated[
        list[FieldProblem], Field(description="Every problem of a document, all at once.")
    ]


class Refused(TypedDict):
    """The one shape of every error."""

    error: Annotated[Problem, Field(description="What is wrong.")]
