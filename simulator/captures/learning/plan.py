"""What has to happen beside the exchanges for a capture to happen again: logins above all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.domain.sessions.authentication_sessions import LIFETIME
from simulator.validation.durations import format_ms

from .facts import Event
from .learner import Learner
from .logins import BY_HAND, BY_SESSION, Login
from .viewers import Viewer


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The events in their order, when each access token ended that was refused later, and whose tokens are."""

    start: int
    events: tuple[Event, ...]
    token_ends: Mapping[str, int]
    clients: Mapping[str, str]


def plan(learner: Learner, viewers: list[Viewer]) -> Plan:
    """The plan of what was learnt."""
    events = [*learner.facts.events, *learner.logins.events]
    for viewer in viewers:
        events += viewer.changes()
        for login in viewer.logins:
            events += _login(login, viewer)
    events.sort(key=lambda each: (each.at, each.before))
    return Plan(
        start=learner.facts.start,
        events=tuple(events),
        token_ends=learner.token_ends,
        clients=learner.clients,
    )


def _login(login: Login, viewer: Viewer) -> Iterator[Event]:
    before = login.seen.index
    if login.origin == BY_SESSION and login.session is not None:
        began = login.session.moment
        at = login.not_before if login.not_before is not None else login.seen.at
        at = min(at, began.at + LIFETIME - 1)
        facts = {
            "code": login.session.code,
            "viewer": viewer.id,
            "mvpd": login.slot.mvpd,
            "slot": login.slot,
            "home": home(login),
        }
        yield Event(kind="login", at=max(at, began.at), before=before, facts=facts)
    elif login.origin == BY_HAND:
        at = login.not_before or login.seen.at
        facts = {"profile": entry(login, viewer, at)}
        yield Event(kind="profile", at=at, before=before, facts=facts)


def home(login: Login) -> bool:
    """Whether home-based authentication did the login."""
    found = (login.attributes or {}).get("hba_status")
    return isinstance(found, dict) and found.get("value") is True


def entry(login: Login, viewer: Viewer | None, moment: int) -> dict[str, Any]:
    """A login as a profile of a scenario, whose times are offsets from `moment`."""
    slot = login.slot
    found: dict[str, Any] = {
        "service_provider": slot.service_provider,
        "mvpd": slot.mvpd,
        "device": slot.device,
    }
    if slot.client and not login.elsewhere:
        found["client"] = slot.client
    if viewer is not None:
        found["subscriber"] = viewer.id
    if login.type != "regular":
        found["type"] = login.type
    if login.not_before is not None and login.not_after is not None:
        if login.not_before != moment:
            found["not_before"] = format_ms(login.not_before - moment)
        found["expires_in"] = format_ms(login.not_after - moment)
    if login.invalidated:
        found["invalidated"] = True
    attributes = {
        name: _attribute(each)
        for name, each in sorted((login.attributes or {}).items())
        if name != "upstreamUserID" or each != (login.attributes or {}).get("userID")
    }
    if attributes:
        found["attributes"] = attributes
    if login.links:
        found["links"] = [each.link() for each in login.links]
    return found


def _attribute(each: Any) -> Any:  # noqa: ANN401 - an attribute of the user metadata
    if not isinstance(each, dict):
        return each
    return {"value": each.get("value", "unseen"), "state": each.get("state", "plain")}
