"""From the records of a world back to a scenario document: one world, one document."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from enum import Enum
from typing import Any, Final

from simulator.domain.access.registration import Application, Client
from simulator.domain.configuration import Integration, Mvpd, ServiceProvider
from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.faults import Fault
from simulator.domain.households import Device, Subscriber
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import Issuer, SsoLink
from simulator.domain.switches import Setting
from simulator.scenarios.models.households import PASSWORD
from simulator.scenarios.models.profiles import default_start, is_long_form
from simulator.scenarios.models.registration import default_secret
from simulator.validation.durations import format_ms

from .context import Record
from .models import ENTITIES

_LISTS: Final[Mapping[type[Record], str]] = {
    ServiceProvider: "service_providers",
    Mvpd: "mvpds",
    Integration: "integrations",
    Application: "applications",
    Client: "clients",
    Issuer: "issuers",
    Subscriber: "subscribers",
    Device: "devices",
    Profile: "profiles",
    TempPassTrial: "temp_passes",
    DegradationRule: "degradations",
    Fault: "faults",
}

# The fields of each kind of record with their defaults, if any.
_FIELDS: Final[Mapping[type[Record], tuple[tuple[str, object], ...]]] = {
    entity: tuple(
        (each.name, each.default_factory() if callable(each.default_factory) else each.default)
        for each in fields(entity)
    )
    for entity in (*_LISTS, SsoLink)
}

# Nearly all values are of one of these types, and asking for them first halves the time.
_SCALARS: Final = frozenset({str, int, bool, type(None)})

_LENGTHS: Final = frozenset(
    {
        "authentication_ttl",
        "home_authentication_ttl",
        "authorization_ttl",
        "media_token_ttl",
        "temp_pass_ttl",
    }
)

_DERIVED: Final[Mapping[type[Record], Mapping[str, Callable[[str], str]]]] = {
    ServiceProvider: {"name": str},
    Mvpd: {"display_name": str},
    Application: {"name": str},
    Client: {"secret": default_secret},
    Subscriber: {"username": str, "password": lambda _: PASSWORD},
}
"""Members whose default depends on the id, and how."""

_INSTANTS: Final[Mapping[type[Record], tuple[tuple[str, str, int | None], ...]]] = {
    Client: (("registered_at", "registered", 0),),
    TempPassTrial: (("first_authorized", "first_authorized", 0),),
    DegradationRule: (("not_before", "from", None), ("until", "until", None)),
}
"""Fields that hold instants: the member that gives the offset, and the default of that."""


def document(
    records: Iterable[Record], *, name: str, title: str, description: str, moment: int = 0
) -> dict[str, object]:
    """The scenario document, as plain JSON data, that stands for exactly these records.

    Its times are offsets from `moment`. Members come in a fixed order, entries sorted by id, and a
    member equal to its default is left out; ids are always written. Two exports of one world are
    therefore equal byte for byte, and so is the export of what was imported from one.
    """
    lists: dict[str, list[tuple[str, dict[str, object]]]] = {each: [] for each in ENTITIES}
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
                lists[_LISTS[type(record)]].append((record.id, _entry(record, moment)))
    for profile in profiles:
        tied = links.pop(profile.id, [])
        lists["profiles"].append((profile.id, _profile(profile, tied, moment)))
    if links:
        raise ValueError(f"links to profiles that are not there: {', '.join(sorted(links))}")
    found: dict[str, object] = {"name": name}
    about = {"title": title, "description": description, "settings": dict(sorted(settings.items()))}
    found |= {member: value for member, value in about.items() if value}
    for each in ENTITIES:
        if lists[each]:
            found[each] = [entry for _, entry in sorted(lists[each], key=lambda pair: pair[0])]
    return found


def _entry(record: Record, moment: int) -> dict[str, object]:
    """The entry of anything but a profile."""
    members = _members(record)
    for name, default in _DERIVED.get(type(record), {}).items():
        if members.get(name) == default(record.id):
            del members[name]
    for name, member, implied in _INSTANTS.get(type(record), ()):
        members.pop(name, None)
        instant = getattr(record, name)
        if instant is not None and instant - moment != implied:
            members[member] = format_ms(instant - moment)
    if isinstance(record, Integration):
        # Its id follows from the pair.
        del members["id"]
        if record.overrides:
            members["overrides"] = {
                place: {name: _member(name, value) for name, value in sorted(changes.items())}
                for place, changes in sorted(record.overrides.items())
            }
    return members


def _profile(profile: Profile, links: list[SsoLink], moment: int) -> dict[str, object]:
    members = _members(profile)
    starts, ends = profile.not_before - moment, profile.not_after - moment
    del members["not_before"], members["not_after"]
    if starts != default_start(ends):
        members["not_before"] = format_ms(starts)
    members["expires_in"] = format_ms(ends)
    members["attributes"] = {
        name: _attribute(attribute) for name, attribute in sorted(profile.attributes.items())
    }
    if links:
        members["links"] = [_link(link) for link in sorted(links, key=lambda link: link.id)]
    return members


def _attribute(attribute: Mapping[str, object]) -> object:
    value = _plain(attribute["value"])
    if attribute["state"] == "plain" and not is_long_form(value):
        return value
    return {"value": value, "state": attribute["state"]}


def _link(link: SsoLink) -> dict[str, object]:
    members = _members(link)
    del members["profile"]
    return members


def _members(record: Record) -> dict[str, object]:
    """The fields of `record` that differ from their defaults, in the order of the domain."""
    found: dict[str, object] = {}
    for name, default in _FIELDS[type(record)]:
        value = getattr(record, name)
        if default is MISSING or value != default:
            found[name] = _member(name, value)
    return found


def _member(name: str, value: object) -> object:
    if name in _LENGTHS and isinstance(value, int):
        return format_ms(value)
    return _plain(value)


def _plain(value: Any) -> object:  # noqa: ANN401 - JSON of any shape
    """`value` as JSON data whose mappings are sorted."""
    if type(value) in _SCALARS:
        return value
    match value:
        case Enum():
            return value.value
        case Mapping():
            return {name: _plain(member) for name, member in sorted(value.items())}
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            return value
