"""Degradation rules: the time-boxed bypass of an MVPD's endpoints (Adobe: degradation, DEG1)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from simulator.domain.configuration import MvpdId, ServiceProviderId
from simulator.domain.members import Id, Instant, Named, Numbered, Prose, Text
from simulator.domain.sessions.profiles import device_digits

WINDOW: Final = 60_000
"""How long a degraded profile is good for, in milliseconds (Adobe: degraded flows, TTL2)."""

_USER_ID_PREFIX: Final = "95cf93bcd183214a"


class Degradation(StrEnum):
    """The three rules of the dashboard."""

    AUTHN_ALL = "AuthNAll"
    AUTHZ_ALL = "AuthZAll"
    AUTHZ_NONE = "AuthZNone"


@dataclass(frozen=True, kw_only=True, slots=True)
class DegradationRule:
    """One rule on one integration; an open end means until it is removed."""

    id: Annotated[
        Id, Numbered("degradation"), "The rule's id; degradation-1, degradation-2, … when absent."
    ]
    service_provider: ServiceProviderId
    mvpd: MvpdId
    rule: Annotated[Degradation, "Which bypass the rule is."]
    not_before: Annotated[
        Instant | None,
        Named("from"),
        "When the rule comes into force; always was when absent.",
    ] = None
    until: Annotated[Instant | None, "When the rule ends; when it is removed, if absent."] = None
    message: Annotated[Text | None, "What AuthZNone says in the details of its denials."] = None
    resources: Annotated[
        tuple[Prose, ...] | None,
        "The resources that AuthZAll or AuthZNone is about; all when absent.",
    ] = None

    def active(self, now: int) -> bool:
        """Whether the rule is in force at `now`."""
        started = self.not_before is None or self.not_before <= now
        return started and (self.until is None or now < self.until)

    def covers(self, names: Collection[str]) -> bool:
        """Whether the rule is about a resource that is called by these `names`.

        AuthNAll is about the login, and so about all of them.
        """
        if self.resources is None or self.rule is Degradation.AUTHN_ALL:
            return True
        return not {*names}.isdisjoint(self.resources)


def in_force(
    rules: Iterable[DegradationRule], now: int, names: Collection[str] = ()
) -> frozenset[Degradation]:
    """The kinds of rule that are in force at `now`, for a resource with these `names`."""
    return frozenset(rule.rule for rule in rules if rule.active(now) and rule.covers(names))


def ended(rules: Iterable[DegradationRule], now: int) -> bool:
    """Whether a rule has ended by `now`."""
    return any(rule.until is not None and rule.until <= now for rule in rules)


def window_end(
    rules: Iterable[DegradationRule], kind: Degradation, now: int, lasting: int = WINDOW
) -> int | None:
    """Until when what a rule of this kind gives out at `now` is good; None when none is in force.

    It lasts no longer than the rule, nor than `lasting` milliseconds.
    """
    ends = [rule.until for rule in rules if rule.rule is kind and rule.active(now)]
    if not ends:
        return None
    latest = max(now + lasting if end is None else end for end in ends)
    return min(now + lasting, latest)


def user_id(device: str) -> str:
    """The userID of a degraded profile: a fixed prefix and 40 hexadecimal digits.

    (Adobe: profile by mvpd, API7)
    """
    return f"{_USER_ID_PREFIX}{device_digits(device)}"
