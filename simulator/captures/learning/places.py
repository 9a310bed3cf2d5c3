"""Places of logins: what is known of the one in each, and the codes that were given out for it."""

from simulator.domain.sessions.authentication_sessions import LIFETIME

from .facts import SLACK, Caller, Event, Facts, Identity, Moment, Slot
from .sessions import BY_HAND, BY_SESSION, INITIAL, Login, Place, Session


class Places:
    """The logins, `all` in the order in which they were met, and what happened beside the requests."""

    def __init__(self, facts: Facts) -> None:
        self.all: list[Login] = []
        self.events: list[Event] = []
        self.sessions: dict[str, Session] = {}
        self._facts = facts
        self._places: dict[Slot, Place] = {}
        self._by_owner: dict[tuple[str, str, str], list[str]] = {}
        self._by_identity: dict[tuple[str, Identity], list[Login]] = {}
        self._unshared: set[tuple[str, Identity]] = set()
        self._open: dict[Slot, Session] = {}
        self._listed: dict[tuple[str, str, str], frozenset[str]] = {}
        self._asked: dict[tuple[str, Identity], list[Session]] = {}

    def given_out(self, session: Session) -> None:
        """A code was given out, or its MVPD chosen."""
        self.sessions[session.code] = session
        whose = session.caller.slot("")
        before = self._open.get(whose)
        if before is None or before.moment < session.moment:
            if before is not None:
                # A new code ends the one before.
                before.ended = before.ended or session.moment
            self._open[whose] = session
        if session.mvpd:
            place = self._place(session.caller.slot(session.mvpd))
            if session not in place.sessions:
                place.sessions = [*place.sessions[-3:], session]
            for identity in session.caller.identities:
                asked = self._asked.setdefault((session.mvpd, identity), [])
                if session not in asked:
                    asked[:] = [*asked[-3:], session]

    def still_good(self, session: Session, now: Moment) -> None:
        """A code is taken, also where a newer one would have ended it: somebody logged in with it before."""
        if session.ended is not None and session.ended < now and not session.outlived:
            session.outlived = True
            if session.mvpd is None:
                self._led_somewhere(session)
            self.completed(session, session.ended)
            self._refuted(session, session.ended)

    def _led_somewhere(self, session: Session) -> None:
        """A code for no MVPD was used, so it led to a login of the app's that no other code led to."""
        for each in reversed(self.all):
            here = each.slot == session.caller.slot(each.slot.mvpd) and each.origin == BY_HAND
            if here and each.not_before is not None and session.good_at(each.not_before):
                session.choose(each.slot.mvpd, session.moment)
                each.session, each.origin, session.used = session, BY_SESSION, True
                return

    def _refuted(self, session: Session, ended: Moment) -> None:
        """The code that ended another was given out for want of a login, so what that led to had gone."""
        if session.mvpd is None:
            return
        place = self._place(session.caller.slot(session.mvpd))
        wanted = (session.mvpd, ended)
        login = place.login
        if login is not None and login.session is session and login.seen == ended:
            login.invalidated = any(wanted in each.chosen for each in place.sessions)

    def refused(self, session: Session, now: Moment) -> None:
        """A code is not taken any more: before its time is over, nobody has logged in with it."""
        places = [self._place(session.caller.slot(mvpd)) for mvpd, _ in session.chosen]
        known = any(session in each.sessions for each in places)
        if not known or now.at >= session.moment.at + LIFETIME:
            return
        for each in places:
            each.sessions = [other for other in each.sessions if other is not session]
            if each.login is not None and each.login.session is session and not each.login.certain:
                each.login.session, each.login.origin = None, BY_HAND

    def not_yet(self, session: Session) -> None:
        """Nobody has logged in with a code so far, so what was taken for that came about elsewhere."""
        session.used = False
        for each in self.all:
            if each.session is session and each.slot.mvpd == session.mvpd:
                each.session, each.origin = None, BY_HAND

    def completed(self, session: Session, now: Moment) -> None:
        """Somebody logged in with a code, by now."""
        if session.mvpd is None:
            return
        login = self._place(session.caller.slot(session.mvpd)).login
        if session.used:
            if login is not None and login.session is session:
                login.certain = True
            return
        session.used = True
        if login is None or not session.led_to(login, now):
            login = self._begun(session.caller, session.caller.slot(session.mvpd), None, now)
        if login.session is not session:
            login.session, login.origin = session, BY_SESSION
            self._link_session(login)
        login.certain = True

    def was_logged_out(self, caller: Caller, mvpd: str, now: Moment) -> bool:
        """Whether the caller has no login: it ended or was missing, and none that lasts was asked for."""
        place = self._place(caller.slot(mvpd))
        owner = (caller.client, caller.device, caller.service_provider)
        gone = place.absent or mvpd not in self._listed.get(owner, {mvpd}) or self._new(caller)
        if not (place.login.ended if place.login else gone):
            return False
        return not any(self._may_be_behind(each, mvpd, now) for each in place.sessions)

    def _may_be_behind(self, session: Session, mvpd: str, now: Moment) -> bool:
        """Whether somebody may have logged in with a code, however late, so that it is good by now."""
        slot = session.caller.slot(mvpd)
        lasts = self._facts.integration(slot.service_provider, mvpd).longest()
        span, missed = session.span(mvpd, now, None), self._place(slot).missed
        if span is None or session.moment.at + LIFETIME + lasts <= now.at:
            return False
        return missed is None or span[1] > missed

    def _new(self, caller: Caller) -> bool:
        """Whether the app instance registered in the capture, and so brought no login along."""
        known = self._facts.clients.get(caller.client)
        return known is not None and known.registered

    def _undecided(self, slot: Slot, at: int) -> bool:
        """Whether there is a code for no MVPD yet, with which somebody must have logged in at this one."""
        session = self._open.get(slot._replace(mvpd=""))
        if session is None or session.mvpd or session.used or not session.good_at(at):
            return False
        session.choose(slot.mvpd, session.moment)
        self.given_out(session)
        return True

    def _place(self, slot: Slot) -> Place:
        place = self._places.get(slot)
        if place is None:
            place = self._places[slot] = Place()
            self._by_owner.setdefault(slot[:3], []).append(slot.mvpd)
        return place

    def _begun(
        self, caller: Caller, slot: Slot, begins: object, now: Moment, *, usable: bool = True
    ) -> Login:
        place = self._place(slot)
        before = place.login
        gone = before is not None or self.was_logged_out(caller, slot.mvpd, now)
        later = gone and slot.client == caller.client
        login = Login(
            slot=slot, platform=caller.platform, seen=now, after=place.missed, before=before
        )
        place.login = login
        self.all.append(login)
        if isinstance(begins, int):
            self._dated(login, place, begins)
        else:
            done = before.session if before is not None else None
            fitting = [
                each
                for each in place.sessions
                if each.span(slot.mvpd, now, None) and not (each is done and each.used)
                if not usable or self._may_be_behind(each, slot.mvpd, now)
            ]
            login.session = fitting[-1] if fitting else None
            login.origin = BY_SESSION if login.session else BY_HAND if later else INITIAL
        self._link_session(login)
        return login

    def _dated(self, login: Login, place: Place, begins: int) -> None:
        """Find out how a login came about of which is known when it began."""
        fitting = [
            each
            for each in place.sessions
            if each.good_at(begins) and each.span(login.slot.mvpd, login.seen, begins)
        ]
        if login.certain:
            fitting = [each for each in fitting if each is login.session] or fitting
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
        if login.session is not None:
            login.session.used = True
        for identity in login.session.caller.identities if login.session else ():
            self._link(login, identity)

    def _link(self, login: Login, identity: Identity) -> None:
        if identity not in login.links:
            login.links.append(identity)
            self._by_identity.setdefault((login.slot.mvpd, identity), []).append(login)
