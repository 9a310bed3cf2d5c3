"""What has to happen beside the exchanges for a capture to happen again: logins above all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from simulator.domain.sessions.authentication_sessions import LIFETIME
from simulator.validation.durations import format_ms

from .facts import SLACK, Event
from .learner import Learner
from .sessions import BY_HAND, BY_SESSION, Login
from .viewers import Viewer

_ENDINGS: Final = frozenset({"gone", "invalidated"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The events in their order, when an access token ended that was refused later, and whose each is.

    `credentials` are those that a registration led to, though its answer does not have them, by its number.
    """

    start: int
    events: tuple[Event, ...]
    token_ends: Mapping[str, int]
    clients: Mapping[str, str]
    credentials: Mapping[int, Mapping[str, str]]


def plan(learner: Learner, viewers: list[Viewer]) -> Plan:
    """The plan of what was learnt."""
    events = [*learner.facts.events, *learner.logins.events]
    events += learner.degradations.removals(learner.facts)
    for viewer in viewers:
        events += viewer.changes()
    whose = {id(login): viewer for viewer in viewers for login in viewer.logins}
    for login in learner.logins.all:
        events += _login(login, whose.get(id(login)))
    for each in events:
        if each.kind == "session":
            # When it was given out at the latest shows with its login.
            each.at = each.facts["session"].moment.at
    # A login that one answer shows to be done and to have gone was done first.
    events.sort(key=lambda each: (each.at, each.before, each.kind in _ENDINGS))
    return Plan(
        start=learner.facts.start,
        events=tuple(events),
        token_ends=learner.callers.token_ends,
        clients=learner.callers.clients,
        credentials=learner.callers.credentials,
    )


def _login(login: Login, viewer: Viewer | None) -> Iterator[Event]:
    before = login.seen.index
    if login.origin == BY_SESSION and login.session is not None and viewer is not None:
        began = login.session.moment
        at = login.not_before if login.not_before is not None else login.seen.at
        span = login.session.span(login.slot.mvpd, login.seen, login.not_before)
        since, last = span or (began, login.seen)
        at, before = min(at, began.at + LIFETIME - 1, last.at), last.index
        facts = {
            "code": login.session.code,
            "viewer": viewer.id,
            "mvpd": login.slot.mvpd,
            "slot": login.slot,
            "home": home(login),
        }
        at = max(at, since.at)
        yield Event(kind="login", at=at, before=before, facts=facts)
        if login.invalidated:
            yield Event(kind="invalidated", at=at, before=before, facts={"slot": login.slot})
    elif login.origin == BY_HAND:
        over = login.not_after is not None and login.not_after <= login.seen.at
        at = login.seen.at if over or login.not_before is None else login.not_before
        if login.after is not None and at < login.after.at - SLACK:
            # Whatever it says of itself, it was not there when somebody looked for it.
            at = login.after.at
            login = replace(login, not_before=at)
        facts = {"profile": entry(login, viewer, at)}
        yield Event(kind="profile", at=at, before=before, facts=facts)


def home(login: Login) -> bool:
    """Whether home-based authentication did the login."""
    found = (login.attributes or {}).get("hba_status")
    return isinstance(found, dict) and found.get("value") is True


def entry(login: Login, viewer: Viewer | None, moment: int) -> dict[str, Any]:
    """A login as a profile of a scenario, whose times are offsets from `moment`."""
    slot = login.slot
    attributes = _attributes(login.attributes or {})
    members = {
        "service_provider": slot.service_provider,
        "mvpd": slot.mvpd,
        "device": slot.device,
        "client": slot.client if not login.elsewhere else None,
        "subscriber": viewer.id if viewer else None,
        "type": login.type if login.type != "regular" else None,
        **_window(login, moment),
        "invalidated": login.invalidated,
        "attributes": attributes,
        "links": [each.link() for each in login.links],
    }
    return {name: each for name, each in members.items() if each}


def _window(login: Login, moment: int) -> dict[str, str]:
    if login.not_before is None or login.not_after is None:
        return {}
    found = {"expires_in": format_ms(login.not_after - moment)}
    if login.not_before != moment:
        found = {"not_before": format_ms(login.not_before - moment), **found}
    return found


def _attributes(found: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes, without an upstreamUserID that every MVPD gives."""
    return {
        name: {"value": each.get("value", "unseen"), "state": each.get("state", "plain")}
        for name, each in sorted(found.items())
        if isinstance(each, dict) and (name != "upstreamUserID" or each != found.get("userID"))
    }
