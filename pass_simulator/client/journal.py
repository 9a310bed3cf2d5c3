"""The journal of a sandbox: what devices asked, what they were answered, and why."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pass_simulator.errors import VerificationError
from pass_simulator.times import Length, duration, instant
from pass_simulator.transport.calls import Flow, M, call
from pass_simulator.transport.connection import drop_none, path_segment
from pass_simulator.values import Json

from .resources import Resource
from .results import JournalEntry, Verification, Waited

_DURATION: Final = re.compile(
    r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)


class Journal(Resource[M]):
    """`sandbox.requests`.

    `match` names members of entries, such as `operation="logout"`, `device="living-room-tv"`,
    `rule="L5"` or `status="5xx"`; an entry has to fulfil all of them. A list means any of its values,
    `generation` is a number, "current" or "any".
    """

    @call
    def list(
        self,
        /,
        *,
        newest: int | None = None,
        **match: Any,  # noqa: ANN401 - JSON
    ) -> Flow[list[JournalEntry]]:
        """The entries that match, in the order in which they were answered; with `newest` so many."""
        order = {} if newest is None else {"order": "newest"}
        found = yield from self._connection.pages("requests", {**_query(match), **order}, newest)
        entries = [JournalEntry.of(each) for each in found]
        return entries if newest is None else entries[::-1]

    @call
    def follow(
        self,
        on_entry: Callable[[JournalEntry], None],
        /,
        *,
        newest: int = 0,
        **match: Any,  # noqa: ANN401 - JSON
    ) -> Flow[None]:
        """Call `on_entry` with each entry that matches, as it is written, until the simulator stops.

        With `newest` it begins with so many of those that there are. What `on_entry` raises ends it.
        """
        query = {**_query(match), "kind": "request", "newest": str(newest)}
        yield from self._connection.events(query, lambda raw: on_entry(JournalEntry.of(raw)))

    @call
    def get(self, request: str) -> Flow[JournalEntry]:
        """One entry, with the request and the answer, their secrets left out."""
        return JournalEntry.of(
            (yield from self._connection.admin("GET", f"requests/{path_segment(request)}"))
        )

    @call
    def har(self, /, **match: Any) -> Flow[Json]:  # noqa: ANN401 - JSON
        """The entries that match as an HTTP Archive (HAR 1.2), which browsers' tools show."""
        return (yield from self._connection.admin("GET", "requests.har", query=_query(match)))

    @call
    def count(self, /, **match: Any) -> Flow[int]:  # noqa: ANN401 - JSON
        """How many entries match, in the current generation unless one is named."""
        body = {"match": _match(match)}
        return int((yield from self._connection.admin("POST", "requests/count", body))["count"])

    @call
    def check(
        self,
        /,
        *,
        exactly: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **match: Any,  # noqa: ANN401 - JSON
    ) -> Flow[Verification]:
        """Whether as many entries match as expected, at least one if nothing is said."""
        numbers = drop_none(exactly=exactly, at_least=at_least, at_most=at_most)
        return (yield from self._verify({"match": _match(match), **numbers}))

    @call
    def verify(
        self,
        /,
        *,
        exactly: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **match: Any,  # noqa: ANN401 - JSON
    ) -> Flow[Verification]:
        """The same as an assertion: `verify(operation="logout", rule="L5", exactly=1)`.

        Raises `VerificationError`, an `AssertionError` that shows the entries that come closest.
        """
        numbers = drop_none(exactly=exactly, at_least=at_least, at_most=at_most)
        found = yield from self._verify({"match": _match(match), **numbers})
        return _checked(found, _describe_numbers(numbers), [match])

    @call
    def verify_order(self, *matches: Mapping[str, Any]) -> Flow[Verification]:
        """Requests came one after another, whatever came in between.

        `verify_order({"operation": "create_session"}, {"operation": "profile_by_code"})`; raises
        `VerificationError`.
        """
        found = yield from self._verify({"in_order": [_match(each) for each in matches]})
        return _checked(found, "one after another", matches)

    @call
    def wait(
        self,
        kind: Literal["profile", "code", "request", "decision"],
        /,
        *,
        within: Length = "PT10S",
        **wanted: Any,  # noqa: ANN401 - JSON
    ) -> Flow[Waited]:
        """Wait until something is there: `wait("profile", device="living-room-tv", mvpd="Dish")`.

        Raises `VerificationError` with the requests that came instead when the time is over. That is
        real time, also where the sandbox's clock stands still.
        """
        body = {"for": {kind: _match(wanted)}, "timeout": duration(within)}
        raw = yield from self._connection.admin(
            "POST", "requests/wait", body, extra_timeout=_seconds(within)
        )
        if not raw["met"]:
            message = f"no {kind} with {_describe_match(wanted)} within {duration(within)}"
            if raw.get("incomplete"):
                message = f"{message}; entries have been dropped that may have been of it"
            raise VerificationError(_message(message, raw["instead"]), None, raw["instead"])
        return Waited.of(raw)

    @call
    def clear(self) -> Flow[int]:
        """Forget all entries, events included, and nothing else: how many requests there were."""
        return int((yield from self._connection.admin("DELETE", "requests"))["deleted"])

    def _verify(self, body: Json) -> Flow[Verification]:
        return Verification.of((yield from self._connection.admin("POST", "requests/verify", body)))


def _match(match: Mapping[str, Any]) -> Json:
    return {
        name: instant(value) if isinstance(value, datetime) else value
        for name, value in match.items()
        if value is not None
    }


def _query(match: Mapping[str, Any]) -> dict[str, str | list[str]]:
    return {name: _in_query(value) for name, value in _match(match).items()}


def _in_query(value: Any) -> str | list[str]:  # noqa: ANN401 - JSON
    return [str(each) for each in value] if isinstance(value, list | tuple) else str(value)


def _describe_numbers(numbers: Json) -> str:
    told = [f"{name.replace('_', ' ')} {number}" for name, number in numbers.items()]
    return " and ".join(told) or "at least 1"


def _describe_match(match: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in match.items()) or "anything"


def _checked(
    found: Verification, expected: str, matches: Iterable[Mapping[str, Any]]
) -> Verification:
    if found.verified:
        return found
    wanted = f"expected {expected} with {'; '.join(_describe_match(each) for each in matches)}"
    if found.incomplete:
        reason = "but entries have been dropped that may have counted; verify earlier"
        raise VerificationError(f"{wanted}, {reason}", None, found.nearest)
    message = _message(f"{wanted}, found {found.count}", found.nearest)
    raise VerificationError(message, found.count, found.nearest)


def _message(message: str, nearest: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join([message, *(line for each in nearest for line in _describe_entry(each))])


def _describe_entry(raw: Mapping[str, Any]) -> Iterator[str]:
    entry = JournalEntry.of(dict(raw))
    yield f"  {entry.id} {entry.operation} → {entry.status} from {entry.device}"
    for told in raw.get("differs", ()):
        yield f"    {told['field']}: expected {told['expected']}, found {told['found']}"


def _seconds(length: Length) -> float:
    """How long a wait may take at most; what cannot be read is for the simulator to refuse."""
    if isinstance(length, timedelta):
        return length.total_seconds()
    found = _DURATION.fullmatch(length)
    if found is None:
        return 0.0
    days, hours, minutes, seconds = (float(each or 0) for each in found.groups())
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return span.total_seconds()
