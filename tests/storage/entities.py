"""Entities to store: one of each kind with every field set, one with the defaults, and short hands."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from simulator.domain.configuration import ServiceProvider
from simulator.domain.sessions.profiles import Profile
from simulator.storage.worlds.entity_mapping import KINDS, EntityMapping
from tests.storage.worlds import NOW

E = TypeVar("E")

HOUR = 3_600_000


def required(each: Field[Any]) -> bool:
    return each.default is MISSING and each.default_factory is MISSING


def bare(kind: EntityMapping[E]) -> E:
    """An entity with nothing but what its kind requires."""
    return kind.entity(**_members(kind, [each for each in _fields(kind) if required(each)]))


def complete(kind: EntityMapping[E]) -> E:
    """An entity with every field set, and none of those that have a default to that."""
    return kind.entity(**_members(kind, _fields(kind)))


def _fields(kind: EntityMapping[Any]) -> Sequence[Field[Any]]:
    return fields(kind.entity)


def _members(kind: EntityMapping[Any], wanted: Sequence[Field[Any]]) -> dict[str, Any]:
    hints = get_type_hints(kind.entity)
    members = {each.name: _value(hints[each.name], each) for each in wanted}
    for number, name in enumerate(each for each in kind.times if each in members):
        members[name] = NOW + number * HOUR
    return members


def _value(hint: Any, each: Field[Any]) -> Any:  # noqa: ANN401
    """Some value of the type `hint` that is not the default."""
    if get_origin(hint) is UnionType:
        hint = next(kind for kind in get_args(hint) if kind is not NoneType)
    outer, inner = get_origin(hint) or hint, get_args(hint)
    if outer is tuple:
        return (f"{each.name} é", f"{each.name} 2")
    if outer is Mapping:
        return {"a": _value(inner[1], each), "é": _value(inner[1], each)}
    if issubclass(outer, Enum):
        return next(member for member in outer if member is not each.default)
    if outer is bool:
        return each.default is not True
    if outer is float:
        return 0.25
    if outer is int:
        return 2**40
    if outer is str:
        return f"{each.name} “é”\n\u0001\U0001f4fa"
    return {"list": [1, -2.5, True, None, {"deep": "é"}], "": {}}


COMPLETE: tuple[Any, ...] = tuple(complete(kind) for kind in KINDS)
BARE: tuple[Any, ...] = tuple(bare(kind) for kind in KINDS)


def profile(entity_id: str, device: str = "device", **members: Any) -> Profile:  # noqa: ANN401
    """A profile that is valid now, for tests to which the other members are all the same."""
    given: dict[str, Any] = {
        "service_provider": "REF30",
        "mvpd": "Cablevision",
        "not_before": NOW,
        "not_after": NOW + HOUR,
    }
    return Profile(id=entity_id, device=device, **(given | members))


def provider(entity_id: str, name: str = "A channel") -> ServiceProvider:
    return ServiceProvider(id=entity_id, name=name)


def names(entities: list[Any]) -> list[str]:
    """The ids of `entities`, in their order."""
    return [each.id for each in entities]
