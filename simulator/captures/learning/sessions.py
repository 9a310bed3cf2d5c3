"""A code and a login, as far as a capture shows them or takes them for granted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from simulator.domain.sessions.authentication_sessions import LIFETIME

from .facts import SLACK, Caller, Event, Identity, Moment, Slot, Verdict, value_of

INITIAL: Final = "initial"
BY_SESSION: Final = "session"
BY_PARTNER: Final = "partner"
BY_HAND: Final = "made"
REGULAR: Final = "regular"
APPLE: Final = "appleSSO"


@dataclass(kw_only=True)
class Session:
    """A code that was given out, and for what.

    `chosen` are the MVPDs that it was for, and since when, `open` when it last showed that nobody had logged
    in with it. `ended` is when a newer code took its place, unless it was `used` by then: where it
    `outlived` the newer one, it was. `missed` is when there was no login, after the time in which one could
    be done with it.
    """

    code: str
    caller: Caller
    moment: Moment
    unseen: bool = False
    used: bool = False
    parameters: dict[str, str] = field(default_factory=dict)
    chosen: list[tuple[str, Moment]] = field(default_factory=list)
    open: Moment | None = None
    ended: Moment | None = None
    missed: Moment | None = None
    outlived: bool = False

    @property
    def mvpd(self) -> str | None:
        """The MVPD that it is for."""
        return self.chosen[-1][0] if self.chosen else None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing that a login takes."""
        return bool(self.mvpd) and self.parameters.keys() >= {"domainName", "redirectUrl"}

    def choose(self, mvpd: str, now: Moment) -> None:
        """It is for another MVPD from now on; the first one may have been chosen from the beginning."""
        if mvpd != self.mvpd:
            self.chosen.append((mvpd, now if self.chosen else self.moment))

    def _ended_by(self, seen: Moment | None = None) -> Moment | None:
        """When a newer code ended it, unless it was opened again after that, and before `seen`."""
        if self.ended is None or self.open is None or self.open <= self.ended:
            return self.ended
        return None if seen is None or self.open < seen else self.ended

    def good_at(self, at: int) -> bool:
        """Whether somebody could log in with it at an instant."""
        until = self.moment.at + LIFETIME
        if (ended := self._ended_by()) is not None:
            until = min(until, ended.at + SLACK)
        return self.moment.at - (LIFETIME if self.unseen else SLACK) <= at < until

    def led_to(self, login: "Login", now: Moment) -> bool:
        """Whether a login may be the one that the code, which was open before, is used for by now."""
        if login.session is self:
            # What it led to before was over when it was opened again.
            return login.valid(now.at)
        begins = self.moment.at if login.not_before is None else login.not_before
        # Of what was invalidated when it was first met nobody knows when it began.
        made_here = login.origin in {BY_HAND, BY_SESSION} or login.invalidated
        free = made_here and not (login.ended or login.certain)
        return free and login.seen >= self.moment and begins >= self.moment.at - SLACK

    def span(self, mvpd: str, seen: Moment, begins: int | None) -> tuple[Moment, Moment] | None:
        """From when to when it was for an MVPD, the last time before `seen`; not after `begins`, if given."""
        ended = self._ended_by(seen)
        last = seen if ended is None else min(ended, seen)
        # One from before the capture turns out to be older than its beginning.
        first = [(name, min(since, self.moment)) for name, since in self.chosen[:1]]
        turns = [*first, *self.chosen[1:], ("", last)]
        spans = [
            (self._open_since(since, min(until, last)), min(until, last))
            for (name, since), (_, until) in pairwise(turns)
            if name == mvpd and since < last
        ]
        fitting = [each for each in spans if begins is None or each[0].at <= begins + SLACK]
        return next(reversed(fitting or spans), None)

    def _open_since(self, since: Moment, until: Moment) -> Moment:
        return self.open if self.open is not None and since < self.open < until else since


# Two logins of which the same is known are two.
@dataclass(kw_only=True, eq=False)
class Login:
    """A login: whose, since when, and what the MVPD said to it. What is None was not seen.

    It was `invalidated` from when it was first met, or `revoked` later on. `ending` is how it was
    taken to have ended, where that shows in no request, `good` the latest instant at which it was not over,
    `after` when it was missed before, and `before` the login whose place it took. It is `certain` that its
    session led to it where the code turned out to have been used.
    """

    slot: Slot
    platform: str
    seen: Moment
    type: str = REGULAR
    not_before: int | None = None
    not_after: int | None = None
    attributes: dict[str, Any] | None = None
    latest: dict[str, Any] | None = None
    session: Session | None = None
    origin: str = INITIAL
    invalidated: bool = False
    revoked: bool = False
    elsewhere: bool = False
    links: list[Identity] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    windows: list[tuple[int, int]] = field(default_factory=list)
    ended: bool = False
    ending: Event | None = None
    good: int = 0
    certain: bool = False
    after: Moment | None = None
    before: "Login | None" = None

    def valid(self, at: int) -> bool:
        """Whether it could be used at `at`."""
        over = self.not_after is not None and at >= self.not_after
        return not (self.ended or self.invalidated or self.revoked or over)

    def begun_by(self, start: int) -> int:
        """When it began at the latest, in a capture that begins at `start`."""
        if self.origin == INITIAL:
            return start - 1
        span = self.session.span(self.slot.mvpd, self.seen, None) if self.session else None
        if self.session is None or span is None:
            return self.seen.at
        return min(self.seen.at, span[1].at, self.session.moment.at + LIFETIME - 1)

    @property
    def user_id(self) -> str | None:
        """The viewer, as the MVPD calls them."""
        return user_id(self.attributes)


def user_id(attributes: Mapping[str, Any] | None) -> str | None:
    """The viewer that user metadata names."""
    value = value_of(attributes or {}, "userID")
    return value if isinstance(value, str) else None


def own_attributes(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a shared profile as they are where the login was."""
    found = entry.get("attributes")
    return {name: each for name, each in (found or {}).items() if name != "mvpd"}


@dataclass(kw_only=True)
class Place:
    """What is known of a slot: its login, or that there is none, and the codes that were given out for it.

    `absent` is that no usable login showed, `missed` when that was for the last time, `none` that there is
    not even one that is over. `named` are the identities of the call that showed a login which was over.
    """

    login: Login | None = None
    absent: bool = False
    missed: Moment | None = None
    none: bool = False
    named: tuple[Identity, ...] = ()
    sessions: list[Session] = field(default_factory=list)
