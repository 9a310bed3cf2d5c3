"""What the members of an entity are, which the annotations of its dataclass say.

`mvpd: Annotated[Id, Reference("mvpds"), "The MVPD's id."]` is a member with a form, a mark and a
description. Rows, documents, answers of the admin API and their schemas all follow from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum, auto
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints


class Form(Enum):
    """What may stand in a text or number, and how it is written."""

    ID = auto()
    LINK_ID = auto()
    DEVICE = auto()
    KEY = auto()
    TEXT = auto()
    PROSE = auto()
    COUNT = auto()
    INSTANT = auto()
    DURATION = auto()


Id: TypeAlias = Annotated[str, Form.ID]
"""The name of an entity."""

LinkId: TypeAlias = Annotated[str, Form.LINK_ID]
"""The name of a link, which begins with that of its profile."""

DeviceId: TypeAlias = Annotated[str, Form.DEVICE]
"""The plain text that a device names itself by."""

Key: TypeAlias = Annotated[str, Form.KEY]
"""A text that is not empty, and that rows are found by."""

Text: TypeAlias = Annotated[str, Form.TEXT]
"""A text that is not empty."""

Prose: TypeAlias = Annotated[str, Form.PROSE]
"""Any text."""

Count: TypeAlias = Annotated[int, Form.COUNT]
"""How many; none at the least."""

Instant: TypeAlias = Annotated[int, Form.INSTANT]
"""Epoch milliseconds. A row has milliseconds since the world's epoch, a document an offset."""

LATEST: Final = 221_845_392_000_000
"""The first instant of the year 9000: the longest durations that documents may name, a thousand years,
still lead to a date that can be written everywhere."""

Duration: TypeAlias = Annotated[int, Form.DURATION]
"""A length of time in milliseconds."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Marks the id, or ids, of entities in the list `target` of a document."""

    target: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """Marks an id that is made up when a document leaves it out: `prefix` and a number."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Implied:
    """Marks a member that follows from the id when a document leaves it out."""

    by: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Named:
    """Marks a member that JSON calls otherwise, because Python reserves that name."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One member of an entity, with what its annotation `hint` says of it.

    `type` is without forms and marks, and without the None of an `optional` one; `default` is
    MISSING where there is none. `about` is the description.
    """

    name: str
    hint: Any
    type: Any
    optional: bool
    default: object
    about: str | None
    form: Form | None
    reference: Reference | None
    numbered: Numbered | None
    implied: Implied | None
    named: Named | None

    @property
    def json_name(self) -> str:
        """What JSON calls it."""
        return self.named.name if self.named else self.name


def members(entity: type) -> tuple[Member, ...]:
    """The members of the dataclass `entity`, in its order."""
    return _members(entity)


@cache
def _members(entity: type) -> tuple[Member, ...]:
    hints, plain = get_type_hints(entity, include_extras=True), get_type_hints(entity)
    found = []
    for each in fields(entity):
        choices = _choices(plain[each.name])
        optional = NoneType in choices
        found.append(
            Member(
                name=each.name,
                hint=hints[each.name],
                type=choices[0] if optional else plain[each.name],
                optional=optional,
                default=each.default if each.default_factory is MISSING else each.default_factory(),
                **_marks(hints[each.name]),
            )
        )
    return tuple(found)


_MARKS: Final[Mapping[type, str]] = {
    str: "about",
    Form: "form",
    Reference: "reference",
    Numbered: "numbered",
    Implied: "implied",
    Named: "named",
}


def _marks(hint: Any) -> dict[str, Any]:  # noqa: ANN401 - any annotation
    """What an annotation says, by the names that `Member` has for it; the outermost counts."""
    said = dict.fromkeys(_MARKS.values())
    outer = getattr(hint, "__metadata__", ())
    choices = _choices(hint.__origin__ if outer else hint)
    # A union with None has the marks of its value, a list not those of its items.
    if NoneType in choices:
        outer = (*getattr(choices[0], "__metadata__", ()), *outer)
    return said | {_MARKS[type(mark)]: mark for mark in outer}


def _choices(hint: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any annotation
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
