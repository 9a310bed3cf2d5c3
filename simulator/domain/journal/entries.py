"""The journal: one entry for each device request, and what can be asked of the entries."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from .explanation import ChangeKind, Explanation

REQUEST: Final = "request"
"""The kind of an entry that tells of a request; other kinds are named for what happened."""

INTERVENTION: Final = "intervention"
"""The kind of the event that somebody changed the sandbox, or made a token, through the admin API."""


class Exchange(NamedTuple):
    """A request and its answer as they came, secrets and all: never to be kept like this.

    `status` is None where nothing was answered, a body None where it was not read to its end.
    """

    method: str
    target: str
    request_headers: Sequence[tuple[str, str]]
    request_body: bytes | None
    status: int | None
    response_headers: Sequence[tuple[str, str]] = ()
    response_body: bytes | None = None
    origin: str = ""


class Entry(NamedTuple):
    """What is to be remembered of a request.

    `sandbox` is the sandbox's number, `at` an instant of its clock and `real_at` one of the
    machine's (epoch milliseconds), `duration` microseconds.
    """

    sandbox: int
    generation: int
    at: int
    real_at: int
    request: str
    operation: str | None
    duration: int
    explanation: Explanation
    exchange: Exchange


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something else that happened in a sandbox: the clock was moved, a code expired, a reset.

    `facts` are its members, as JSON; `at` and `real_at` as in `Entry`.
    """

    sandbox: int
    generation: int
    at: int
    real_at: int
    kind: str
    facts: Mapping[str, Any]


def changes(steps: Iterable[Sequence[str]]) -> dict[str, list[dict[str, str]]]:
    """The entities that were deleted, created and updated, each once and as they were left.

    `steps` are kind of change, kind of entity and id, in their order, as an explanation has them.
    """
    last: dict[tuple[str, str], ChangeKind] = {}
    for step, kind, entity_id in steps:
        how = ChangeKind(step)
        before = last.pop((kind, entity_id), None)
        if before is ChangeKind.CREATED:
            if how is ChangeKind.DELETED:
                continue
            how = ChangeKind.CREATED  # it was not there before this request
        elif before is ChangeKind.DELETED and how is ChangeKind.CREATED:
            how = ChangeKind.UPDATED  # it was there before, and is again
        last[kind, entity_id] = how
    return {
        how.value: [
            {"kind": kind, "id": entity_id}
            for (kind, entity_id), found in last.items()
            if found is how
        ]
        for how in (ChangeKind.DELETED, ChangeKind.CREATED, ChangeKind.UPDATED)
    }


TEXTS: Final = (
    "operation",
    "method",
    "error",
    "service_provider",
    "mvpd",
    "device",
    "client",
    "platform",
    "code",
    "fault",
)
"""The members of an entry that a text, or one of several texts, can be asked for."""

SEARCHED: Final = (*TEXTS, "rules", "status")
"""The members of an entry that a word may stand in."""

_STATUS: Final = re.compile("([1-5])(?:xx|[0-9]{2})", re.IGNORECASE)


def status_range(text: str) -> tuple[int, int] | None:
    """The first and the last status that `text` means: one such as 403, or a class such as 4xx."""
    found = _STATUS.fullmatch(text)
    if found is None:
        return None
    return (int(text),) * 2 if text.isdecimal() else (int(found[1]) * 100, int(found[1]) * 100 + 99)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which entries are asked for: all that fulfil every condition.

    `texts` maps members to the values that will do, `statuses` are ranges (first and last), `rules`
    the row ids of which one must have decided, `words` texts of which each must stand somewhere in the
    entry's members (see SEARCHED) in whatever case, `since` and `until` instants of the sandbox's clock
    (epoch milliseconds), `generation` None for any.
    """

    texts: Mapping[str, tuple[str, ...]]
    statuses: tuple[tuple[int, int], ...] = ()
    rules: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    generation: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A condition that an entry does not fulfil: the member, what was asked for, what it has."""

    member: str
    expected: str
    found: Any


def differences(wanted: Wanted, entry: Mapping[str, Any]) -> list[Difference]:
    """What keeps the members of an entry, by name, from being what is `wanted`."""
    found = [
        Difference(member=name, expected=" or ".join(values), found=entry[name])
        for name, values in wanted.texts.items()
        if entry[name] not in values
    ]
    status = entry["status"]
    if wanted.statuses and not any(
        status is not None and low <= status <= high for low, high in wanted.statuses
    ):
        found.append(Difference(member="status", expected=_ranges(wanted.statuses), found=status))
    if wanted.rules and not {*wanted.rules} & {*entry["rules"]}:
        found.append(
            Difference(member="rule", expected=" or ".join(wanted.rules), found=entry["rules"])
        )
    found += _absent_words(wanted.words, entry)
    if wanted.since is not None and entry["at"] < wanted.since:
        found.append(Difference(member="since", expected=str(wanted.since), found=entry["at"]))
    if wanted.until is not None and entry["at"] > wanted.until:
        found.append(Difference(member="until", expected=str(wanted.until), found=entry["at"]))
    if wanted.generation not in {None, entry["generation"]}:
        expected = str(wanted.generation)
        found.append(Difference(member="generation", expected=expected, found=entry["generation"]))
    return found


def _absent_words(words: Iterable[str], entry: Mapping[str, Any]) -> list[Difference]:
    known = " ".join(str(entry.get(name) or "") for name in SEARCHED).casefold()
    return [
        Difference(member="word", expected=word, found=None)
        for word in words
        if word.casefold() not in known
    ]


def _ranges(statuses: Iterable[tuple[int, int]]) -> str:
    return " or ".join(str(low) if low == high else f"{low // 100}xx" for low, high in statuses)


def nearest(
    wanted: Wanted, entries: Sequence[Mapping[str, Any]], *, most: int = 3
) -> list[tuple[Mapping[str, Any], list[Difference]]]:
    """The entries, newest first in `entries`, that come closest to what is `wanted`, and what differs.

    An entry that differs in everything is no help, so it is left out.
    """
    conditions = (
        len(wanted.texts)
        + bool(wanted.statuses)
        + bool(wanted.rules)
        + len(wanted.words)
        + (wanted.since is not None)
        + (wanted.until is not None)
    )
    compared = [(entry, differences(wanted, entry)) for entry in entries]
    close = [(entry, told) for entry, told in compared if len(told) < max(conditions, 1) + 1]
    return sorted(close, key=lambda each: len(each[1]))[:most]
