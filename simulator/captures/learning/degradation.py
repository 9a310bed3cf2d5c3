"""Degradation rules, which show in answers alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from .facts import Event, Facts, Moment

AUTHN_ALL: Final = "AuthNAll"
AUTHZ_ALL: Final = "AuthZAll"
AUTHZ_NONE: Final = "AuthZNone"


@dataclass(kw_only=True)
class Rule:
    """A rule for as long as it was seen: from one instant to another, None for ever.

    `latest` is when it last showed to be in force, `windows` are decisions that it gave, `promised` is until
    when it was to last at least. Where it did not, somebody removed it, as `removed` says; in the end `ends`
    is then when it was to end.
    """

    service_provider: str
    mvpd: str
    rule: str
    starts: int | None
    ends: int | None = None
    message: str | None = None
    latest: int = 0
    promised: int = 0
    removed: Moment | None = None
    windows: list[tuple[int, int]] = field(default_factory=list)


@dataclass(kw_only=True)
class _Sight:
    """What was seen of one kind of rule at an integration."""

    rules: list[Rule] = field(default_factory=list)
    absent: Moment | None = None


class Degradations:
    """The rules that answers show to be in force, or not."""

    def __init__(self) -> None:
        self._sights: dict[tuple[str, str, str], _Sight] = {}
        self._managed: set[str] = set()

    def managed(self, mvpds: list[str]) -> None:
        """The capture itself has the call that makes rules, so what follows of it is no news."""
        self._managed.update(mvpds or ["*"])

    def seen(
        self,
        where: tuple[str, str],
        rule: str,
        now: Moment,
        *,
        ends: int | None = None,
        promised: int = 0,
        message: str | None = None,
    ) -> None:
        """A rule is in force; until `ends`, or `promised` at least, where that shows."""
        if where[1] in self._managed or "*" in self._managed:
            return
        sight = self._sights.setdefault((*where, rule), _Sight())
        last = sight.rules[-1] if sight.rules else None
        if last is None or (last.ends is not None and last.ends <= now.at):
            starts = None if sight.absent is None else now.at
            last = Rule(service_provider=where[0], mvpd=where[1], rule=rule, starts=starts)
            sight.rules.append(last)
        last.latest = now.at
        last.promised = max(last.promised, promised)
        last.message = message or last.message
        if ends is not None:
            last.ends = ends

    def unseen(self, where: tuple[str, str], rule: str, now: Moment) -> None:
        """No such rule is in force."""
        sight = self._sights.get((*where, rule))
        if sight is None:
            sight = self._sights[*where, rule] = _Sight()
        last = sight.rules[-1] if sight.rules else None
        if last is not None and (last.ends is None or last.ends > now.at):
            last.ends = now.at
            last.removed = now if last.promised > now.at else None
        sight.absent = now

    def absent(self, where: tuple[str, str], rule: str) -> Moment | None:
        """When a rule last showed not to be in force; None where it never did."""
        sight = self._sights.get((*where, rule))
        return sight.absent if sight else None

    @property
    def regular(self) -> set[str]:
        """The MVPDs that decided something themselves, and so are no TempPasses."""
        return {mvpd for (_, mvpd, _), sight in self._sights.items() if sight.absent is not None}

    def held(
        self, where: tuple[str, str], rule: str, absent: Moment | None, first: int, last: int
    ) -> None:
        """A rule was in force from one instant to another, which shows only now that all is known."""
        sight = self._sights.setdefault((*where, rule), _Sight())
        starts = None if absent is None else first
        sight.rules.append(
            Rule(service_provider=where[0], mvpd=where[1], rule=rule, starts=starts, ends=last + 1)
        )

    def active(self, where: tuple[str, str], rule: str, now: Moment) -> bool:
        """Whether the rule is known to be in force."""
        sight = self._sights.get((*where, rule))
        last = sight.rules[-1] if sight and sight.rules else None
        return last is not None and (last.ends is None or last.ends > now.at)

    def any_active(self, where: tuple[str, str], now: Moment) -> bool:
        """Whether any rule is known to be in force."""
        return any(self.active(where, rule, now) for rule in (AUTHN_ALL, AUTHZ_ALL, AUTHZ_NONE))

    def decided(self, where: tuple[str, str], window: tuple[int, int]) -> None:
        """A decision that AuthNAll gave, good for a while."""
        sight = self._sights.get((*where, AUTHN_ALL))
        if sight and sight.rules:
            rule = sight.rules[-1]
            rule.windows.append(window)
            rule.promised = max(rule.promised, window[1])

    def removals(self, facts: Facts) -> Iterator[Event]:
        """The rules that somebody removed before they were to end."""
        for number, each in enumerate(self.rules(facts), 1):
            if each.removed is not None:
                ends = {"path": f"/degradations/rule-{number}", "member": "until", "value": "PT0S"}
                at, before = each.removed.at, each.removed.index
                yield Event(kind="change", at=at, before=before, facts=ends)

    def rules(self, facts: Facts) -> Iterator[Rule]:
        """All of them. A decision that is shorter than usual ends with its rule."""
        for sight in self._sights.values():
            for rule in sight.rules:
                counted = facts.integration(rule.service_provider, rule.mvpd).decisions
                outlived = any(end <= rule.latest for _, end in rule.windows)
                lengths = [end - begin for begin, end in {*rule.windows}]
                if not counted and (len(lengths) > 1 or outlived):
                    counted[max(lengths)] += 1
                usual = max(counted, default=None)
                ends = [
                    end
                    for begin, end in rule.windows
                    if end > rule.latest and (usual is None or end - begin < usual)
                ]
                if ends or rule.removed is not None:
                    rule.ends = min(ends, default=None)
                yield rule
