"""What entries are called: the id that is written, or the one that follows from the position."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from simulator.domain.configuration import integration_id
from simulator.domain.members import members

from .models import MODELS, Entity, GenerateModel, IntegrationModel, ScenarioDocument

Entry: TypeAlias = Entity | GenerateModel

_PREFIXES: Final[Mapping[str, str]] = {
    name: each.numbered.prefix
    for name, model in MODELS.items()
    for each in members(model.of)
    if each.numbered
}


def entries(document: ScenarioDocument, name: str) -> tuple[Entry, ...]:
    """The entries of the list `name`."""
    found: tuple[Entry, ...] = getattr(document, name)
    return found


def entities(document: ScenarioDocument, name: str) -> Iterator[tuple[int, Entity]]:
    """The entities in the list `name`, with their positions."""
    found: tuple[Entity, ...] = getattr(document, name)
    return enumerate(found)


def written_id(entry: Entry) -> str | None:
    """The id that `entry` gives itself, or None; an integration's is made of its pair."""
    if isinstance(entry, IntegrationModel):
        return integration_id(entry.service_provider, entry.mvpd)
    identifier: str | None = getattr(entry, "id", None)
    return identifier


def final_id(name: str, position: int, entry: Entity) -> str:
    """The id of the entity at `position` of the list `name`: written, or counted from 1."""
    return written_id(entry) or numbered(_PREFIXES[name], position + 1)


def numbered(kind: str, number: int) -> str:
    """The id of the `number`th entity of `kind` that came without one."""
    return f"{kind}-{number}"
