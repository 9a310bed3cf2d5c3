"""The sound parts of a broken document, so that those can be checked as well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from simulator.domain.configuration import integration_id
from simulator.scenarios.models.document import MODELS, ScenarioDocument
from simulator.validation.origins import Origin, Origins

_LISTS: Final = frozenset(MODELS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumed:
    """What a document may refer to although it is not there to be read.

    `ids` are known by list; of the lists that are `unread` nobody knows all that they hold.
    """

    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()

    def __or__(self, other: "Assumed") -> "Assumed":
        names = self.ids.keys() | other.ids.keys()
        none: frozenset[str] = frozenset()
        both = {name: self.ids.get(name, none) | other.ids.get(name, none) for name in names}
        return Assumed(ids=both, unread=self.unread | other.unread)


NOTHING_ASSUMED: Final = Assumed()
ANYTHING_ASSUMED: Final = Assumed(unread=_LISTS)
"""For a document of which a whole part is not at hand."""


def sound_parts(
    data: dict[Any, Any], error: ValidationError, origin: Origin
) -> tuple[ScenarioDocument | None, Assumed]:
    """`data` without what `error` found broken, and what that may have held.

    No document where too little would be left to judge.
    """
    broken: dict[str, set[int]] = {}
    kept = dict(data)
    unread: set[str] = set()
    for detail in error.errors(include_url=False, include_context=False):
        if not detail["loc"]:
            # The name of a member is no text that can be kept, and nobody can say which.
            return None, ANYTHING_ASSUMED
        name, *rest = detail["loc"]
        if isinstance(data.get(name), list) and rest and isinstance(rest[0], int):
            broken.setdefault(str(name), set()).add(int(rest[0]))
        else:
            kept.pop(name, None)
            unread |= {*_lists_from(str(name))}
    kept.setdefault("name", "unnamed")
    ids: dict[str, frozenset[str]] = {}
    origins: dict[str, tuple[Origin, ...]] = {}
    for name, positions in broken.items():
        entries = kept.pop(name, None)
        if entries is None:
            # As a whole it was no list that could be read, either.
            continue
        found = [_identity(name, entries[position]) for position in positions]
        ids[name] = frozenset(filter(None, found))
        if name == "generate":
            unread |= {*_lists_from(name)}
        sound = [p for p in range(len(entries)) if p not in positions]
        kept[name] = [entries[p] for p in sound]
        origins[name] = tuple(origin.at(name, p) for p in sound)
    assumed = Assumed(ids=ids, unread=frozenset(unread))
    try:
        document = ScenarioDocument.model_validate(kept)
    except ValidationError:
        return None, ANYTHING_ASSUMED
    return document.placed(Origins(origin, origins)), assumed


def _lists_from(member: str) -> Iterator[str]:
    """The lists that a member of a document adds to."""
    if member == "extends":
        yield from _LISTS
    elif member == "generate":
        yield "subscribers"
    elif member in _LISTS:
        yield member


def _identity(name: str, entry: object) -> str | None:
    if not isinstance(entry, dict):
        return None
    if name == "integrations":
        pair = entry.get("service_provider"), entry.get("mvpd")
        ends = [each for each in pair if isinstance(each, str)]
        return integration_id(*ends) if len(ends) == len(pair) else None
    found = entry.get("id")
    return found if isinstance(found, str) else None
