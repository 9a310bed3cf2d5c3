"""The logins that a capture shows, or that its answers take for granted."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from simulator.domain.sessions.authentication_sessions import LIFETIME

from .facts import SLACK, Caller, Event, Identity, Moment, Slot
from .places import Places
from .sessions import (
    APPLE,
    BY_HAND,
    BY_SESSION,
    INITIAL,
    Login,
    Place,
    own_attributes,
    user_id,
)


class Logins(Places):
    """The logins of all slots, by what answers show of them."""

    def shown(self, caller: Caller, mvpd: str, entry: Mapping[str, Any], now: Moment) -> Login:
        """A profile of the caller's own was shown."""
        slot, place = caller.slot(mvpd), self._place(caller.slot(mvpd))
        begins, ends = entry.get("notBefore"), entry.get("notAfter")
        login = self._shown_before(place, (begins, ends))
        if login is None or not self._is(login, entry):
            login = self._begun(caller, slot, begins, now)
        login.type = str(entry.get("type", login.type))
        if login.not_before is None and isinstance(begins, int):
            self._dated(login, place, begins)
        # What is known already stays, whatever an answer says, or does not say.
        login.not_before = begins if login.not_before is None else login.not_before
        login.not_after = ends if login.not_after is None else login.not_after
        attributes = entry.get("attributes")
        known = attributes if isinstance(attributes, dict) else {}
        login.attributes = login.attributes or known
        # An authorization may renew some of them.
        login.latest = known
        return login

    def _shown_before(self, place: Place, window: tuple[object, object]) -> Login | None:
        """The login in a place; the one before it, where that is shown again and so had not gone."""
        login = place.login
        if login is None:
            return None
        if (login.not_before, login.not_after) == window:
            self._never_gone(login)
        before = login.before if login.attributes is None and login.origin == BY_HAND else None
        if before is not None and (before.not_before, before.not_after) == window:
            self._never_gone(before)
            if not before.ended:
                self._same(login, before)
                place.login = before
        return place.login

    def shared(
        self, caller: Caller, mvpd: str, entry: Mapping[str, Any], kind: str, now: Moment
    ) -> Login:
        """A profile was shown that single sign-on shares with the caller."""
        begins, ends = entry.get("notBefore"), entry.get("notAfter")
        identity = next((each for each in caller.identities if each.kind == kind), None)
        found = self._source(mvpd, identity, entry)
        if found is None and isinstance(begins, int):
            found = self._unseen(caller, mvpd, begins, now)
        if found is not None and found.attributes is None:
            found.not_before, found.not_after = begins, ends
            found.attributes = own_attributes(entry)
        if found is None:
            found = self._elsewhere(caller, mvpd, begins, now)
            found.attributes = own_attributes(entry)
            found.not_before, found.not_after = begins, ends
        if identity is not None:
            self._link(found, identity)
        own = self._place(caller.slot(mvpd)).login
        if own is not None and own.attributes is None and not own.ended:
            self._same(own, found)
        elif own is not None and own is not found:
            # It would have been shown instead.
            self._gone(own, now)
        return found

    def _same(self, taken: Login, found: Login) -> None:
        """What was taken for a login of the caller's own was another one."""
        found.verdicts += taken.verdicts
        found.windows += taken.windows
        found.good = max(found.good, taken.good)
        for identity in taken.links:
            self._by_identity[taken.slot.mvpd, identity].remove(taken)
        self.all.remove(taken)
        self._place(taken.slot).login = None

    def used(self, caller: Caller, mvpd: str, now: Moment, *, shared: bool | None = None) -> Login:
        """The login behind an answer that there would not be without one.

        Where the answer says so, it is `shared` by single sign-on, or it is the caller's own.
        """
        login = self._behind(caller, mvpd, now, shared=shared)
        login.good = now.at
        return login

    def _behind(self, caller: Caller, mvpd: str, now: Moment, *, shared: bool | None) -> Login:
        own = self._place(caller.slot(mvpd)).login
        if own is not None and own.valid(now.at):
            if not shared:
                return own
            if own.certain or own.attributes is not None:
                # It would come first.
                self._gone(own, now)
        found = self._of_others(caller, mvpd, now, shared=shared)
        return found or self._begun(caller, caller.slot(mvpd), None, now)

    def _of_others(
        self, caller: Caller, mvpd: str, now: Moment, *, shared: bool | None
    ) -> Login | None:
        """The login that single sign-on shares with the caller, unless it is the caller's own."""
        if shared is not False and (found := self._reached(caller, mvpd, now)):
            return found
        perhaps = shared is None and not self._place(caller.slot(mvpd)).sessions
        if (shared or perhaps) and (login := self._unseen(caller, mvpd, None, now)):
            return login
        if self._must_be_shared(caller, mvpd, now, shared=shared) and caller.identities:
            return self._borrowed(caller, mvpd, now)
        return None

    def _must_be_shared(
        self, caller: Caller, mvpd: str, now: Moment, *, shared: bool | None
    ) -> bool:
        """Whether a login is none of the caller's own, which it had no way to come to."""
        if shared:
            return True
        gone = self.was_logged_out(caller, mvpd, now)
        return gone and not self._undecided(caller.slot(mvpd), now.at) and shared is None

    def _reached(self, caller: Caller, mvpd: str, now: Moment) -> Login | None:
        return next((each for each in self._by_headers(caller, mvpd) if each.valid(now.at)), None)

    def _borrowed(self, caller: Caller, mvpd: str, now: Moment) -> Login:
        """A login that only the caller's headers can reach, of an app that is not in the capture."""
        own = self._place(caller.slot(mvpd)).login
        login = self._elsewhere(caller, mvpd, None, now)
        for each in caller.identities:
            self._link(login, each)
        if any((mvpd, each) in self._unshared for each in caller.identities):
            login.origin = BY_HAND
        if own is not None and own.attributes is None and own.valid(now.at):
            self._same(own, login)
        return login

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
                in_use = place.login is not None and place.login.valid(now.at)
                if in_use or session.caller.slot(mvpd) == caller.slot(mvpd):
                    continue
                if begins is None or session.moment.at <= begins + SLACK:
                    return self._begun(session.caller, session.caller.slot(mvpd), begins, now)
        return None

    def missing(self, caller: Caller, mvpd: str, now: Moment) -> None:
        """The caller has no login of its own at an MVPD."""
        place = self._place(caller.slot(mvpd))
        place.absent = place.login is None
        place.missed = now
        for session in place.sessions:
            if session.missed is None and now.at >= session.moment.at + LIFETIME:
                session.missed = now
        self._unshared.update((mvpd, each) for each in caller.identities)
        if place.login is not None:
            self._gone(place.login, now)
        for each in self._by_headers(caller, mvpd):
            self._gone(each, now)

    def _by_headers(self, caller: Caller, mvpd: str) -> Iterator[Login]:
        """The logins at an MVPD that the caller's headers are known to reach."""
        for identity in caller.identities:
            yield from self._by_identity.get((mvpd, identity), ())

    def _gone(self, login: Login, now: Moment) -> None:
        """A login cannot be used any more, if it could be."""
        if not login.valid(now.at) or login.type == APPLE:
            return
        facts = {"slot": login.slot}
        login.ending = Event(kind="gone", at=now.at, before=now.index, facts=facts)
        self.events.append(login.ending)
        self._facts.notes["logins that ended without a logout"] += 1
        login.ended = True

    def _never_gone(self, login: Login) -> None:
        """A login is shown again that began before it was taken to have gone: so it had not."""
        if login.ending and login.not_before and login.not_before < login.ending.at - SLACK:
            self.events.remove(login.ending)
            login.ending, login.ended = None, False

    def replaced(self, caller: Caller, mvpd: str, *, partner: bool) -> None:
        """The caller's login is one of the partner's, or is none: one of the other kind was replaced."""
        login = self._place(caller.slot(mvpd)).login
        if login is None or (login.type == APPLE) == partner:
            return
        if login.type == APPLE or login.attributes is not None:
            login.ended = True

    def unlisted(self, caller: Caller, listed: Mapping[str, Any], now: Moment) -> None:
        """All of the caller's profiles were shown: what is not among them is not there."""
        owner = (caller.client, caller.device, caller.service_provider)
        self._listed[owner] = frozenset(listed)
        known = self._by_owner.get(owner, ())
        # Headers reach nothing where the service provider does not serve the MVPD.
        served = [
            mvpd
            for (name, mvpd), each in self._facts.integrations.items()
            if name == owner[2] and not each.inactive and (each.used or each.configured)
        ]
        reached = [mvpd for mvpd in served if any(self._by_headers(caller, mvpd))]
        for mvpd in dict.fromkeys([*known, *reached]):
            if mvpd not in listed:
                self.missing(caller, mvpd, now)

    def expired(self, caller: Caller, mvpd: str, now: Moment, *, invalidated: bool) -> None:
        """There is a login that cannot be used any more."""
        login = self._place(caller.slot(mvpd)).login
        logged_out = login is not None and login.ended and not login.ending
        if login is None or logged_out or _is_another(login, now.at, invalidated=invalidated):
            self._unusable(self._over(caller, mvpd, now), now, invalidated=invalidated)
        elif login.ending:
            self._still_there(login, login.ending, now, invalidated=invalidated)
        elif not invalidated:
            self._lasted(login, now.at)
        elif login.valid(now.at):
            self._revoked(login, now)

    def _unusable(self, login: Login, now: Moment, *, invalidated: bool) -> None:
        """A login was over, or `invalidated`, when it was first met."""
        login.attributes = None if invalidated else {}
        if invalidated:
            login.invalidated, login.good = True, now.at
        elif login.session is not None:
            self._lasted(login, now.at)
        elif login.origin == INITIAL:
            login.not_before, login.not_after = self._long_ago, self._facts.start - 1
        else:
            login.not_before, login.not_after = now.at - 2, now.at - 1

    def _still_there(self, login: Login, ending: Event, now: Moment, *, invalidated: bool) -> None:
        """What was taken to have ended did not: it was over, or somebody invalidated it."""
        login.ending, login.ended = None, False
        if login.not_after is None and not invalidated and not self._at_once(login, ending.at):
            self.events.remove(ending)
            self._lasted(login, ending.at)
            return
        ending.kind, login.revoked = "invalidated", True
        if not invalidated:
            self._lasted(login, now.at)

    def _at_once(self, login: Login, at: int) -> bool:
        """Whether a login could not be used any more before it can have been over."""
        begun = login.begun_by(self._facts.start) + SLACK if login.session is not None else 0
        return at <= max(login.good, begun)

    def _revoked(self, login: Login, now: Moment) -> None:
        """Somebody invalidated a login."""
        login.revoked, login.good = True, now.at
        facts = {"slot": login.slot}
        self.events.append(Event(kind="invalidated", at=now.at, before=now.index, facts=facts))

    def _lasted(self, login: Login, at: int) -> None:
        """A login was over by an instant, so one lasts no longer than that."""
        if login.not_after is not None:
            return
        if login.session is not None and login.session.missed is not None:
            at = min(at, login.session.missed.at)
        login.not_before, login.not_after = login.begun_by(self._facts.start), at
        if login.origin == BY_SESSION:
            integration = self._facts.integration(login.slot.service_provider, login.slot.mvpd)
            integration.bounds[login.platform, False, at - login.not_before] += 1

    @property
    def _long_ago(self) -> int:
        return self._facts.start - 90_000_000

    def _over(self, caller: Caller, mvpd: str, now: Moment) -> Login:
        """A login of the caller's own that cannot be used any more, or a shared one where that cannot be."""
        slot = caller.slot(mvpd)
        place = self._place(slot)
        known, gone = place.login is not None, self._overtaken(place)
        new = self._new(caller)
        unshared = self._unshared.issuperset((mvpd, each) for each in caller.identities)
        if place.sessions and (known or new or (place.none and unshared)):
            return self._begun(caller, slot, None, now, usable=False)
        if caller.identities and (place.none or new or gone):
            return self._borrowed(caller, mvpd, now)
        place.named = caller.identities
        return self._begun(caller, slot, None if known else self._long_ago, now)

    @staticmethod
    def _overtaken(place: Place) -> bool:
        """Another login took the place of the known one, which had ended before or not."""
        login = place.login
        if login is None:
            return False
        gone, login.ended = login.ended, True
        place.sessions = [each for each in place.sessions if not each.used]
        return gone

    def none(self, caller: Caller, mvpd: str, now: Moment) -> None:
        """The caller has no login at an MVPD, not even one that is over."""
        self.missing(caller, mvpd, now)
        place = self._place(caller.slot(mvpd))
        place.none = True
        login = place.login
        named = [each for each in place.named if each not in caller.identities]
        if login is None or login.ended or not named:
            return
        # Only the headers that were sent before led to it.
        place.login = None
        slot = Slot("", f"elsewhere-{len(self.all) + 1}", caller.service_provider, mvpd)
        login.slot, login.elsewhere = slot, True
        self._place(slot).login = login
        for identity in named:
            self._link(login, identity)

    def logged_out(self, caller: Caller, mvpd: str) -> None:
        """The caller's login, and all that its headers reach, ended."""
        place = self._place(caller.slot(mvpd))
        if place.login is not None:
            place.login.ended = True
        place.sessions = []
        self._unshared.update((mvpd, each) for each in caller.identities)
        for each in self._by_headers(caller, mvpd):
            each.ended = True

    def _is(self, login: Login, entry: Mapping[str, Any]) -> bool:
        """Whether a profile is that of a login, and of none that took its place, perhaps in one instant."""
        if login.ended or login.revoked or login.invalidated:
            return False
        begins, ends = entry.get("notBefore"), entry.get("notAfter")
        if login.attributes is not None:
            viewer = user_id(entry.get("attributes"))
            partners = (login.type == APPLE) != (entry.get("type", login.type) == APPLE)
            if partners or viewer not in {None, login.user_id}:
                return False
        if login.not_before is None:
            return not isinstance(begins, int) or begins <= login.seen.at + SLACK
        # No two logins end in one millisecond that do not begin in one.
        return ends == login.not_after or (ends is None and begins in {None, login.not_before})

    def _source(
        self, mvpd: str, identity: Identity | None, entry: Mapping[str, Any]
    ) -> Login | None:
        shown = (entry.get("notBefore"), entry.get("notAfter"), user_id(entry.get("attributes")))
        linked = self._by_identity.get((mvpd, identity), []) if identity else []
        for each in (*linked, *self._at(mvpd)):
            if (each.not_before, each.not_after, each.user_id) == shown:
                self._never_gone(each)
                if not each.ended:
                    return each
        return next((each for each in linked if not each.ended and each.not_before is None), None)

    def _at(self, mvpd: str) -> Iterator[Login]:
        yield from (each for each in reversed(self.all[-_LOOKED_AT:]) if each.slot.mvpd == mvpd)


def _is_another(login: Login, at: int, *, invalidated: bool) -> bool:
    """Whether what is over or `invalidated` at an instant is not this login: being over is told first."""
    if login.not_after is None:
        # No decision ends after its login.
        return not invalidated and any(end > at + SLACK for _, end in login.windows)
    return login.not_after <= at - SLACK if invalidated else login.not_after > at + SLACK


_LOOKED_AT: Final = 200
"""How many logins are looked at for the one that another app shares."""
