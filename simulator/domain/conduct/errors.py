"""Rules of error handling: what an error's action says, and when it is of use to try again."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from simulator.domain.errors import ERRORS

from .calls import REFUSED_TOKEN, REST_V2, App, Call
from .rules import Rule, Sign, broken, kept, lapse, page

_SECTION: Final = page("error-handling")
_OWN: Final = (REST_V2 | {"register", "token"}) - {"profile_by_code"}
_TOO_MANY: Final = 429
_SERVER: Final = 500
_PAUSE: Final = 1_000
_MOST: Final = 3
_SOON: Final = 60_000


def _backed_off(app: App) -> Iterator[Sign]:
    for before, call in pairwise(app.calls):
        if before.status != _TOO_MANY:
            continue
        gap = call.at - before.at
        says = f"the next call came {lapse(gap)} after a 429"
        yield (broken if gap < _PAUSE else kept)(says, before, call)


def _codes(call: Call) -> list[str]:
    """The codes of the errors in an answer, its own or those of its decisions."""
    denials = [denial for _, denial in call.decisions if denial is not None]
    return [call.error] if call.error else denials


def _to_retry(call: Call) -> bool:
    if call.status is not None and call.status >= _SERVER:
        return True
    return any(code in ERRORS and ERRORS[code].action == "retry" for code in _codes(call))


def _final(call: Call) -> bool:
    """Whether trying again is of no use: not a matter of time, nor of the token."""
    if call.status == _TOO_MANY or call.error == REFUSED_TOKEN or _to_retry(call):
        return False
    # Polling goes by rules of its own, and a user agent is not the app.
    return call.operation in _OWN and bool(_codes(call))


def _limited(app: App) -> Iterator[Sign]:
    run: list[Call] = []
    for call in app.calls:
        if run and call.repeats(run[0]):
            run.append(call)
            if len(run) == _MOST + 2:
                yield broken(f"tried again more than {_MOST} times", run[0], call)
        else:
            run = [call]
        if not _to_retry(call):
            run = []
        elif len(run) == 1:
            yield kept("an error that may pass was met", call)


def _heeded(app: App) -> Iterator[Sign]:
    for before, call in pairwise((*app.calls, None)):
        if before is None or not _final(before):
            continue
        code = _codes(before)[0]
        if call is not None and call.repeats(before) and call.at - before.at < _SOON:
            yield broken(f"the same again {lapse(call.at - before.at)} after {code}", before, call)
        else:
            yield kept(f"{code} was not met with the same again", before)


RULES: Final = (
    Rule(
        id="back-off-after-429",
        says="After a 429, wait for a second at least.",
        page=_SECTION,
        check=_backed_off,
    ),
    Rule(
        id="retries-limited",
        says="Where an error's action is to retry, or the server failed, try two or three times more.",
        page=_SECTION,
        check=_limited,
    ),
    Rule(
        id="actions-heeded",
        says="Do what the action of an error says; few errors are worth the same call again.",
        page=_SECTION,
        check=_heeded,
    ),
)
