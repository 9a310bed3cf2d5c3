"""How entities look in answers of the admin API, and the schemas of that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import GenericAlias
from typing import Any, Final, overload

from pydantic import Field, create_model

from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.faults import Fault, FaultUse
from simulator.domain.members import Form, Member, members
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import SsoLink
from simulator.services.control.entities import Found
from simulator.validation.durations import format_ms

from .common import Instant, Span


@overload
def instant(moment: int) -> str: ...
@overload
def instant(moment: None) -> None: ...
def instant(moment: int | None) -> str | None:
    """An instant in epoch milliseconds as ISO 8601 in UTC."""
    if moment is None:
        return None
    text = datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def milliseconds(moment: datetime) -> int:
    """The epoch milliseconds of `moment`."""
    # Through whole seconds, because a float of seconds cannot hold every millisecond.
    return int(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000


@dataclass(frozen=True, slots=True)
class _Added:
    """A member that follows from the state of an entity: its type, what it says, and its value.

    An entity for a type stands for a list of them.
    """

    type: Any
    about: str
    value: Callable[[Found], object]


def view(found: Found) -> dict[str, Any]:
    """An entity as JSON: instants and durations in ISO 8601, and what follows from its state."""
    added = _added(type(found.entity))
    return _members(found.entity) | {name: each.value(found) for name, each in added.items()}


@cache
def entity_shape(entity: type) -> Any:  # noqa: ANN401 - a model of its own for each class
    """The model of what `view` shows of an entity, made from its dataclass."""
    shapes = _shapes(entity)
    for name, each in _added(entity).items():
        shape = GenericAlias(list, (_link_shape(),)) if each.type is SsoLink else each.type
        shapes[name] = shape, Field(description=each.about)
    about = (entity.__doc__ or "").partition("\n")[0]
    return create_model(entity.__name__, __doc__=about, **shapes)


def _link_shape() -> Any:  # noqa: ANN401 - a model that is made here
    shapes = _without_profile(_shapes(SsoLink))
    about = "The tie of a profile to a single sign-on identity."
    return create_model("ProfileLink", __doc__=about, **shapes)


def _added(entity: type) -> Mapping[str, _Added]:
    return _ADDED.get(entity, {})


def _in_order(entity: type) -> list[Member]:
    """The members as answers show them: those with another name in JSON come last."""
    return sorted(members(entity), key=lambda each: each.named is not None)


def _members(entity: object) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    kind: type = type(entity)
    for name, json_name, write in _written(kind):
        value = getattr(entity, name)
        shown[json_name] = write(value) if write and value is not None else value
    return shown


@cache
def _written(entity: type) -> list[tuple[str, str, Callable[[int], str] | None]]:
    """Of each member its name, that in JSON, and how it is written where not as it is."""
    return [
        (each.name, each.json_name, _FORMS[each.form][1] if each.form in _FORMS else None)
        for each in _in_order(entity)
    ]


def _shapes(entity: type) -> dict[str, Any]:
    """The members as `create_model` takes them."""
    shapes: dict[str, Any] = {}
    for each in _in_order(entity):
        shape = _FORMS[each.form][0] if each.form in _FORMS else each.type
        # An application comes with the statement that we sign, where it has none of its own.
        if each.optional and each.name != "software_statement":
            shape |= None
        shapes[each.name] = shape, Field(description=each.about, alias=each.json_name)
    return shapes


def _without_profile(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in shown.items() if name != "profile"}


_FORMS: Final[Mapping[Form | None, tuple[Any, Callable[[int], str]]]] = {
    Form.INSTANT: (Instant, instant),
    Form.DURATION: (Span, format_ms),
}
"""How numbers are written that are no numbers in JSON."""

_ADDED: Final[Mapping[type, Mapping[str, _Added]]] = {
    Profile: {
        "valid": _Added(
            bool,
            "Whether the profile can be used now.",
            lambda found: found.entity.valid(found.now),
        ),
        "issuer": _Added(str, "Who vouches for the profile.", lambda found: found.entity.issuer),
        "links": _Added(
            SsoLink,
            "The single sign-on identities that share it.",
            lambda found: [_without_profile(_members(each)) for each in found.links],
        ),
    },
    Fault: {
        "matched": _Added(int, "How many requests were meant.", lambda found: _use(found).matched),
        "struck": _Added(int, "How many of them were struck.", lambda found: _use(found).struck),
    },
    DegradationRule: {
        "active": _Added(
            bool,
            "Whether the rule is in force now.",
            lambda found: found.entity.active(found.now),
        ),
    },
}


def _use(found: Found) -> FaultUse:
    return found.use or FaultUse(id=found.entity.id)
