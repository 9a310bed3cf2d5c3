"""What a request of an app met, as its journal entry tells: the cells, and what the answer left to do."""

import re
from collections.abc import Mapping
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
_OPERATIONS: Final = frozenset(OPERATION_NAMES)
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
_LOGOUT_PAGE: Final = "start_logout"
_ERRORS: Final = 400
_TOO_MANY: Final = 429
_SERVER: Final = 500
_SESSION_OVER: Final = "invalid_authentication_session"
_UNKNOWN_CLIENT: Final = "invalid_client"


def is_met(entry: Entry) -> bool:
    """Whether coverage looks at a request: at those for an operation, and the pages of logouts."""
    return entry.operation in _OPERATIONS or entry.operation == _LOGOUT_PAGE


def meeting(entry: Entry, application: str, platform: str) -> Meeting:
    """What the entry of a request for an operation met."""
    operation = entry.operation or ""
    explanation, exchange = entry.explanation, entry.exchange
    status, kinds = exchange.status, {kind for _, kind in explanation.faults}
    denials = [code for _, code in explanation.decisions if code is not None]
    said = _said(exchange.response_body, operation, status, kinds)
    positive = (
        status is not None
        and status < _ERRORS
        and not kinds & _BROKEN
        and (not denials or len(denials) < len(explanation.decisions))
    )
    if positive:
        ask = _to_go_on(operation, said, exchange.response_body or b"")
    else:
        ask = _to_mend(status, explanation.error, denials, said, kinds)
    logs_out = ask is Ask.OPEN_LOGOUT
    cells = _cells(operation, explanation, denials, said)
    return Meeting(
        application=application,
        platform=platform,
        rows=(" ".join(cells),) if len(cells) <= _TOGETHER else (*cells,),
        operation=operation,
        at=entry.at,
        positive=positive,
        ask=ask,
        subject=_pair(explanation) if logs_out else explanation.code or "",
    )


def _pair(explanation: Explanation) -> str:
    return f"{explanation.service_provider} {explanation.mvpd}"


def _cells(
    operation: str, explanation: Explanation, denials: list[str], said: Mapping[str, str]
) -> dict[str, None]:
    """The cells that were met, each once."""
    cells = {f"operations:{operation}": None}
    for rule in explanation.rules:
        if rule in RULE_CELLS:
            cells[RULE_CELLS[rule]] = None
    for code in [explanation.error, *denials]:
        for cell in _OF_CODE.get(code or "", ()):
            cells[cell + FORCED if code in explanation.forced else cell] = None
    if said.get("actionName") in ACTIONS:
        cells[f"actions:{said['actionName']}"] = None
    if said.get("reasonType") in REASONS:
        cells[f"reasons:{said['reasonType']}"] = None
    for event in explanation.expired:
        cells[f"clock:{event}"] = None
    for _, kind in explanation.faults:
        cells[f"faults:{kind}"] = None
    return cells


def _said(
    body: bytes | None, operation: str, status: int | None, kinds: set[str]
) -> Mapping[str, str]:
    """The members of the body that say what is to be done next."""
    if not body or kinds & _BROKEN or status is None:
        return _NOTHING
    if operation not in _ACTING and status < _ERRORS:
        return _NOTHING
    found: list[tuple[bytes, bytes]] = _TOLD.findall(body)
    return {name.decode(): value.decode() for name, value in found}


def _to_go_on(operation: str, said: Mapping[str, str], body: bytes) -> Ask | None:
    """What a good answer leaves to do."""
    if operation == "profile_by_code" and _EMPTY in body:
        return Ask.POLL
    return _BY_ACTION.get(said.get("actionName", ""))


def _to_mend(
    status: int | None,
    error: str | None,
    denials: list[str],
    said: Mapping[str, str],
    kinds: set[str],
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


def opened_logout(entry: Entry) -> Meeting | None:
    """What a page did about a logout, for whichever app asked for it; None for other pages."""
    if entry.operation != _LOGOUT_PAGE:
        return None
    explanation = entry.explanation
    return Meeting(
        application="",
        platform="",
        rows=(),
        operation=_LOGOUT_PAGE,
        at=entry.at,
        subject=_pair(explanation),
    )
