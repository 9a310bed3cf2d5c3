"""How entities look in answers of the admin API."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final, overload

from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.faults import Fault, FaultUse
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import SsoLink
from simulator.services.control.entities import Found
from simulator.storage.worlds.entity_mapping import BY_ENTITY
from simulator.validation.durations import format_ms

DURATION: Final = "_ttl"
"""How the names of members end that hold a length of time."""


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


def view(found: Found) -> dict[str, Any]:
    """An entity as JSON: instants and durations in ISO 8601, and what follows from its state."""
    entity = found.entity
    members = _members(entity)
    if isinstance(entity, Profile):
        members |= {
            "valid": entity.valid(found.now),
            "issuer": entity.issuer,
            "links": [_link(each) for each in found.links],
        }
    if isinstance(entity, Fault):
        use = found.use or FaultUse(id=entity.id)
        members |= {"matched": use.matched, "struck": use.struck}
    if isinstance(entity, DegradationRule):
        members["from"] = members.pop("not_before")
        members["active"] = entity.active(found.now)
    return members


def _members(entity: Any) -> dict[str, Any]:  # noqa: ANN401 - an entity of any kind
    times = BY_ENTITY[type(entity)].times
    members: dict[str, Any] = {}
    for field in fields(entity):
        value = getattr(entity, field.name)
        if field.name in times:
            value = instant(value)
        elif field.name.endswith(DURATION) and value is not None:
            value = format_ms(value)
        members[field.name] = value
    return members


def _link(link: SsoLink) -> dict[str, Any]:
    members = _members(link)
    del members["profile"]
    return members
