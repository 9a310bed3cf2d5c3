"""TempPass trials: those that had begun before a capture, and what all of them show of their TempPass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .facts import SLACK, Caller, Facts, IntegrationFacts, Moment, commonest, value_of

_USUAL: Final = 600_000
_STRICT: Final = "temp_pass.strict_quota"
DURATION: Final = "temporary_access_duration_limit_exceeded"


@dataclass(kw_only=True)
class Trial:
    """A TempPass trial that had begun before the capture."""

    service_provider: str
    mvpd: str
    device: str
    identity: str | None
    began: int
    used: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Seen:
    """What was seen of the trial of a device, until it was reset.

    `began` is when it had begun, where that shows, `here` that it began in the capture, and `fresh` that it
    was reset in it. `first` are the resources that were used before, where they show, `used` those that the
    capture used. `full` is how many of these there were when no more were left, and `still` those that were
    permitted nevertheless. `good` is the latest instant at which it had time left, `over` the first at
    which it had none. `at_least` says how many resources there are, by whether used ones count as well.
    """

    identity: str | None = None
    named: bool = True
    began: int | None = None
    here: bool = False
    fresh: bool = False
    first: tuple[str, ...] = ()
    used: dict[str, None] = field(default_factory=dict)
    full: int | None = None
    still: set[str] = field(default_factory=set)
    lately: set[str] = field(default_factory=set)
    good: int = 0
    over: int | None = None
    at_least: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})

    def permits(self, resource: str) -> None:
        """A resource is permitted."""
        known = {*self.first, *self.used}
        if self.full is not None:
            self.still |= {resource} - known
            return
        self.lately |= {resource} - known
        for strict, many in ((True, len(known) + 1), (False, len({*known, resource}))):
            self.at_least[strict] = max(self.at_least[strict], many)

    def uses(self, resource: str) -> None:
        """A resource that was permitted is used."""
        if self.full is None and resource not in self.used:
            self.used[resource] = None
            self.lately.clear()

    def earlier(self, assets: list[str]) -> tuple[str, ...]:
        """Which of the used resources, in the order of their use, were used before the capture."""
        here = next((assets.index(each) for each in self.used if each in assets), len(assets))
        return (*assets[:here], *(each for each in assets[here:] if each not in self.used))

    def fills(self) -> None:
        """No resource is left."""
        if self.full is None:
            self.full = len({*self.first, *self.used})

    def quota(self, *, strict: bool) -> int:
        """How many resources there are at least."""
        kept = len({*self._permitted(strict=strict), *self.used}) if self.full is not None else 0
        return max(self.at_least[strict], self.full or 0, kept)

    def before(self, quota: int, *, strict: bool) -> tuple[str, ...] | None:
        """The resources that were used before the capture; None where no trial had begun then."""
        if self.here or self.fresh:
            return None
        found = [*self.first, *sorted(self._permitted(strict=strict))]
        unseen = quota - len({*found, *self.used}) if self.full is not None else 0
        found += [f"unseen-{number}" for number in range(1, unseen + 1)]
        begun = self.began is not None or self.over is not None
        return tuple(found) if found or begun else None

    def _permitted(self, *, strict: bool) -> set[str]:
        """Those that were used before, for they are permitted while none is left."""
        return (
            set() if strict or self.full is None else {*self.still, *self.lately} - self.used.keys()
        )


class Trials:
    """The TempPasses of a capture."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._seen: dict[tuple[str, str, str], list[_Seen]] = {}
        self._generic: set[tuple[str, str]] = set()

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
        seen = self._of(caller, mvpd, identity, now)
        remaining = value_of(attributes, "remaining_resources")
        if facts.kind == "regular":
            facts.kind = "temp_pass_basic"
        used: list[str] = []
        if isinstance(remaining, int):
            facts.kind = "temp_pass_promotional"
            found = value_of(attributes, "used_assets")
            used = [each for each in found or () if isinstance(each, str)]
            integration.resources = remaining + len({*used})
        earlier = seen.earlier(used)
        if not seen.here and (earlier or begins < now.at - SLACK):
            seen.began = begins
            seen.first = seen.first or earlier
            self._outlives(caller, mvpd)

    def permitted(self, caller: Caller, mvpd: str, resource: str, now: Moment) -> None:
        """A TempPass would permit something, and is not used up."""
        seen = self._of(caller, mvpd, None, now)
        if seen.full is not None:
            self._facts.switch(_STRICT, False, now)  # noqa: FBT003 - the value of a switch
        seen.permits(resource)

    def authorized(
        self,
        caller: Caller,
        mvpd: str,
        window: tuple[int, int] | None,
        resource: str,
        now: Moment,
    ) -> None:
        """A TempPass permitted something, and so began at the latest."""
        seen = self._of(caller, mvpd, None, now)
        if window is not None:
            self._facts.integration(caller.service_provider, mvpd).temporary[
                window[1] - window[0]
            ] += 1
            if window[0] < self._facts.start - SLACK:
                seen.began = window[0]
            else:
                seen.here = seen.began is None
        seen.uses(resource)

    def forgotten(self, service_provider: str, mvpd: str, *, generic: bool) -> None:
        """The trials of a TempPass were reset; those that have an identity, if `generic`."""
        if generic:
            self._generic.add((service_provider, mvpd))
        for key, known in self._seen.items():
            if key[:2] == (service_provider, mvpd):
                known.append(_Seen(fresh=True))

    def over(
        self,
        caller: Caller,
        mvpd: str,
        code: str,
        identity: str | None,
        now: Moment,
        resource: str | None = None,
    ) -> None:
        """A TempPass is used up, for a reason that the capture may or may not show."""
        facts = self._facts.mvpd(mvpd)
        promotional = code != DURATION
        if facts.kind != "temp_pass_promotional":
            facts.kind = "temp_pass_promotional" if promotional else "temp_pass_basic"
        seen = self._of(caller, mvpd, identity, now if promotional else None)
        if promotional:
            if resource in {*seen.first, *seen.used}:
                self._facts.switch(_STRICT, True, now)  # noqa: FBT003 - the value of a switch
            seen.fills()
        else:
            seen.over = now.at if seen.over is None else seen.over
        self._outlives(caller, mvpd)

    def _outlives(self, caller: Caller, mvpd: str) -> None:
        """What is over although it was reset is a trial without an identity, which such a reset leaves."""
        known = self._seen[caller.service_provider, mvpd, caller.device]
        if (caller.service_provider, mvpd) not in self._generic or known[-1].here:
            return
        first = known[0]
        first.named = False
        first.over = known[-1].over if first.over is None else first.over
        first.full = known[-1].full if first.full is None else first.full
        first.began = known[-1].began if first.began is None else first.began
        first.first = first.first or known[-1].first
        first.good = max(first.good, known[-1].good)

    def finish(self) -> list[Trial]:
        """Those that had begun before, now that all is known; each TempPass gets how much it permits."""
        strict = bool(self._facts.first("/settings", _STRICT, otherwise=True))
        for (provider, mvpd, _), known in self._seen.items():
            integration = self._facts.integration(provider, mvpd)
            if self._facts.mvpd(mvpd).kind == "temp_pass_promotional":
                least = max(each.quota(strict=strict) for each in known)
                if least > (integration.resources or 0):
                    integration.resources = least
            first = known[0]
            if first.began is None and first.over is None and first.full is not None:
                # It had time left, although it had begun before.
                integration.outlasted = max(
                    integration.outlasted, first.good - self._facts.start + SLACK
                )
        return [
            self._trial(key, known[0], used)
            for key, known in self._seen.items()
            if (used := known[0].before(self._quota(key), strict=strict)) is not None
        ]

    def _quota(self, key: tuple[str, str, str]) -> int:
        return self._facts.integration(*key[:2]).resources or 1

    def _trial(self, key: tuple[str, str, str], seen: _Seen, used: tuple[str, ...]) -> Trial:
        provider, mvpd, device = key
        lasts = lasting(self._facts.integration(provider, mvpd))
        # What was good before ran out just now, as far as anybody can know.
        over = seen.over if seen.over is None or seen.good else self._facts.start - 1
        began = self._facts.start - 1 if over is None else over - lasts
        if over is None and began + lasts <= seen.good:
            began = seen.good + 1 - lasts
        return Trial(
            service_provider=provider,
            mvpd=mvpd,
            device=device,
            identity=seen.identity if seen.named else None,
            began=began if seen.began is None else seen.began,
            used=used,
        )

    def _of(self, caller: Caller, mvpd: str, identity: str | None, good: Moment | None) -> _Seen:
        """What was seen of a caller's trial, which has time left at the instant `good`."""
        key = (caller.service_provider, mvpd, caller.device)
        seen = self._seen.setdefault(key, [_Seen()])[-1]
        seen.identity = seen.identity or identity
        if good is not None:
            seen.good = good.at
        return seen


def lasting(integration: IntegrationFacts) -> int:
    """How long a trial lasts, in milliseconds; where none shows its end, longer than any was seen to last."""
    if integration.temporary:
        return commonest(integration.temporary)
    return max(_USUAL, integration.outlasted)
