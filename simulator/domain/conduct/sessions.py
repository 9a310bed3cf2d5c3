"""Rules of sessions and profiles: an expired session is restarted, a profile is kept."""

from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from .calls import EXPIRED_SESSION, App, Call
from .rules import Rule, Sign, broken, kept, lapse, page

_SECTION: Final = page("authentication-phase")
_PRACTICE: Final = page("authentication-phase", practice=True)
_REUSED: Final = frozenset({"resume_session", "get_session", "authenticate"})
_STARTED: Final = frozenset({"create_session", "partner_session"})
_CACHEABLE: Final = frozenset({"profiles", "profile_by_mvpd"})
# What may change profiles, or what is known of them.
_CHANGING: Final = frozenset(
    {*_STARTED, "resume_session", "authorize", "logout", "partner_profile", "token", "register"}
)
# How the reason begins of the row that answers a partner's response without a new profile.
_NOT_USED: Final = "Q6: "
# Within a minute no app is started anew, so what it knew it still knows.
_SOON: Final = 60_000


def _restarted(app: App) -> Iterator[Sign]:
    dead: dict[str, Call] = {}
    for call in app.calls:
        if call.operation in _REUSED and call.code in dead:
            yield broken(
                f"{call.code} was used again, though it had expired", dead[call.code], call
            )
        elif call.operation in _STARTED and call.ok and dead:
            code, told = dead.popitem()
            yield kept(f"a new session took the place of {code}", told, call)
            dead.clear()
        if call.code and call.operation in _REUSED | {"profile_by_code"} and _over(call):
            dead.setdefault(call.code, call)


def _over(call: Call) -> bool:
    # In a user agent the error is a page.
    return call.error == EXPIRED_SESSION or (call.operation == "authenticate" and not call.ok)


def _validated(app: App) -> Iterator[Sign]:
    looks: defaultdict[str | None, list[Call]] = defaultdict(list)
    for each in (*app.around, *app.calls):
        if each.operation in {"get_session", "resume_session"}:
            looks[each.code].append(each)
    for call in app.of("authenticate"):
        before = [each for each in looks[call.code] if each.number < call.number]
        if before:
            yield kept("the code was looked up before the login began", before[-1], call)
        elif not call.ok:
            yield broken("the login began with a code that nobody had looked up", call)


def _cached(app: App) -> Iterator[Sign]:
    known: dict[str, Call] = {}
    for call in app.calls:
        if call.operation in _CHANGING:
            known.clear()
        if call.operation not in _CACHEABLE:
            continue
        before = known.get(call.path)
        if before is not None and call.at - before.at < _SOON:
            says = f"asked again after {lapse(call.at - before.at)}, though nothing had changed"
            yield broken(says, before, call)
        elif call.profiles:
            yield kept("profiles were fetched and kept", call)
        if call.profiles:
            known[call.path] = call


def _stored(app: App) -> Iterator[Sign]:
    for call in app.of("partner_profile"):
        unused = next((each for each in call.reasons if each.startswith(_NOT_USED)), None)
        if unused is not None:
            yield broken(unused.removeprefix(_NOT_USED), call)
        elif call.status == HTTPStatus.CREATED:
            yield kept("a profile was made of the partner's response", call)


RULES: Final = (
    Rule(
        id="session-restarted",
        says="Begin a new session when one has expired; its code is of no more use.",
        page=_SECTION,
        check=_restarted,
    ),
    Rule(
        id="profiles-cached",
        says="Keep what profiles tell instead of asking for them all the time.",
        page=_SECTION,
        check=_cached,
    ),
    Rule(
        id="code-validated",
        says="On a second screen, look a typed code up before the login begins.",
        page=_PRACTICE,
        check=_validated,
        mandatory=False,
    ),
    Rule(
        id="partner-response-used",
        says="Send a partner's response only where its framework is used; else nothing is stored.",
        page="apple-sso-cookbook-rest-api-v2.md#workflow",
        check=_stored,
        mandatory=False,
    ),
)
