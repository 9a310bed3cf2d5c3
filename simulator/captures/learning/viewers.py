"""The accounts behind the logins of a capture, and what their MVPDs permit them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simulator.domain.decisions.viewing import DENIED, DENIED_BEFOREHAND, PARENTAL
from simulator.domain.sessions.user_metadata import default_state

from .facts import Event, Moment, Verdict
from .sessions import APPLE, Login

_OWN_MEMBERS: Final = frozenset(
    {"userID", "upstreamUserID", "householdID", "hba_status", "mvpd", "tokenSource"}
)
_AUTHORIZE: Final = "authorize"
_BEFOREHAND: Final = "preauthorize"
# What preauthorize says of what authorize denies in one of these ways.
_SAID_BEFOREHAND: Final = frozenset({DENIED, PARENTAL})


class _Said(dict[str, tuple[str | None, str | None]]):
    """What each operation says of a resource while nothing changes: code and details, None to permit."""

    def fits(self, operation: str, said: tuple[str | None, str | None]) -> bool:
        """Whether one account can say this, too."""
        if operation in self:
            return self[operation] == said
        found = {**self, operation: said}
        if len(found) == 1:
            return True
        authorized, before = found[_AUTHORIZE][0], found[_BEFOREHAND][0]
        if before == DENIED_BEFOREHAND:
            return authorized is None or authorized in _SAID_BEFOREHAND
        return authorized == before and authorized != DENIED

    def denial(self) -> dict[str, str] | None:
        """What the account's denials have for it; None where it is permitted."""
        code, details = self.get(_AUTHORIZE) or self[_BEFOREHAND]
        if code is None:
            code, details = self.get(_BEFOREHAND, (None, None))
        elif code == DENIED_BEFOREHAND:
            code = DENIED
        if code is None:
            return None
        return {"code": code, **({"details": details} if details else {})}


@dataclass(kw_only=True)
class Viewer:
    """An account: its logins, and for each resource what was said of it, one phase after the other."""

    id: str
    user_id: str
    seen: bool = True
    logins: list[Login] = field(default_factory=list)

    def entry(self) -> dict[str, Any]:
        """The account as a scenario has it, as it was at first."""
        mvpds = {each.slot.mvpd for each in self.logins}
        attributes, household = self._attributes()
        return {
            "id": self.id,
            **({"mvpd": mvpds.pop()} if len(mvpds) == 1 else {}),
            "user_id": self.user_id,
            **({"household": household} if household else {}),
            **self._package(self._phases(), None),
            **({"attributes": attributes} if attributes else {}),
        }

    def changes(self) -> Iterator[Event]:
        """What an MVPD came to say otherwise."""
        phases = self._phases()
        turns = sorted({begins for each in phases.values() for begins, _ in each[1:]})
        for turn in turns:
            package = {"entitlements": None, "denials": {}} | self._package(phases, turn)
            facts = {"viewer": self.id, "patch": package}
            yield Event(kind="viewer", at=turn.at, before=turn.index, facts=facts)

    def _phases(self) -> dict[str, list[tuple[Moment, _Said]]]:
        phases: dict[str, list[tuple[Moment, _Said]]] = {}
        verdicts: Iterable[Verdict] = (each for login in self.logins for each in login.verdicts)
        for each in sorted(verdicts, key=lambda each: each.moment.index):
            said = (each.code, each.details)
            known = phases.setdefault(each.resource, [(each.moment, _Said())])
            if not known[-1][1].fits(each.operation, said):
                known.append((each.moment, _Said()))
            known[-1][1][each.operation] = said
        return phases

    def _package(
        self, phases: Mapping[str, list[tuple[Moment, _Said]]], turn: Moment | None
    ) -> dict[str, Any]:
        """Entitlements and denials at the beginning, or from a turn on."""
        denials = {
            resource: _at(known, turn).denial() for resource, known in phases.items() if resource
        }
        plain = {"code": DENIED}
        # Only where something is denied as what is not in the package is the package known.
        limited = plain in denials.values()
        told = {name: each for name, each in denials.items() if each is not None and each != plain}
        entitled = sorted(
            name
            for name, each in denials.items()
            if each is None or each["code"] == DENIED_BEFOREHAND
        )
        return {
            # Whoever has no package at all could not have logged in.
            **({"entitlements": entitled or ["unseen"]} if limited else {}),
            **({"denials": dict(sorted(told.items()))} if told else {}),
        }

    def _attributes(self) -> tuple[dict[str, Any], str | None]:
        found: dict[str, Any] = {}
        for login in self.logins:
            found |= login.latest or login.attributes or {}
        household = found.get("householdID", {}).get("value")
        attributes = {
            name: _short(name, each)
            for name, each in sorted(found.items())
            if name not in _OWN_MEMBERS and isinstance(each, dict)
        }
        upstream = found.get("upstreamUserID", {}).get("value")
        if upstream and upstream != self.user_id:
            attributes["upstreamUserID"] = upstream
        return attributes, household if isinstance(household, str) else None


def _at(known: list[tuple[Moment, _Said]], turn: Moment | None) -> _Said:
    fitting = [said for begins, said in known if turn is not None and begins <= turn]
    return fitting[-1] if fitting else known[0][1]


def _short(name: str, attribute: Mapping[str, Any]) -> object:
    """An attribute as a scenario writes it."""
    if "value" not in attribute:
        return "unseen"
    if attribute.get("state", "plain") == default_state(name):
        return attribute["value"]
    return {"value": attribute["value"], "state": attribute.get("state", "plain")}


def viewers(logins: Iterable[Login]) -> list[Viewer]:
    """The account behind each login; one that nobody saw is an account of its own."""
    found: dict[str, Viewer] = {}
    for number, login in enumerate(logins, 1):
        user = login.user_id
        if login.type == APPLE and not login.verdicts and user is None:
            continue
        name = user or f"viewer-unseen-{number}"
        viewer = found.get(name)
        if viewer is None:
            viewer = found[name] = Viewer(id=_id(name), user_id=name, seen=user is not None)
        viewer.logins.append(login)
    return [*found.values()]


def _id(name: str) -> str:
    """A user's id as an id of a scenario, which has no slash."""
    return name.replace("/", "-").strip() or "viewer"
