"""The logins that a capture shows, or that its answers take for granted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simulator.domain.sessions.authentication_sessions import LIFETIME

from .facts import SLACK, Caller, Event, Facts, Identity, Moment, Slot, Verdict

INITIAL: Final = "initial"
BY_SESSION: Final = "session"
BY_PARTNER: Final = "partner"
BY_HAND: Final = "made"
_REGULAR: Final = "regular"
APPLE: Final = "appleSSO"


@dataclass(kw_only=True)
class Session:
    """A code that was given out, and for what.

    `closed` says by MVPD, or for any under "", before which exchange somebody had to log in with it.
    """

    code: str
    caller: Caller
    mvpd: str | None
    moment: Moment
    unseen: bool = False
    parameters: dict[str, str] = field(default_factory=dict)
    closed: dict[str, Moment] = field(default_factory=dict)

    def choose(self, mvpd: str, now: Moment) -> None:
        """It is for another MVPD from now on."""
        if self.mvpd is not None:
            self.closed[self.mvpd] = now
        self.closed.pop(mvpd, None)
        self.mvpd = mvpd

    def until(self, mvpd: str, otherwise: Moment) -> Moment:
        """Before when a login at an MVPD happened with it; at `otherwise` at the latest."""
        return min(self.closed.get(mvpd, otherwise), self.closed.get("", otherwise), otherwise)


@dataclass(kw_only=True)
class Login:
    """A login: whose, since when, and what the MVPD said to it. What is None was not seen."""

    slot: Slot
    platform: str
    seen: Moment
    type: str = _REGULAR
    not_before: int | None = None
    not_after: int | None = None
    attributes: dict[str, Any] | None = None
    latest: dict[str, Any] | None = None
    session: Session | None = None
    origin: str = INITIAL
    invalidated: bool = False
    elsewhere: bool = False
    links: list[Identity] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    ended: bool = False

    def valid(self, at: int) -> bool:
        """Whether it could be used at `at`."""
        over = self.not_after is not None and at >= self.not_after
        return not (self.ended or self.invalidated or over)

    @property
    def user_id(self) -> str | None:
        """The viewer, as the MVPD calls them."""
        found = (self.attributes or {}).get("userID")
        value = found.get("value") if isinstance(found, dict) else None
        return value if isinstance(value, str) else None


@dataclass(kw_only=True)
class _Place:
    """What is known of a slot: its login, or that there is none, and the codes that were given out for it."""

    login: Login | None = None
    absent: bool = False
    sessions: list[Session] = field(default_factory=list)


class Logins:
    """The logins of all slots, in the order in which they were met."""

    def __init__(self, facts: Facts) -> None:
        self.all: list[Login] = []
        self.events: list[Event] = []
        self.sessions: dict[str, Session] = {}
        self._facts = facts
        self._places: dict[Slot, _Place] = {}
        self._by_owner: dict[tuple[str, str, str], list[str]] = {}
        self._by_identity: dict[tuple[str, Identity], list[Login]] = {}
        self._open: dict[Slot, Session] = {}
        self._listed: dict[tuple[str, str, str], frozenset[str]] = {}
        self._asked: dict[tuple[str, Identity], list[Session]] = {}

    # Sessions

    def given_out(self, session: Session) -> None:
        """A code was given out, or its MVPD chosen."""
        self.sessions[session.code] = session
        whose = session.caller.slot("")
        before = self._open.get(whose)
        if before is None or before.moment < session.moment:
            if before is not None:
                # A new code ends the one before.
                before.closed.setdefault("", session.moment)
            self._open[whose] = session
        if session.mvpd:
            place = self._place(session.caller.slot(session.mvpd))
            if session not in place.sessions:
                place.sessions = [*place.sessions[-3:], session]
            for identity in session.caller.identities:
                asked = self._asked.setdefault((session.mvpd, identity), [])
                if session not in asked:
                    asked[:] = [*asked[-3:], session]

    # Evidence

    def shown(self, caller: Caller, mvpd: str, entry: Mapping[str, Any], now: Moment) -> Login:
        """A profile of the caller's own was shown."""
        slot, place = caller.slot(mvpd), self._place(caller.slot(mvpd))
        begins, ends = entry.get("notBefore"), entry.get("notAfter")
        login = place.login
        if login is None or not self._is(login, begins, ends):
            login = self._begun(caller, slot, begins, now)
        login.type = str(entry.get("type", _REGULAR))
        if login.not_before is None and isinstance(begins, int):
            self._dated(login, place, begins)
        login.not_before, login.not_after = begins, ends
        attributes = entry.get("attributes")
        known = attributes if isinstance(attributes, dict) else {}
        login.attributes = login.attributes or known
        # An authorization may renew some of them.
        login.latest = known
        return login

    def shared(
        self, caller: Caller, mvpd: str, entry: Mapping[str, Any], kind: str, now: Moment
    ) -> Login:
        """A profile was shown that single sign-on shares with the caller."""
        begins, ends = entry.get("notBefore"), entry.get("notAfter")
        identity = next((each for each in caller.identities if each.kind == kind), None)
        found = self._source(mvpd, identity, begins, ends)
        if found is None and isinstance(begins, int):
            found = self._unseen(caller, mvpd, begins, now)
        if found is not None and found.attributes is None:
            found.not_before, found.not_after = begins, ends
            found.attributes = _own(entry)
        if found is None:
            found = self._elsewhere(caller, mvpd, begins, now)
            found.attributes = _own(entry)
            found.not_before, found.not_after = begins, ends
        if identity is not None:
            self._link(found, identity)
        own = self._place(caller.slot(mvpd))
        if own.login is not None and own.login.attributes is None and not own.login.ended:
            # What was taken for a login of its own was this one.
            found.verdicts += own.login.verdicts
            self.all.remove(own.login)
            own.login = None
        return found

    def used(self, caller: Caller, mvpd: str, now: Moment) -> Login:
        """The login behind an answer that there would not be without one."""
        place = self._place(caller.slot(mvpd))
        if place.login is not None and place.login.valid(now.at):
            return place.login
        for identity in caller.identities:
            for each in self._by_identity.get((mvpd, identity), ()):
                if each.valid(now.at):
                    return each
        if not place.sessions and (login := self._unseen(caller, mvpd, None, now)):
            return login
        if caller.identities and self.was_logged_out(caller, mvpd):
            login = self._elsewhere(caller, mvpd, None, now)
            for identity in caller.identities:
                self._link(login, identity)
            return login
        return self._begun(caller, caller.slot(mvpd), None, now)

    def _elsewhere(self, caller: Caller, mvpd: str, begins: object, now: Moment) -> Login:
        """A login of an app that is not in the capture, which single sign-on shares with the caller."""
        slot = Slot("", f"elsewhere-{len(self.all) + 1}", caller.service_provider, mvpd)
        found = self._begun(caller, slot, begins, now)
        found.elsewhere = True
        self._facts.notes["single sign-on from an app that is not in the capture"] += 1
        return found

    def _unseen(self, caller: Caller, mvpd: str, begins: int | None, now: Moment) -> Login | None:
        """The login of an app that asked with the same identity, which nobody has looked at yet."""
        for identity in caller.identities:
            for session in reversed(self._asked.get((mvpd, identity), [])):
                place = self._place(session.caller.slot(mvpd))
                if place.login is not None and not place.login.ended:
                    continue
                if begins is None or session.moment.at <= begins + SLACK:
                    return self._begun(session.caller, session.caller.slot(mvpd), begins, now)
        return None

    def missing(self, caller: Caller, mvpd: str, now: Moment) -> None:
        """The caller has no login of its own at an MVPD."""
        place = self._place(caller.slot(mvpd))
        place.absent = place.login is None
        if place.login is not None and place.login.valid(now.at) and place.login.type != APPLE:
            self.events.append(
                Event(
                    kind="gone",
                    at=now.at,
                    before=now.index,
                    facts={"slot": place.login.slot},
                )
            )
            self._facts.notes["logins that ended without a logout"] += 1
            place.login.ended = True

    def unlisted(self, caller: Caller, listed: Mapping[str, Any], now: Moment) -> None:
        """All of the caller's profiles were shown: what is not among them is not there."""
        owner = (caller.client, caller.device, caller.service_provider)
        self._listed[owner] = frozenset(listed)
        for mvpd in self._by_owner.get(owner, ()):
            if mvpd not in listed:
                self.missing(caller, mvpd, now)

    def expired(self, caller: Caller, mvpd: str, now: Moment, *, invalidated: bool) -> None:
        """There is a login that cannot be used any more."""
        place = self._place(caller.slot(mvpd))
        login = place.login
        if login is not None and not login.ended:
            if invalidated and login.valid(now.at):
                login.invalidated = True
                facts = {"slot": login.slot}
                self.events.append(
                    Event(kind="invalidated", at=now.at, before=now.index, facts=facts)
                )
            return
        login = self._begun(caller, caller.slot(mvpd), None, now)
        login.origin, login.session = INITIAL, None
        if invalidated:
            login.invalidated = True
        else:
            login.not_before, login.not_after = (
                self._facts.start - 90_000_000,
                self._facts.start - 1,
            )
            login.attributes = {}

    def was_logged_out(self, caller: Caller, mvpd: str) -> bool:
        """Whether the caller has no login, for it ended or was missing, and nobody asked for one since."""
        place = self._place(caller.slot(mvpd))
        owner = (caller.client, caller.device, caller.service_provider)
        gone = place.absent or mvpd not in self._listed.get(owner, {mvpd})
        return (place.login.ended if place.login else gone) and not place.sessions

    def logged_out(self, caller: Caller, mvpd: str) -> None:
        """The caller's login, and all that its headers reach, ended."""
        place = self._place(caller.slot(mvpd))
        if place.login is not None:
            place.login.ended = True
        place.sessions = []
        for identity in caller.identities:
            for each in self._by_identity.get((mvpd, identity), ()):
                each.ended = True

    # Inside

    def _place(self, slot: Slot) -> _Place:
        place = self._places.get(slot)
        if place is None:
            place = self._places[slot] = _Place()
            self._by_owner.setdefault(slot[:3], []).append(slot.mvpd)
        return place

    def _is(self, login: Login, begins: object, ends: object) -> bool:
        if login.ended:
            return False
        if login.not_before is None:
            return isinstance(begins, int) and begins <= login.seen.at + SLACK
        return (login.not_before, login.not_after) == (begins, ends)

    def _begun(self, caller: Caller, slot: Slot, begins: object, now: Moment) -> Login:
        place = self._place(slot)
        login = Login(slot=slot, platform=caller.platform, seen=now)
        place.login = login
        self.all.append(login)
        if isinstance(begins, int):
            self._dated(login, place, begins)
        else:
            login.session = place.sessions[-1] if place.sessions else None
            login.origin = BY_SESSION if login.session else INITIAL
        self._link_session(login)
        return login

    def _dated(self, login: Login, place: _Place, begins: int) -> None:
        """Find out how a login came about of which is known when it began."""
        fitting = [
            each
            for each in place.sessions
            if each.moment.at - (LIFETIME if each.unseen else SLACK)
            <= begins
            < each.moment.at + LIFETIME
        ]
        if fitting and fitting[-1].unseen:
            # A code shows nobody's login but its own, so that has to be done again, too.
            self._facts.start = min(self._facts.start, begins)
            fitting[-1].moment = min(fitting[-1].moment, Moment(begins, -1))
        login.session = fitting[-1] if fitting and begins >= self._facts.start - SLACK else None
        if login.session is not None:
            login.origin = BY_SESSION
        else:
            login.origin = INITIAL if begins < self._facts.start else BY_HAND
        self._link_session(login)

    def _link_session(self, login: Login) -> None:
        for identity in login.session.caller.identities if login.session else ():
            self._link(login, identity)

    def _link(self, login: Login, identity: Identity) -> None:
        if identity not in login.links:
            login.links.append(identity)
            self._by_identity.setdefault((login.slot.mvpd, identity), []).append(login)

    def _source(
        self, mvpd: str, identity: Identity | None, begins: object, ends: object
    ) -> Login | None:
        linked = self._by_identity.get((mvpd, identity), []) if identity else []
        for each in (*linked, *self._at(mvpd)):
            dated = (each.not_before, each.not_after)
            if not each.ended and dated == (begins, ends):
                return each
        return next((each for each in linked if not each.ended and each.not_before is None), None)

    def _at(self, mvpd: str) -> Iterator[Login]:
        yield from (each for each in reversed(self.all[-_LOOKED_AT:]) if each.slot.mvpd == mvpd)


def _own(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a shared profile as they are where the login was."""
    found = entry.get("attributes")
    return {name: each for name, each in (found or {}).items() if name != "mvpd"}


_LOOKED_AT: Final = 200
"""How many logins are looked at for the one that another app shares."""
