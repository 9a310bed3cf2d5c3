"""Playing a capture: its world seeded, what happened beside it done again, each request at its instant."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from multidict import CIMultiDict

from pass_simulator.transport.messages import Response
from simulator.captures.exchanges import Exchange
from simulator.captures.learning.facts import Event, Slot
from simulator.captures.learning.plan import Plan
from simulator.cli.exits import CliExit
from simulator.cli.replay.aligning import Alignment, as_json
from simulator.cli.replay.targets import Target
from simulator.domain.access.device_info import readable_identifier

_WITHOUT_TOKEN: Final = frozenset({"register", "token", "authenticate"})
# What the backend itself made earlier on.
_TRANSLATED: Final = frozenset({"ad-service-token", "x-sso-link"})
# What happens together belongs to one instant, for the clock takes its time to be set.
_AT_ONCE: Final = 100
_LONG: Final = 30 * 86_400
_CREATED: Final = 201
_UNAUTHORIZED: Final = 401


@dataclass(kw_only=True)
class Player:
    """Plays exchanges in a target that has the world; `problems` are what could not be done as it was."""

    target: Target
    plan: Plan
    alignment: Alignment
    problems: dict[str, int] = field(default_factory=dict)
    _shows: int | None = None
    _setting: Callable[[], object] | None = None
    _next: int = 0
    _tokens: dict[str, str] = field(default_factory=dict)
    _clients: dict[str, str] = field(default_factory=dict)
    _origins: set[str] = field(default_factory=set)

    def begin(self, world: Mapping[str, Any], *, settings: Mapping[str, Any]) -> None:
        """Seed the world, with other `settings` where given, at the instant at which the capture begins."""
        # Set forward, a clock lets the time in between pass, for which no world is there yet.
        self.target.admin("POST", "/reset", {"to": "empty"})
        self._to(self.plan.start)
        self.target.admin("POST", "/seed", {"document": dict(world), "mode": "merge"})
        if settings:
            self.target.admin("PATCH", "/settings", dict(settings))

    def play(self, exchange: Exchange, index: int) -> Callable[[], Response | None]:
        """Make a request, which is exchange number `index`; what is returned waits for our answer.

        That is None where there is none, and nothing else may be asked before it is waited for.
        """
        for event in self._due(exchange, index):
            self._do(event)
        self._to(exchange.at)
        if exchange.origin not in self._origins:
            self._origins.add(exchange.origin)
            self.alignment.learn(exchange.origin, self.target.origin)
        translated = self.alignment.translated
        body = translated(exchange.body).encode() if exchange.body is not None else None
        waiting = self.target.begin(
            exchange.method, translated(exchange.target), self._headers(exchange), body
        )

        def end() -> Response | None:
            answer = waiting()
            if answer is not None and exchange.operation == "token":
                self._issued(exchange, answer)
            elif answer is not None and exchange.operation == "register":
                self._registered(index, answer)
            return answer

        return end

    # Time, and what happens in it

    def look_ahead(self, exchange: Exchange, index: int) -> None:
        """Begin to set the clock for the exchange that comes next, if nothing happens before it."""
        if not self._is_due(exchange, index):
            self._begin_to(exchange.at)

    def _to(self, instant: int) -> None:
        self._begin_to(instant)
        if self._setting is not None:
            setting, self._setting = self._setting, None
            setting()

    def _begin_to(self, instant: int) -> None:
        if self._shows is not None and instant - self._shows <= _AT_ONCE:
            return
        self._shows = instant
        text = datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="milliseconds")
        self._setting = self.target.begin_admin("PUT", "/clock", {"mode": "frozen", "now": text})

    def _due(self, exchange: Exchange, index: int) -> Iterator[Event]:
        """What happened before an exchange, in its order."""
        while self._is_due(exchange, index):
            event = self.plan.events[self._next]
            self._next += 1
            self._to(min(event.at, exchange.at))
            yield event

    def _is_due(self, exchange: Exchange, index: int) -> bool:
        if self._next >= len(self.plan.events):
            return False
        event = self.plan.events[self._next]
        # Of what happened in one instant nobody knows the order, but that it did not show before.
        return event.before <= index or event.at < exchange.at

    def _do(self, event: Event) -> None:
        act = {
            "login": self._log_in,
            "profile": self._log_in_elsewhere,
            "gone": self._end,
            "invalidated": self._invalidate,
            "viewer": self._change_viewer,
            "change": self._change,
            "session": self._give_out,
        }[event.kind]
        try:
            act(event.facts)
        except CliExit as refused:
            self._problem(f"a {event.kind} could not be done as it was: {refused.message}")

    def _problem(self, what: str) -> None:
        self.problems[what] = self.problems.get(what, 0) + 1

    def _log_in(self, facts: Mapping[str, Any]) -> None:
        code = self.alignment.translated(facts["code"])
        whom = {"subscriber": facts["viewer"], "mvpd": facts["mvpd"]}
        try:
            self.target.admin("POST", f"/codes/{code}/approve", whom)
        except CliExit as refused:
            # A world of somebody else's has accounts of its own.
            self.target.admin("POST", f"/codes/{code}/approve", {"mvpd": facts["mvpd"]})
            self._problem(
                f"{facts['viewer']} could not log in, so it was another: {refused.message}"
            )
        if facts["home"]:
            self._from_home(facts["slot"])

    def _from_home(self, slot: Slot) -> None:
        found = self.target.admin("GET", f"/integrations/{slot.service_provider}:{slot.mvpd}")
        for profile in self._profiles(slot):
            attributes = {**profile["attributes"], "hba_status": {"value": True, "state": "plain"}}
            self.target.admin(
                "PATCH",
                f"/profiles/{profile['id']}",
                {"attributes": attributes, "expires_in": found["home_authentication_ttl"]},
            )

    def _log_in_elsewhere(self, facts: Mapping[str, Any]) -> None:
        profile = dict(facts["profile"])
        if "client" in profile:
            profile["client"] = self.alignment.translated(profile["client"])
        try:
            self.target.admin("POST", "/profiles", profile)
        except CliExit as refused:
            viewer = profile.pop("subscriber", None)
            if viewer is None:
                raise
            self.target.admin("POST", "/profiles", profile)
            self._problem(f"{viewer} could not log in, so it was nobody: {refused.message}")

    def _end(self, facts: Mapping[str, Any]) -> None:
        for profile in self._profiles(facts["slot"]):
            self.target.admin("DELETE", f"/profiles/{profile['id']}")

    def _invalidate(self, facts: Mapping[str, Any]) -> None:
        for profile in self._profiles(facts["slot"]):
            self.target.admin("POST", f"/profiles/{profile['id']}/invalidate")

    def _profiles(self, slot: Slot) -> list[dict[str, Any]]:
        found = self.target.admin("GET", f"/profiles?{_query(device=slot.device, mvpd=slot.mvpd)}")
        client = self.alignment.translated(slot.client)
        return [
            each
            for each in found["items"]
            if each["service_provider"] == slot.service_provider
            and each.get("client") in {None, client}
        ]

    def _change_viewer(self, facts: Mapping[str, Any]) -> None:
        self.target.admin("PATCH", f"/subscribers/{facts['viewer']}", facts["patch"])

    def _change(self, facts: Mapping[str, Any]) -> None:
        self.target.admin("PATCH", facts["path"], {facts["member"]: facts["value"]})

    def _give_out(self, facts: Mapping[str, Any]) -> None:
        session = facts["session"]
        wanted = {
            "service_provider": session.caller.service_provider,
            "client": self.alignment.translated(session.caller.client),
            "device": session.caller.device,
            "mvpd": session.mvpd,
            "domain_name": session.parameters.get("domainName"),
            "redirect_url": session.parameters.get("redirectUrl"),
        }
        made = self.target.admin(
            "POST", "/sessions", {name: each for name, each in wanted.items() if each}
        )
        self.alignment.learn(session.code, made["code"])

    # Who asks

    def _headers(self, exchange: Exchange) -> CIMultiDict[str]:
        found: CIMultiDict[str] = CIMultiDict(exchange.headers)
        found.pop("authorization", None)
        for name in _TRANSLATED & exchange.headers.keys():
            found[name] = self.alignment.translated(exchange.headers[name])
        given = exchange.headers.get("authorization")
        if given is None:
            if exchange.operation not in _WITHOUT_TOKEN and exchange.status != _UNAUTHORIZED:
                found["Authorization"] = f"Bearer {self._unseen(exchange)}"
        elif given.lower().startswith("bearer "):
            found["Authorization"] = f"Bearer {self._token(given[7:], exchange)}"
        else:
            found["Authorization"] = given
        return found

    def _token(self, theirs: str, exchange: Exchange) -> str:
        """Our token for one of the capture; one that was never accepted is as good as its stand-in."""
        client = self.plan.clients.get(theirs)
        device = readable_identifier(exchange.headers.get("ap-device-identifier", ""))
        if device and client:
            self._clients[device] = client
        known = self._tokens.get(theirs)
        if known is not None:
            return known
        if client is None:
            return theirs
        ends = self.plan.token_ends.get(theirs)
        lasts = _LONG if ends is None else max(1, (ends - exchange.at) // 1000)
        made = self._tokens[theirs] = self._minted(client, lasts)
        return made

    def _unseen(self, exchange: Exchange) -> str:
        """A token for a request whose own was left out of the capture."""
        device = readable_identifier(exchange.headers.get("ap-device-identifier", ""))
        client = self._clients.get(device or "", "client-unseen")
        key = f"unseen {client}"
        if key not in self._tokens:
            self._tokens[key] = self._minted(client, _LONG)
        return self._tokens[key]

    def _minted(self, client: str, lasts: int) -> str:
        ours = self.alignment.translated(client)
        try:
            made = self.target.admin("POST", "/tokens", {"client": ours, "expires_in": lasts})
        except CliExit:
            self._problem(f"the world has no {client}, so an app instance was made up for it")
            made = self.target.admin("POST", "/tokens", {"expires_in": lasts})
            self.alignment.learn(client, made["client_id"])
        return str(made["access_token"])

    def _registered(self, index: int, answer: Response) -> None:
        """Know our credentials for those that are used later, though no answer of the capture told them."""
        ours = as_json(answer.text)
        for name, theirs in self.plan.credentials.get(index, {}).items():
            if answer.status == _CREATED and isinstance(ours, dict):
                self.alignment.learn(theirs, ours[name])

    def _issued(self, exchange: Exchange, answer: Response) -> None:
        theirs = exchange.member("access_token")
        ours = as_json(answer.text)
        if isinstance(theirs, str) and answer.status == _CREATED and isinstance(ours, dict):
            self._tokens[theirs] = ours["access_token"]


def _query(**parameters: str) -> str:
    return urlencode(parameters)
