"""What client apps did right and wrong, rule by rule of Adobe's checklist, with the requests that show it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from aiohttp import web

from simulator.domain.conduct.calls import App
from simulator.domain.conduct.report import UNSEEN
from simulator.domain.conduct.rules import Finding, Rule, Verdict
from simulator.services.observe import conduct
from simulator.services.observe.conduct import About, Conduct

from .frame import at, show, text

_INSTANCES: Final = 10
"""So many of the instances that broke a rule are named with what shows it; the others can be searched for."""

_ALONE: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleOutcome:
    """What became of a rule with the instances of an application: those that broke it, and how many kept it.

    `broken` are the first of them, with what was found, of `broken_by`.
    """

    rule: Rule
    broken: Sequence[tuple[App, Finding]]
    broken_by: int
    kept_by: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """The instances of an application, on how many devices, how often they called, each rule's outcome."""

    application: str | None
    instances: Sequence[App]
    devices: int
    calls: int
    outcomes: Sequence[RuleOutcome]

    @property
    def broken(self) -> list[RuleOutcome]:
        """The rules that some instance broke, those first that most of them did."""
        return sorted(
            (each for each in self.outcomes if each.broken_by),
            key=attrgetter("broken_by"),
            reverse=True,
        )

    @property
    def kept(self) -> list[RuleOutcome]:
        """The rules that were kept, and by nobody broken."""
        return [each for each in self.outcomes if each.kept_by and not each.broken_by]

    @property
    def not_seen(self) -> list[RuleOutcome]:
        """The rules that nothing has shown yet."""
        return [each for each in self.outcomes if not each.kept_by and not each.broken_by]


async def look(request: web.Request) -> web.StreamResponse:
    """`GET /console/conduct`: of every app in the current generation, folded by application and rule.

    `device` is one whose apps are meant alone, `q` words that stand in the names of application, client or
    device, `rule` the id of the only rule that is shown.
    """
    device = text(request, "device")
    found = await conduct.conduct(*at(request), About(device=device or None))
    return await asyncio.to_thread(_page, request, found, device)


def _page(request: web.Request, found: Conduct, device: str) -> web.Response:
    words, rule = text(request, "q"), text(request, "rule")
    fitting = [(app, findings) for app, findings in found.apps if _named(app, words)]
    return show(
        request,
        "conduct.html",
        "Conduct",
        groups=[*_groups(fitting, rule)],
        few=len(fitting) == _ALONE,
        anybody=bool(found.apps),
        device=device,
        words=words,
        rule=rule,
        rules=[each.rule for _, findings in found.apps[:1] for each in findings],
        incomplete=found.incomplete,
        unseen=UNSEEN,
    )


def _named(app: App, words: str) -> bool:
    known = " ".join(each or "" for each in (app.application, app.client, app.device)).casefold()
    return all(word in known for word in words.casefold().split())


def _groups(found: Iterable[tuple[App, Sequence[Finding]]], rule: str) -> Iterable[Group]:
    """The apps by application, in the order in which they first called."""
    sorted_out: dict[str | None, list[tuple[App, Sequence[Finding]]]] = {}
    for app, findings in found:
        sorted_out.setdefault(app.application, []).append((app, findings))
    for application, members in sorted_out.items():
        apps = [app for app, _ in members]
        yield Group(
            application=application,
            instances=apps,
            devices=len({app.device for app in apps}),
            calls=sum(len(app.calls) for app in apps),
            outcomes=[*_outcomes(members, rule)],
        )


def _outcomes(members: Sequence[tuple[App, Sequence[Finding]]], only: str) -> Iterable[RuleOutcome]:
    # A report holds every rule once, and always in the same order.
    for findings in zip(*(findings for _, findings in members), strict=True):
        rule = findings[0].rule
        if only and rule.id.casefold() != only.casefold():
            continue
        broken = [
            (app, each)
            for (app, _), each in zip(members, findings, strict=True)
            if each.verdict is Verdict.BROKEN
        ]
        yield RuleOutcome(
            rule=rule,
            broken=broken[:_INSTANCES],
            broken_by=len(broken),
            kept_by=sum(each.verdict is Verdict.KEPT for each in findings),
        )
