"""Rules of decisions: what each kind is for, and how long it and its media token last."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .calls import VERIFIED, App, Call
from .rules import Rule, Sign, broken, kept, lapse, page

_BEFOREHAND: Final = page("preauthorization-phase")
_SECTION: Final = page("authorization-phase")
_SOON: Final = 60_000


def _not_for_playback(app: App) -> Iterator[Sign]:
    authorized = {resource for call in app.of("authorize") for resource, _ in call.decisions}
    alone: defaultdict[str, list[Call]] = defaultdict(list)
    asked = app.of("preauthorize")
    for call in asked:
        if len(call.decisions) == 1:
            alone[call.decisions[0][0]].append(call)
    for resource, calls in alone.items():
        if len(calls) > 1 and resource not in authorized:
            says = (
                f"{resource} alone was asked for beforehand, time and again, and never authorized"
            )
            yield broken(says, *calls[:2])
    if asked and (decided := app.of("authorize")):
        yield kept("what was played was authorized", asked[0], decided[0])


def _permits_cached(app: App) -> Iterator[Sign]:
    known: dict[tuple[str | None, str | None, str], Call] = {}
    for call in app.calls:
        if call.operation in {"logout", "create_session"}:
            known.clear()
        if call.operation != "preauthorize":
            continue
        for resource, denial in call.decisions:
            key = (call.service_provider, call.mvpd, resource)
            before = known.get(key)
            if before is not None and call.at - before.at < _SOON:
                says = (
                    f"{resource} was asked for again {lapse(call.at - before.at)} after its permit"
                )
                yield broken(says, before, call)
            elif denial is None:
                yield kept(f"the permit of {resource} was kept", call)
            if denial is None:
                known[key] = call


def _issued(app: App) -> Iterator[tuple[Mapping[str, Any], Call]]:
    for call in app.of("authorize"):
        decisions = call.answer.get("decisions")
        for decision in decisions if isinstance(decisions, list) else ():
            token = decision.get("token") if isinstance(decision, Mapping) else None
            if isinstance(token, Mapping):
                yield token, call


def _verified(app: App) -> Iterator[tuple[Mapping[str, Any], Call, list[Call]]]:
    """The media tokens that the app was given, each with the call, and the times it was verified."""
    uses: defaultdict[object, list[Call]] = defaultdict(list)
    for call in app.around:
        if call.operation == VERIFIED:
            uses[call.form.get("token")].append(call)
    for token, call in _issued(app):
        if found := uses.get(token.get("serializedToken")):
            yield token, call, found


def _once(app: App) -> Iterator[Sign]:
    for _, call, uses in _verified(app):
        if len(uses) > 1:
            yield broken(f"one media token was used {len(uses)} times", call)
        else:
            yield kept("a media token was used once", call)


def _in_time(app: App) -> Iterator[Sign]:
    for token, call, uses in _verified(app):
        late = uses[-1].at - int(token.get("notAfter") or 0)
        if late >= 0:
            says = f"its media token was used {lapse(late)} after it had run out"
            yield broken(says, call)
        else:
            yield kept("its media token was used in time", call)


RULES: Final = (
    Rule(
        id="preauthorize-not-for-playback",
        says="Use preauthorization to filter what is shown, never to decide what is played.",
        page=_BEFOREHAND,
        check=_not_for_playback,
    ),
    Rule(
        id="permits-cached",
        says="Keep the permits of a preauthorization while the app runs.",
        page=_BEFOREHAND,
        check=_permits_cached,
    ),
    Rule(
        id="decision-within-window",
        says="Ask for an authorization at each playback; none is good beyond its media token.",
        page=_SECTION,
        check=_in_time,
    ),
    Rule(
        id="media-token-once",
        says="Use a media token for one playback.",
        page=_SECTION,
        check=_once,
    ),
)
