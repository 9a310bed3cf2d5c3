"""Degradation rules and TempPass trials, which show in answers alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .facts import SLACK, Caller, Facts, Moment

AUTHN_ALL: Final = "AuthNAll"
AUTHZ_ALL: Final = "AuthZAll"
AUTHZ_NONE: Final = "AuthZNone"


@dataclass(kw_only=True)
class Rule:
    """A rule for as long as it was seen: from one instant to another, None for ever.

    `latest` is when it last showed to be in force, `windows` are decisions that it gave.
    """

    service_provider: str
    mvpd: str
    rule: str
    starts: int | None
    ends: int | None = None
    message: str | None = None
    latest: int = 0
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
        message: str | None = None,
    ) -> None:
        """A rule is in force; until `ends`, where that shows."""
        if where[1] in self._managed or "*" in self._managed:
            return
        sight = self._sights.setdefault((*where, rule), _Sight())
        last = sight.rules[-1] if sight.rules else None
        if last is None or (last.ends is not None and last.ends <= now.at):
            starts = None if sight.absent is None else now.at
            last = Rule(service_provider=where[0], mvpd=where[1], rule=rule, starts=starts)
            sight.rules.append(last)
        last.latest = now.at
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
        sight.absent = now

    def absent(self, where: tuple[str, str], rule: str) -> Moment | None:
        """When a rule last showed not to be in force; None where it never did."""
        sight = self._sights.get((*where, rule))
        return sight.absent if sight else None

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

    def decided(self, where: tuple[str, str], window: tuple[int, int]) -> None:
        """A decision that AuthNAll gave, good for a while."""
        sight = self._sights.get((*where, AUTHN_ALL))
        if sight and sight.rules:
            sight.rules[-1].windows.append(window)

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
                if ends and (rule.ends is None or rule.ends >= min(ends)):
                    rule.ends = min(ends)
                yield rule


@dataclass(kw_only=True)
class Trial:
    """A TempPass trial that had begun before the capture."""

    service_provider: str
    mvpd: str
    device: str
    identity: str | None
    began: int
    over: int | None = None
    used: tuple[str, ...] = ()


class Trials:
    """The TempPasses of a capture."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.known: dict[tuple[str, str, str], Trial] = {}
        self._begun: dict[tuple[str, str, str], set[str]] = {}
        self._good: set[tuple[str, str, str]] = set()

    def shown(
        self,
        caller: Caller,
        mvpd: str,
        entry: Mapping[str, Any],
        identity: str | None,
        now: Moment,
    ) -> None:
        """A temporary profile was shown."""
        facts = self._facts.mvpd(mvpd)
        integration = self._facts.integration(caller.service_provider, mvpd)
        begins, ends = entry.get("notBefore"), entry.get("notAfter")
        attributes = entry.get("attributes") or {}
        if not isinstance(begins, int) or not isinstance(ends, int):
            return
        integration.temporary[ends - begins] += 1
        used: list[str] = []
        remaining = value_of(attributes, "remaining_resources")
        if facts.kind == "regular":
            facts.kind = "temp_pass_basic"
        if isinstance(remaining, int):
            facts.kind = "temp_pass_promotional"
            found = value_of(attributes, "used_assets")
            used = (
                [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
            )
            integration.resources = remaining + len(used)
            integration.quota_seen = True
        key = (caller.service_provider, mvpd, caller.device)
        ran = bool(used) or begins < now.at - SLACK
        if ran and key not in self._begun and begins <= self._facts.start:
            self._had_begun(caller, mvpd, identity, begins, tuple(used))

    def authorized(
        self, caller: Caller, mvpd: str, window: tuple[int, int] | None, resource: str
    ) -> None:
        """A TempPass permitted something, and so began at the latest."""
        integration = self._facts.integration(caller.service_provider, mvpd)
        if window is not None:
            integration.temporary[window[1] - window[0]] += 1
            if window[0] < self._facts.start - SLACK:
                self._had_begun(caller, mvpd, None, window[0], ())
        key = (caller.service_provider, mvpd, caller.device)
        used = self._begun.setdefault(key, set())
        used.add(resource)
        if not integration.quota_seen:
            before = self.known[key].used if key in self.known else ()
            integration.resources = max(integration.resources or 0, len({*used, *before}))

    def forgotten(self, service_provider: str, mvpd: str) -> None:
        """The trials of a TempPass were reset."""
        for key in [each for each in self._begun if each[:2] == (service_provider, mvpd)]:
            del self._begun[key]

    def permitted(self, caller: Caller, mvpd: str) -> None:
        """A TempPass would permit something, and is not used up."""
        self._good.add((caller.service_provider, mvpd, caller.device))

    def over(self, caller: Caller, mvpd: str, code: str, identity: str | None, now: Moment) -> None:
        """A TempPass is used up, for a reason that the capture may or may not show."""
        facts = self._facts.mvpd(mvpd)
        promotional = code != "temporary_access_duration_limit_exceeded"
        if facts.kind != "temp_pass_promotional":
            facts.kind = "temp_pass_promotional" if promotional else "temp_pass_basic"
        key = (caller.service_provider, mvpd, caller.device)
        if key in self._begun or key in self.known:
            return
        integration = self._facts.integration(caller.service_provider, mvpd)
        if promotional:
            quota = integration.resources or 1
            integration.resources = quota
            used = tuple(f"unseen-{number}" for number in range(1, quota + 1))
            self._had_begun(caller, mvpd, identity, self._facts.start - 1, used)
        else:
            self._had_begun(caller, mvpd, identity, 0, ())
            # What was good before ran out just now, as far as anybody can know.
            self.known[key].over = now.at if key in self._good else self._facts.start - 1

    def _had_begun(
        self, caller: Caller, mvpd: str, identity: str | None, began: int, used: tuple[str, ...]
    ) -> None:
        key = (caller.service_provider, mvpd, caller.device)
        self.known.setdefault(
            key,
            Trial(
                service_provider=caller.service_provider,
                mvpd=mvpd,
                device=caller.device,
                identity=identity,
                began=began,
                used=used,
            ),
        )


def value_of(attributes: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """The value of an attribute; None where there is none."""
    found = attributes.get(name)
    return found.get("value") if isinstance(found, dict) else None
