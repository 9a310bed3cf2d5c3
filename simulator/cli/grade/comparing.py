"""Where our answer is not the one of the capture, once ids, codes, tokens, times and hosts are aligned."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from pass_simulator.transport.messages import Response
from simulator.captures.exchanges import Exchange
from simulator.cli.replay.aligning import Alignment, Difference, as_json

_MADE: Final = frozenset(
    {
        "sessionId",
        "trace",
        "client_id",
        "client_secret",
        "access_token",
        "serializedToken",
        "serviceToken",
        "request",
    }
)
# What is made up for each run only where it stands here.
_BY_OPERATION: Final = {
    "token": frozenset({"$.id"}),
    "register": frozenset(),
}
_GIVING: Final = frozenset({"create_session", "partner_session"})
_CODE: Final = frozenset({"$.code"})
FREE: Final = frozenset(
    {"message", "error_description", "ipAddress", "port", "os", "device", "clientType"}
)
OPTIONAL: Final = frozenset({"trace", "error_description"})
# Tokens are looked up by whoever sends them, and the others come up nowhere else.
_PASSING: Final = frozenset({"access_token", "serializedToken", "trace", "request"})
_HEADERS: Final = ("content-type", "location", "allow")
_BLANKS: Final = re.compile(r"\s+")
_BAD: Final = 400


def compared(exchange: Exchange, ours: Response | None, alignment: Alignment) -> list[Difference]:
    """The differences between the answer of a capture and ours."""
    return [*_differences(exchange, ours, alignment)]


def _differences(
    exchange: Exchange, ours: Response | None, alignment: Alignment
) -> Iterator[Difference]:
    status = ours.status if ours else None
    document = _without_secrets(as_json(ours.text if ours else None))
    if exchange.status != status:
        yield Difference(what="status", recorded=exchange.status, replayed=status)
    yield from _headers(exchange, ours, alignment)
    if exchange.status == status or _alike(exchange, document):
        found = _bodies(exchange, document, alignment)
        # Of a refusal that is none here, or the other way round, the status says all; ids are aligned yet.
        told = (exchange.status < _BAD) == (status is not None and status < _BAD)
        yield from (each for each in found if told)


def _bodies(exchange: Exchange, document: Any, alignment: Alignment) -> Iterator[Difference]:  # noqa: ANN401
    if exchange.answer is None:
        if exchange.answered and document:
            # A page, or nothing at all, where JSON is the answer.
            yield Difference(what="body", recorded="no JSON", replayed=document)
        return
    _learn_code(exchange, document, alignment)
    made = _MADE | _BY_OPERATION.get(exchange.operation, frozenset())
    alignment.made = made if exchange.status >= _BAD else made | _CODE
    yield from alignment.differences(exchange.answer, document)


def _learn_code(exchange: Exchange, document: Any, alignment: Alignment) -> None:  # noqa: ANN401
    """Know the code of a session before its url, which has the code in it, whatever stands beside it."""
    theirs = exchange.given_code if exchange.operation in _GIVING else None
    ours = document.get("code") if isinstance(document, dict) else None
    if theirs and isinstance(ours, str):
        alignment.learn(theirs, ours)


def _alike(exchange: Exchange, ours: object) -> bool:
    """Whether two answers of different status are of one shape, so that their members say more."""
    theirs = exchange.answer
    return isinstance(theirs, dict) and isinstance(ours, dict) and theirs.keys() == ours.keys()


def _headers(
    exchange: Exchange, ours: Response | None, alignment: Alignment
) -> Iterator[Difference]:
    if not exchange.headed:
        # Some tools keep none.
        return
    after = ours.headers if ours else {}
    for name in _HEADERS:
        then, now = exchange.answer_headers.get(name), after.get(name)
        if name == "content-type":
            then, now = _plain(then), _plain(now)
        if then != now and (then is None or now is None or not alignment.same_text(then, now)):
            yield Difference(what=name, recorded=then or "absent", replayed=now or "absent")


def _plain(header: str | None) -> str | None:
    return _BLANKS.sub("", header).lower() if header else None


def _without_secrets(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """Our answer as a capture has it: what is encrypted is another text each time."""
    if isinstance(value, dict):
        if value.get("state") == "enc" and "value" in value:
            return {**value, "value": "encrypted"}
        return {name: _without_secrets(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    return value


def fresh(slack: int) -> Alignment:
    """The alignment of a run whose instants may be `slack` milliseconds apart."""
    return replace(
        Alignment(slack=slack),
        made=_MADE,
        free=FREE,
        optional=OPTIONAL,
        passing=_PASSING,
        exact=True,
    )
