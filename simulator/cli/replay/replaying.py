"""The replay itself: the state laid, then one thing after the other, each at its instant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote, urlencode

from pass_simulator.transport.messages import Response
from simulator.cli.exits import CliExit

from .aligning import Alignment, Difference, as_json, rewritten
from .bundles import Bundle
from .requests import Cookies, agent_of, body_of, headers_of, path_of
from .standing_in import Entry, NotReplayable, StandIns
from .targets import Target

# A password of an account that was made by hand is not kept.
_PASSWORD: Final = "replayed"
_SLACK: Final = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Differing:
    """A request whose answer was another than the recorded one."""

    request: str
    operation: str | None
    differences: Sequence[Difference]


@dataclass(kw_only=True)
class Outcome:
    """What became of a replay."""

    replayed: int = 0
    differing: list[Differing] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def replay(
    bundle: Bundle,
    target: Target,
    *,
    settings: Mapping[str, Any],
    progress: Callable[[int, int], None],
) -> Outcome:
    """Run `bundle` in `target`, with other `settings` where given. Raises `CliExit`."""
    entries = [each for each in bundle.journal if each["kind"] == "request"]
    longest = max((each["duration"] or 0 for each in entries), default=0)
    alignment = Alignment(slack=_SLACK + longest // 1000)
    stand_ins = StandIns(bundle=bundle, target=target, alignment=alignment)
    cookies, outcome = Cookies(), Outcome()
    for origin in _origins(entries):
        alignment.learn(origin, target.origin)
    alignment.learn_prefix(f"/s/{bundle.manifest['sandbox']}", target.prefix)
    clock = _Clock(target)
    clock.to(bundle.manifest["began"])
    target.admin("PUT", "/state", dict(bundle.baseline))
    # That sets the clock to real time.
    clock = _Clock(target)
    clock.to(bundle.manifest["began"])
    if settings:
        target.admin("PATCH", "/settings", dict(settings))
    for done, each in enumerate(bundle.journal, 1):
        clock.to(each["at"])
        try:
            if each["kind"] == "request":
                answer = _sent(each, stand_ins, cookies)
                outcome.replayed += 1
                if told := [*_compared(each, answer, alignment)]:
                    name = each["operation"]
                    outcome.differing.append(
                        Differing(request=each["id"], operation=name, differences=told)
                    )
            else:
                _intervene(each, stand_ins)
        except NotReplayable as why:
            name = each.get("id") if each["kind"] == "request" else None
            outcome.left_out.append((name or f"{each['method']} {each['path']}", str(why)))
        progress(done, len(bundle.journal))
    return outcome


def _origins(entries: Sequence[Entry]) -> set[str]:
    """What stood before the paths in the recorded run."""
    pairs = ((str(each["request"]["url"]), each["path"]) for each in entries)
    return {url.removesuffix(path) for url, path in pairs if url.endswith(path)}


class _Clock:
    """The clock of the sandbox, which stands still but when it is moved on."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._shows: int | None = None

    def to(self, instant: int) -> None:
        if instant == self._shows:
            return
        self._shows = instant
        text = datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="milliseconds")
        self._target.admin("PUT", "/clock", {"mode": "frozen", "now": text})


def _sent(entry: Entry, stand_ins: StandIns, cookies: Cookies) -> Response | None:
    if entry["status"] is None and not entry["faults"]:
        raise NotReplayable("the client hung up before it was answered")
    path = path_of(entry, stand_ins)
    headers = headers_of(entry, stand_ins, cookies)
    body = body_of(entry, stand_ins)
    answer = stand_ins.target.ask(entry["method"], path, headers, body)
    if answer is not None:
        stand_ins.remember(answer)
        cookies.keep(agent_of(entry), answer)
    return answer


def _compared(entry: Entry, answer: Response | None, alignment: Alignment) -> Iterator[Difference]:
    recorded = entry["response"]
    status = answer.status if answer else None
    if recorded["status"] != status:
        yield Difference(what="status", recorded=recorded["status"], replayed=status)
    before = {name.lower(): value for name, value in recorded["headers"]}
    after = answer.headers if answer else {}
    for name in ("content-type", "location", "allow"):
        then, now = before.get(name), after.get(name)
        if then != now and (then is None or now is None or not alignment.same_text(then, now)):
            yield Difference(what=name, recorded=then, replayed=now)
    then, now = as_json(recorded["body"]), as_json(answer.text if answer else None)
    if then is not None:
        yield from alignment.differences(then, now)


def _learn_profile(event: Mapping[str, Any], stand_ins: StandIns) -> None:
    """Find out what the profile that it is about is called in this run; a login gives it any id."""
    of_profiles, _, rest = event["path"].removeprefix("/").partition("/")
    recorded = unquote(rest.partition("/")[0])
    if of_profiles != "profiles" or not recorded or "slot" not in event:
        return
    found = stand_ins.target.admin("GET", f"/profiles?{urlencode(event['slot'])}")["items"]
    if found and recorded not in {each["id"] for each in found}:
        stand_ins.alignment.learn(recorded, found[-1]["id"])


def _intervene(event: Mapping[str, Any], stand_ins: StandIns) -> None:
    alignment = stand_ins.alignment
    if event["path"].startswith("/console/"):
        raise NotReplayable("it was done in the console of a version that did not record how")
    body = as_json(event["body"])
    if event["body"] and body is None:
        raise NotReplayable(f"its body was not kept: {event['body']}")
    _learn_profile(event, stand_ins)
    path = alignment.translated(event["path"])
    given = rewritten(
        body, lambda _, text: _PASSWORD if text == "[redacted]" else alignment.translated(text)
    )
    try:
        made = stand_ins.target.admin(event["method"], path, given)
    except CliExit as refused:
        raise NotReplayable(refused.message) from refused
    if not isinstance(made, dict):
        return
    new = next((made[each] for each in ("client_id", "id", "code") if each in made), None)
    if isinstance(event.get("id"), str) and isinstance(new, str):
        alignment.learn(event["id"], new)
    secret = next(
        (made[each] for each in ("access_token", "token", "saml_response") if each in made), None
    )
    if isinstance(secret, str):
        alignment.note(event.get("secret"), secret)
