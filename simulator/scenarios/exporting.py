"""From the records of a world back to a scenario document: one world, one document."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import SsoLink
from simulator.domain.switches import Setting

from .context import Record
from .models import MODELS, Entity, ProfileModel

_BY_ENTITY: Final[Mapping[type, tuple[str, type[Entity]]]] = {
    model.of: (name, model) for name, model in MODELS.items()
}

EXPORTED: Final = frozenset({*_BY_ENTITY, Setting, SsoLink})
"""The entities that a document can hold."""


def document(
    records: Iterable[Record], *, name: str, title: str, description: str, moment: int = 0
) -> dict[str, object]:
    """The scenario document, as plain JSON data, that stands for exactly these records.

    Its times are offsets from `moment`. Members come in a fixed order, entries sorted by id, and a
    member equal to its default is left out; ids are always written. Two exports of one world are
    therefore equal byte for byte, and so is the export of what was imported from one.
    """
    lists: dict[str, list[tuple[str, dict[str, object]]]] = {each: [] for each in MODELS}
    settings: dict[str, object] = {}
    links: dict[str, list[SsoLink]] = defaultdict(list)
    profiles: list[Profile] = []
    for record in records:
        match record:
            case Setting():
                settings[record.id] = record.value
            case SsoLink():
                links[record.profile].append(record)
            case Profile():
                profiles.append(record)
            case _:
                kind, model = _BY_ENTITY[type(record)]
                lists[kind].append((record.id, model.entry(record, moment)))
    for profile in profiles:
        tied = links.pop(profile.id, [])
        lists["profiles"].append((profile.id, ProfileModel.entry(profile, moment, tied)))
    if links:
        raise ValueError(f"links to profiles that are not there: {', '.join(sorted(links))}")
    found: dict[str, object] = {"name": name}
    about = {"title": title, "description": description, "settings": dict(sorted(settings.items()))}
    found |= {member: value for member, value in about.items() if value}
    for each, entries in lists.items():
        if entries:
            found[each] = [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]
    return found
