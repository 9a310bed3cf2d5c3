"""Rules of polling: how often an app asks whether its viewer has logged in, and when it stops."""

from collections.abc import Iterator
from typing import Final

from .calls import EXPIRED_SESSION, PROFILES, App, Call
from .rules import Rule, Sign, broken, kept, lapse, page

_SECTION: Final = page("authentication-phase")
_INTERVAL: Final = 3_000
# A timer of three seconds may fire a little early.
_JITTER: Final = 100

_SESSIONS: Final = frozenset({"create_session", "partner_session"})


def _interval(app: App) -> Iterator[Sign]:
    awaited: str | None = None
    last: dict[str, Call] = {}
    for call in app.calls:
        if call.operation in _SESSIONS and call.ok and call.code:
            awaited = call.code
        if call.operation not in PROFILES:
            continue
        code = call.code if call.operation == "profile_by_code" else awaited
        if code is None:
            continue
        before = last.get(code)
        if before is not None:
            gap = call.at - before.at
            says = f"polled after {lapse(gap)}"
            yield (broken if gap < _INTERVAL - _JITTER else kept)(says, before, call)
        last[code] = call
        if call.profiles:
            awaited = None
            last.pop(code)


def _polls(app: App) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = {}
    for call in app.of("profile_by_code"):
        if call.code:
            found.setdefault(call.code, []).append(call)
    return found


def _success(app: App) -> Iterator[Sign]:
    for polls in _polls(app).values():
        told = next((each for each in polls if each.profiles), None)
        if told is None:
            continue
        more = polls[polls.index(told) + 1 :]
        if more:
            yield broken("polled on, though the login was there", told, *more[:1])
        else:
            yield kept("stopped when the login was there", told)


def _expiry(app: App) -> Iterator[Sign]:
    for code, polls in _polls(app).items():
        told = next((each for each in polls if each.error == EXPIRED_SESSION), None)
        if told is None:
            continue
        more = polls[polls.index(told) + 1 :]
        if more:
            yield broken(f"polled on, though {code} was no longer good", told, *more[:1])
        else:
            yield kept(f"stopped when {code} was no longer good", told)


def _new_code(app: App) -> Iterator[Sign]:
    polls = _polls(app)
    earlier: dict[str | None, Call] = {}
    for call in app.calls:
        if call.operation not in _SESSIONS or not call.ok or not call.code:
            continue
        before = earlier.get(call.service_provider)
        earlier[call.service_provider] = call
        if before is None or before.code is None or before.code not in polls:
            continue
        known = polls[before.code]
        late = [each for each in known if each.number > call.number]
        if late:
            yield broken(f"{before.code} was polled on after {call.code}", call, *late[:1])
        else:
            yield kept(f"{before.code} was given up for {call.code}", known[-1], call)


RULES: Final = (
    Rule(
        id="polling-interval",
        says="Poll for the login every three to five seconds, or slower.",
        page=_SECTION,
        check=_interval,
    ),
    Rule(
        id="polling-stops-on-success",
        says="Stop polling once the profile has come.",
        page=_SECTION,
        check=_success,
    ),
    Rule(
        id="polling-stops-on-expiry",
        says="Stop polling once session and code have expired.",
        page=_SECTION,
        check=_expiry,
    ),
    Rule(
        id="polling-stops-on-new-code",
        says="Stop polling with a code when a new one takes its place.",
        page=_SECTION,
        check=_new_code,
    ),
)
