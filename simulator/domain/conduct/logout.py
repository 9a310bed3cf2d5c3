"""Rules of the logout phase: it is the viewer's wish, and carried out to its end."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from simulator.domain.operations import backend_path

from .calls import OURS, App, Call
from .rules import Rule, Sign, broken, kept, lapse, page

_SECTION: Final = page("logout-phase")
_PRACTICE: Final = page("logout-phase", practice=True)
_PARAMETERS: Final = page("parameters-headers")
# Nobody finds the button that fast.
_AT_ONCE: Final = 3_000

_Place = tuple[str, frozenset[tuple[str, str]]]


def _opened(app: App) -> Iterator[Sign]:
    pages: defaultdict[_Place, list[Call]] = defaultdict(list)
    for each in app.around:
        if each.operation == "start_logout":
            pages[each.path, frozenset(each.query.items())].append(each)
    for call in app.of("logout"):
        for mvpd, url in _urls(call):
            later = (each for each in pages[_place(url)] if each.number > call.number)
            opened = next(later, None)
            if opened is None:
                yield broken(f"the logout page of {mvpd} was never opened", call)
            else:
                yield kept(f"the logout page of {mvpd} was opened", call, opened)


def _urls(call: Call) -> Iterator[tuple[str, str]]:
    logouts: Any = call.answer.get("logouts") if call.ok else None
    for mvpd, logout in logouts.items() if isinstance(logouts, Mapping) else ():
        if isinstance(logout, Mapping) and logout.get("actionName") == "logout":
            yield mvpd, str(logout.get("url"))


def _place(url: str) -> _Place:
    """Where a url leads, but for the sandbox that it names."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query.pop(OURS, None)
    return backend_path(parts.path), frozenset(query.items())


def _wished(app: App) -> Iterator[Sign]:
    before: Call | None = None
    for call in app.calls:
        if call.operation == "logout":
            if before is not None and _denied(before) and call.at - before.at < _AT_ONCE:
                says = f"logged out {lapse(call.at - before.at)} after a denial"
                yield broken(says, before, call)
            else:
                yield kept("logged out for no reason of the app's own", call)
        before = call


def _denied(call: Call) -> bool:
    decided = any(denial is not None for _, denial in call.decisions)
    return call.operation in {"authorize", "preauthorize"} and (decided or not call.ok)


RULES: Final = (
    Rule(
        id="logout-url-opened",
        says="Open the url of a logout in a user agent, so that the provider's own session ends.",
        page=_SECTION,
        check=_opened,
    ),
    Rule(
        id="logout-only-on-request",
        says="Log out when the viewer asks for it, not because a decision was denied.",
        page=_PRACTICE,
        check=_wished,
        mandatory=False,
    ),
)
