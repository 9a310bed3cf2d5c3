"""What a request of an app met, as its journal entry tells: the cells, and what the answer left to do."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Final, NamedTuple

from simulator.domain.errors import ERRORS
from simulator.domain.journal.entries import Entry
from simulator.domain.journal.explanation import Explanation
from simulator.domain.operations import OPERATION_NAMES

from .cells import ACTIONS, REASONS, RULE_CELLS
from .events import PROFILE_EXPIRED, TEMP_PASS_OVER

FORCED: Final = "!"
"""Behind a cell in a row: a fault made the answer, not the state of things."""

LOGOUT_PAGE: Final = "start_logout"
"""The page that a logout leads to."""

_TOGETHER: Final = 6
"""So many cells make one row; more are a row each, or there would be a row for each mixture of them."""


class Ask(StrEnum):
    """What an answer leaves to do."""

    LEAVE = "leave"
    NEW_CODE = "new_code"
    REGISTER = "register"
    LOG_IN = "log_in"
    RETRY = "retry"
    POLL = "poll"
    RESUME = "resume"
    AUTHORIZE = "authorize"
    PARTNER_PROFILE = "partner_profile"
    OPEN_LOGOUT = "open_logout"


class Meeting(NamedTuple):
    """A request of an app, as far as coverage looks at it.

    `rows` are the cells that it met, joined by blanks; `at` is an instant of the sandbox's clock.
    `positive` says that the answer is no error, `ask` what it leaves to do, `subject` what that is about
    (a code; service provider and MVPD of a logout).
    """

    application: str
    platform: str
    rows: tuple[str, ...]
    operation: str
    at: int
    positive: bool = True
    ask: Ask | None = None
    subject: str = ""


# By the action that the error tells.
_BY_ADVICE: Final[Mapping[str, Ask]] = {
    "application-registration": Ask.REGISTER,
    "get_new_token": Ask.REGISTER,
    "authentication": Ask.LOG_IN,
    "retry": Ask.RETRY,
}
# By the name of the action that a session or a logout is answered with.
_BY_ACTION: Final[Mapping[str, Ask]] = {
    "authenticate": Ask.POLL,
    "resume": Ask.RESUME,
    "retry": Ask.RESUME,
    "authorize": Ask.AUTHORIZE,
    "partner_profile": Ask.PARTNER_PROFILE,
    "logout": Ask.OPEN_LOGOUT,
}
_STRONGEST: Final = (Ask.REGISTER, Ask.LOG_IN, Ask.RETRY, Ask.LEAVE)
# Nothing that can be read reaches the app.
_BROKEN: Final = frozenset({"hang", "reset", "close", "truncate", "garble"})
_ACTING: Final = frozenset({"create_session", "resume_session", "partner_session", "logout"})
_TOLD: Final = re.compile(rb'"(actionName|reasonType|action)": ?"([\w-]+)"')
_EMPTY: Final = b'"profiles":{}'
_EXPIRED: Final = {
    "authenticated_profile_expired": PROFILE_EXPIRED,
    "temporary_access_duration_limit_exceeded": TEMP_PASS_OVER,
}
_OF_CODE: Final[Mapping[str, tuple[str, ...]]] = {
    code: (
        f"codes:{code}",
        *((f"clock:{_EXPIRED[code]}",) if code in _EXPIRED else ()),
    )
    for code in ERRORS
}
_NOTHING: Final[Mapping[str, str]] = {}
_NO_FAULTS: Final[frozenset[str]] = frozenset()
_NO_DENIALS: Final[tuple[str, ...]] = ()
_ERRORS: Final = 400
_TOO_MANY: Final = 429
_SERVER: Final = 500
_SESSION_OVER: Final = "invalid_authentication_session"
_UNKNOWN_CLIENT: Final = "invalid_client"


MET: Final = frozenset({*OPERATION_NAMES, LOGOUT_PAGE})
"""What coverage looks at: requests for an operation, and the pages of logouts."""


def meeting(entry: Entry, application: str, platform: str) -> Meeting:
    """What the entry of a request for an operation met.

    Every request of every app passes here, so what most of them lack is not looked into.
    """
    operation = entry.operation or ""
    explanation, exchange = entry.explanation, entry.exchange
    status, body = exchange.status, exchange.response_body or b""
    kinds = {kind for _, kind in explanation.faults} if explanation.faults else _NO_FAULTS
    denials = _denials(explanation) if explanation.decisions else _NO_DENIALS
    readable = status is not None and not kinds & _BROKEN
    positive = readable and _positive(status, explanation, denials)
    said = _said(body) if readable and (operation in _ACTING or not positive) else _NOTHING
    ask = (
        _to_go_on(operation, said, body)
        if positive
        else _to_mend(status, explanation.error, denials, said, kinds)
    )
    cells = _cells(operation, explanation, denials, said)
    return Meeting(
        application,
        platform,
        (" ".join(cells),) if len(cells) <= _TOGETHER else (*cells,),
        operation,
        entry.at,
        positive,
        ask,
        _subject(ask, explanation),
    )


def _positive(status: int | None, explanation: Explanation, denials: Sequence[str]) -> bool:
    """Whether it is a good answer: no error, and of decisions at least one permit."""
    permitted = not denials or len(denials) < len(explanation.decisions)
    return status is not None and status < _ERRORS and permitted


def _denials(explanation: Explanation) -> list[str]:
    return [code for _, code in explanation.decisions if code is not None]


def _subject(ask: Ask | None, explanation: Explanation) -> str:
    return _pair(explanation) if ask is Ask.OPEN_LOGOUT else explanation.code or ""


def _pair(explanation: Explanation) -> str:
    return f"{explanation.service_provider} {explanation.mvpd}"


def _cells(
    operation: str, explanation: Explanation, denials: Sequence[str], said: Mapping[str, str]
) -> dict[str, None]:
    """The cells that were met, each once."""
    cells = {f"operations:{operation}": None}
    for rule in explanation.rules:
        if rule in RULE_CELLS:
            cells[RULE_CELLS[rule]] = None
    for code in (explanation.error, *denials):
        for cell in _OF_CODE.get(code or "", ()):
            cells[cell + FORCED if code in explanation.forced else cell] = None
    if operation in _ACTING:
        if said.get("actionName") in ACTIONS:
            cells[f"actions:{said['actionName']}"] = None
        if said.get("reasonType") in REASONS:
            cells[f"reasons:{said['reasonType']}"] = None
    for event in explanation.expired:
        cells[f"clock:{event}"] = None
    for _, kind in explanation.faults:
        cells[f"faults:{kind}"] = None
    return cells


def _said(body: bytes) -> Mapping[str, str]:
    """The members of an answer that say what is to be done next."""
    found: list[tuple[bytes, bytes]] = _TOLD.findall(body)
    return {name.decode(): value.decode() for name, value in found}


def _to_go_on(operation: str, said: Mapping[str, str], body: bytes) -> Ask | None:
    """What a good answer leaves to do."""
    if operation == "profile_by_code" and _EMPTY in body:
        return Ask.POLL
    return _BY_ACTION.get(said["actionName"]) if "actionName" in said else None


def _to_mend(
    status: int | None,
    error: str | None,
    denials: Sequence[str],
    said: Mapping[str, str],
    kinds: AbstractSet[str],
) -> Ask:
    """What an answer that is none, or no good one, leaves to do."""
    if status is None or status == _TOO_MANY or kinds & _BROKEN:
        return Ask.RETRY
    if error == _SESSION_OVER:
        return Ask.NEW_CODE
    if error == _UNKNOWN_CLIENT:
        return Ask.REGISTER
    if status >= _ERRORS:
        advice = said.get("action", "none")
        may_pass = status >= _SERVER and advice == "none"
        return Ask.RETRY if may_pass else _BY_ADVICE.get(advice, Ask.LEAVE)
    asks = {_BY_ADVICE.get(ERRORS[each].action, Ask.LEAVE) for each in denials if each in ERRORS}
    return next((each for each in _STRONGEST if each in asks), Ask.LEAVE)


def opened_logout(entry: Entry) -> Meeting:
    """What the page of a logout did, for whichever app asked for it."""
    return Meeting("", "", (), LOGOUT_PAGE, entry.at, subject=_pair(entry.explanation))
