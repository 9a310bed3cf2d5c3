"""The sound parts of a broken document, so that those can be checked as well."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from simulator.domain.configuration import integration_id
from simulator.scenarios.models.document import MODELS, ScenarioDocument
from simulator.validation.origins import Origin, Origins


class SoundParts(NamedTuple):
    """What is left of a document, and the ids of what is not: other parts may refer to them."""

    document: ScenarioDocument
    assumed: Mapping[str, frozenset[str]] = {}


def sound_parts(data: dict[Any, Any], error: ValidationError, origin: Origin) -> SoundParts | None:
    """`data` without what `error` found broken; None when too little would be left to judge."""
    broken: dict[str, set[int]] = {}
    kept = dict(data)
    for detail in error.errors(include_url=False, include_context=False):
        name, *rest = detail["loc"]
        listed = isinstance(data.get(name), list) and rest and isinstance(rest[0], int)
        if name in MODELS and not listed:
            return None
        if listed:
            broken.setdefault(str(name), set()).add(int(rest[0]))
        else:
            kept.pop(name, None)
    kept.setdefault("name", "unnamed")
    assumed: dict[str, frozenset[str]] = {}
    origins: dict[str, tuple[Origin, ...]] = {}
    for name, positions in broken.items():
        entries = kept[name]
        assumed[name] = frozenset(filter(None, (_identity(name, entries[p]) for p in positions)))
        sound = [p for p in range(len(entries)) if p not in positions]
        kept[name] = [entries[p] for p in sound]
        origins[name] = tuple(origin.at(name, p) for p in sound)
    try:
        document = ScenarioDocument.model_validate(kept)
    except ValidationError:
        return None
    return SoundParts(document.placed(Origins(origin, origins)), assumed)


def _identity(name: str, entry: object) -> str | None:
    if not isinstance(entry, dict):
        return None
    if name == "integrations":
        return integration_id(str(entry.get("service_provider")), str(entry.get("mvpd")))
    found = entry.get("id")
    return found if isinstance(found, str) else None
