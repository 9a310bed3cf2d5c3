"""What an app did about an answer: a small state machine over its next requests.

Each answer leaves something to do, or nothing. What it leaves is watched for the app's next 20 requests or
ten minutes of the sandbox's time, and comes to one outcome. Late is not never: a request that does the right
thing counts, however far the sandbox's clock was moved before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from .meetings import Ask, Meeting

REQUESTS: Final = 20
"""How many requests of the app an answer is watched for."""

PERIOD: Final = 600_000
"""How long it is watched, in milliseconds of the sandbox's clock."""

SAME: Final = 5
"""So many same answers are a loop."""


class Outcome(StrEnum):
    """What an app did about an answer; `OPEN` where it is too early to say."""

    WELL = "well"
    LOOPED = "looped"
    STOPPED = "stopped"
    GAVE_UP = "gave_up"
    OPEN = "open"


class Success(StrEnum):
    """Which positive answer shows that all is well again."""

    NONE = "none"
    SAME = "to the same operation"
    ANY = "to any operation"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What becomes of one thing to do.

    `by` are the operations that do it, where `asked` is enough, else with a positive answer; `success` is
    what shows beside them that it was done, `silence` the outcome where nothing of the kind was seen,
    `starts_over` the one where a new journey began instead (None: that is no matter).
    """

    by: frozenset[str] = frozenset()
    asked: bool = False
    success: Success = Success.NONE
    silence: Outcome = Outcome.STOPPED
    starts_over: Outcome | None = None


JOURNEYS: Final = frozenset({"create_session", "partner_session"})
"""What begins a new journey; registering is of no device, so it cannot be seen here."""

_PROFILES: Final = frozenset({"profile_by_code", "profiles", "profile_by_mvpd"})
_BY_CODE: Final = frozenset({"get_session", "resume_session"})

RULES: Final[Mapping[Ask, Rule]] = {
    # An error that is told to the viewer; only the same again and again is wrong.
    Ask.LEAVE: Rule(success=Success.ANY, silence=Outcome.WELL),
    # The session is over: a new code, or none.
    Ask.NEW_CODE: Rule(by=JOURNEYS, success=Success.SAME, silence=Outcome.WELL),
    # With a new token any call is answered.
    Ask.REGISTER: Rule(success=Success.ANY),
    Ask.LOG_IN: Rule(by=JOURNEYS, success=Success.SAME),
    Ask.RETRY: Rule(success=Success.SAME, starts_over=Outcome.GAVE_UP),
    Ask.POLL: Rule(
        by=_PROFILES | _BY_CODE | {"authenticate"}, asked=True, starts_over=Outcome.GAVE_UP
    ),
    Ask.RESUME: Rule(by=_PROFILES | _BY_CODE, asked=True, starts_over=Outcome.GAVE_UP),
    Ask.AUTHORIZE: Rule(
        by=frozenset({"authorize", "preauthorize", "profiles", "profile_by_mvpd", "logout"}),
        asked=True,
    ),
    Ask.PARTNER_PROFILE: Rule(by=frozenset({"partner_profile", "create_session"}), asked=True),
    Ask.OPEN_LOGOUT: Rule(
        by=frozenset({"start_logout"}), asked=True, starts_over=Outcome.GAVE_UP
    ),
}  # fmt: skip


class Watch(NamedTuple):
    """Same answers that are watched: what they left to do, and what was seen since.

    `rows` are where their outcome is counted, `at` is the instant of the last (epoch milliseconds of the
    sandbox's clock), `left` how many more requests are looked at, `times` how many answers there were,
    `retried` says that the operation was asked for again.
    """

    application: str
    platform: str
    rows: tuple[str, ...]
    operation: str
    ask: Ask
    subject: str
    at: int
    left: int = REQUESTS
    times: int = 1
    retried: bool = False

    @property
    def in_silence(self) -> Outcome:
        """What it comes to where no more is seen: who has tried again, and in vain, may give in."""
        if self.ask is Ask.RETRY and self.retried:
            return Outcome.WELL
        return RULES[self.ask].silence

    def over(self, now: int) -> bool:
        """Whether it has been watched for as long as it is."""
        return now >= self.at + PERIOD

    def at_last(self, now: int) -> Outcome:
        """What it comes to if nothing more is seen until `now`."""
        return self.in_silence if self.over(now) else Outcome.OPEN


Ended = list[tuple[Watch, Outcome]]


def step(watches: Iterable[Watch], seen: Meeting) -> tuple[list[Watch], Ended]:
    """What is watched after a request of the app, and which watches came to which outcome by it."""
    kept: list[Watch] = []
    ended: Ended = []
    same: Watch | None = None
    for watch in watches:
        if watch.application != seen.application:
            kept.append(watch)
        elif (outcome := _decided(watch, seen)) is not None:
            ended.append((watch, outcome))
        elif (watch.ask, watch.rows, watch.subject) == (seen.ask, seen.rows, seen.subject):
            same = watch
        elif watch.left == 1 or watch.over(seen.at):
            ended.append((watch, watch.in_silence))
        else:
            again = watch.retried or watch.operation == seen.operation
            kept.append(watch._replace(left=watch.left - 1, retried=again))
    if seen.ask is not None:
        new = Watch(
            application=seen.application,
            platform=seen.platform,
            rows=seen.rows,
            operation=seen.operation,
            ask=seen.ask,
            subject=seen.subject,
            at=seen.at,
            times=1 if same is None else same.times + 1,
            retried=same is not None,
        )
        if new.times < SAME:
            kept.append(new)
        else:
            ended.append((new, Outcome.LOOPED))
    return kept, ended


def _decided(watch: Watch, seen: Meeting) -> Outcome | None:
    """What `seen` decides of `watch`, if anything."""
    rule = RULES[watch.ask]
    if _done(watch, rule, seen):
        return Outcome.WELL
    if seen.operation not in JOURNEYS or rule.starts_over is None or watch.over(seen.at):
        return None
    if watch.ask is Ask.RETRY and seen.operation == watch.operation:
        return None
    # Whoever has tried again, and in vain, may begin anew.
    return Outcome.WELL if watch.retried else rule.starts_over


def _done(watch: Watch, rule: Rule, seen: Meeting) -> bool:
    """Whether `seen` is what was to be done, or shows that it was."""
    if seen.operation in rule.by:
        # A new journey is about something else.
        same = "" in {watch.subject, seen.subject} or watch.subject == seen.subject
        if same if rule.asked else seen.positive:
            return True
    if rule.success is Success.ANY:
        return seen.positive
    return rule.success is Success.SAME and seen.positive and seen.operation == watch.operation


def opened(watches: Iterable[Watch], page: Meeting) -> tuple[list[Watch], Ended]:
    """What is watched after a page of a logout was opened, for whichever of the device's apps that was."""
    kept: list[Watch] = []
    ended: Ended = []
    for watch in watches:
        if watch.ask is Ask.OPEN_LOGOUT and watch.subject == page.subject:
            ended.append((watch, Outcome.WELL))
        else:
            kept.append(watch)
    return kept, ended
