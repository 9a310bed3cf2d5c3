"""What a rule of conduct is, and what is found when an app is held against it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .calls import App, Call


class Verdict(StrEnum):
    """What became of a rule."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_SEEN = "not seen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """Something that shows that a rule was kept or broken: in plain words, and by which requests."""

    verdict: Verdict
    says: str
    requests: tuple[str, ...]


def kept(says: str, *calls: Call) -> Sign:
    """A sign that a rule was kept."""
    return Sign(verdict=Verdict.KEPT, says=says, requests=tuple(each.id for each in calls))


def broken(says: str, *calls: Call) -> Sign:
    """A sign that a rule was broken."""
    return Sign(verdict=Verdict.BROKEN, says=says, requests=tuple(each.id for each in calls))


Check = Callable[[App], Iterable[Sign]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A line of the checklist: what it asks for, where it stands, and how traffic shows it."""

    id: str
    says: str
    page: str
    check: Check
    mandatory: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A rule and its verdict; `evidence` are the first of the signs that led to it, of so many."""

    rule: Rule
    verdict: Verdict
    evidence: Sequence[Sign]
    times: int


_SHOWN: Final = 10


def judged(rule: Rule, app: App) -> Finding:
    """What is found when `app` is held against `rule`; one breach outweighs everything else."""
    signs = [*rule.check(app)]
    bad = [each for each in signs if each.verdict is Verdict.BROKEN]
    told = bad or signs
    verdict = Verdict.BROKEN if bad else Verdict.KEPT if signs else Verdict.NOT_SEEN
    return Finding(rule=rule, verdict=verdict, evidence=told[:_SHOWN], times=len(told))


def page(section: str, *, practice: bool = False) -> str:
    """A section of the checklist by the name of its page and its anchor."""
    part = "recommended-practices" if practice else "mandatory-requirements"
    return f"rest-api-v2-checklist.md#{part}-{section}"


def lapse(milliseconds: int) -> str:
    """A length of time in words."""
    return f"{milliseconds / 1000:g} s"
