"""The conduct report: what each client app did right and wrong by Adobe's integration checklist."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pass_simulator.values import Json, Result, as_tuple, mapping, member


@dataclass(frozen=True, kw_only=True)
class Finding(Result):
    """A line of the checklist, and what became of it: `verdict` is "kept", "broken" or "not_seen"."""

    rule: str = member(default="")
    says: str = member(default="")
    mandatory: bool = member(default=False)
    page: str = member(default="")
    verdict: str = member(default="")
    times: int = member(default=0)
    evidence: tuple[Mapping[str, Any], ...] = member(as_tuple, default=())

    @classmethod
    def all_of(cls, raw: list[Json]) -> "tuple[Finding, ...]":
        """The findings in an answer."""
        return tuple(cls.of(each) for each in raw)


@dataclass(frozen=True, kw_only=True)
class AppConduct(Result):
    """An app instance on a device, and what was found of it."""

    application: str | None = member()
    client: str | None = member()
    device: str | None = member()
    requests: int = member(default=0)
    findings: tuple[Finding, ...] = member(Finding.all_of, default=())

    @classmethod
    def all_of(cls, raw: list[Json]) -> "tuple[AppConduct, ...]":
        """The apps in an answer."""
        return tuple(cls.of(each) for each in raw)


@dataclass(frozen=True, kw_only=True)
class Conduct(Result):
    """What each app did right and wrong; `incomplete` where entries were dropped that could tell more."""

    generation: int | None = member()
    incomplete: bool = member(default=False)
    totals: Mapping[str, int] = mapping()
    apps: tuple[AppConduct, ...] = member(AppConduct.all_of, name="items", default=())

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The rules that were broken, by whichever app: `assert not sandbox.conduct().broken`."""
        return tuple(
            finding for app in self.apps for finding in app.findings if finding.verdict == "broken"
        )
