"""Entities to store: one of each kind with every field set, one with the defaults, and short hands."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin

from simulator.domain.configuration import ServiceProvider
from simulator.domain.members import Member, members
from simulator.domain.sessions.profiles import Profile
from simulator.storage.worlds.entity_mapping import KINDS, EntityMapping
from tests.storage.worlds import NOW

E = TypeVar("E")

HOUR = 3_600_000


def bare(kind: EntityMapping[E]) -> E:
    """An entity with nothing but what its kind requires."""
    required = [each for each in members(kind.entity) if each.default is MISSING]
    return kind.entity(**_members(kind, required))


def complete(kind: EntityMapping[E]) -> E:
    """An entity with every field set, and none of those that have a default to that."""
    return kind.entity(**_members(kind, members(kind.entity)))


def _members(kind: EntityMapping[Any], wanted: Sequence[Member]) -> dict[str, Any]:
    found = {each.name: _value(each.type, each) for each in wanted}
    for number, name in enumerate(each for each in kind.times if each in found):
        found[name] = NOW + number * HOUR
    return found


def _value(hint: Any, each: Member) -> Any:  # noqa: ANN401
    """Some value of the type `hint` that is not the default."""
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
