"""Holding two answers against each other: ids, codes, tokens and times are another run's, the rest is not."""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from simulator.domain.journal.redaction import MARK
from simulator.domain.sessions.authentication_sessions import LIFETIME

# Members whose values no two runs share.
_MADE: Final = frozenset(
    {"code", "sessionId", "trace", "id", "client_id", "request", "jti", "InResponseTo"}
)
# What is encoded comes before what could be a name: the letters of its escape belong to no word.
_WORD: Final = re.compile(r"%[0-9A-Fa-f]{2}|[\w-]+", re.ASCII)
_NAME: Final = re.compile(r"[\w-]+", re.ASCII)
# What is shorter could stand in other words by chance.
_SHORTEST: Final = 5
_SECONDS: Final = 1_000_000_000
_MILLISECONDS: Final = 100_000_000_000
_OURS: Final = "sim_sandbox"
_BEGINS: Final = "notBefore"
_ENDS: Final = "notAfter"
_LOGINS: Final = "$.profiles."
# What a profile says of an attribute whose value is encrypted.
_ENCRYPTED: Final = "enc"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Where an answer is not what it was."""

    what: str
    recorded: object
    replayed: object


@dataclass
class Alignment:
    """What stands in this run for what stood in the recorded one; it grows with every answer.

    Instants may be `slack` milliseconds apart: a recorded request took its time. `made` are the members,
    by name or by path, whose values no two runs share; those that are `passing` come up nowhere else.
    The text of what is `free` does not matter, and what is `optional` may be absent from what was
    recorded. Where it is `exact`, an instant has to be of the same type, too, and entities are compared by
    their ids, in whatever order they stand; what has one cause is named once: that an object is empty, that
    decisions stand in another order, that a window of the same length begins and so ends at another instant.
    """

    slack: int
    made: frozenset[str] = _MADE
    free: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    exact: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    prefix: tuple[re.Pattern[str], str] | None = None
    _others: dict[str, str] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    def learn(self, recorded: str, replayed: str) -> None:
        """Take `replayed` for what `recorded` stood for."""
        if len(recorded) < _SHORTEST or recorded == replayed:
            return
        self.texts[recorded] = replayed
        if not _NAME.fullmatch(recorded):
            self._others[recorded] = replayed
            self._pattern = None

    def learn_prefix(self, recorded: str, replayed: str) -> None:
        """Take `replayed` for the prefix of paths that led to the sandbox."""
        self.prefix = re.compile(rf"{re.escape(recorded)}(?![\w.-])"), replayed

    def translated(self, text: str) -> str:
        """`text` of the recorded run as this run has it."""
        if self.prefix is not None:
            pattern, replayed = self.prefix
            text = pattern.sub(lambda _: replayed, text)
        if not self.texts:
            return text
        if self._others:
            if self._pattern is None:
                longest_first = sorted(self._others, key=len, reverse=True)
                self._pattern = re.compile("|".join(map(re.escape, longest_first)))
            text = self._pattern.sub(lambda found: self._others[found[0]], text)
        return _WORD.sub(lambda found: self.texts.get(found[0], found[0]), text)

    def differences(self, recorded: Any, replayed: Any, at: str = "$") -> Iterator[Difference]:  # noqa: ANN401 - JSON
        """Where two documents differ, member by member."""
        if isinstance(recorded, dict) and isinstance(replayed, dict):
            found = self._of_members(recorded, replayed, at)
            empty = self.exact and not (recorded and replayed)
            yield from _at_once(found, recorded, replayed, at) if empty else found
        elif isinstance(recorded, list) and isinstance(replayed, list):
            yield from self._of_lists(recorded, replayed, at)
        elif not self._same(recorded, replayed, at):
            yield Difference(what=at, recorded=recorded, replayed=replayed)

    def _of_lists(self, recorded: list[Any], replayed: list[Any], at: str) -> Iterator[Difference]:
        if self.exact and (pair := _by_id(recorded, replayed)):
            yield from self.differences(pair[0], pair[1], at)
            return
        if len(recorded) != len(replayed):
            yield Difference(what=at, recorded=recorded, replayed=replayed)
            return
        if self.exact and (ordered := _in_order(recorded, replayed)):
            yield Difference(what=at, recorded=_resources(recorded), replayed=_resources(replayed))
            replayed = ordered
        for number, pair in enumerate(zip(recorded, replayed, strict=True)):
            yield from self.differences(*pair, f"{at}[{number}]")

    def _of_members(
        self, recorded: dict[str, Any], replayed: dict[str, Any], at: str
    ) -> Iterator[Difference]:
        names = recorded.keys() | replayed.keys()
        if recorded.get("state") == replayed.get("state") == _ENCRYPTED:
            # Its padding is drawn by chance, so it is another text each time.
            names -= {"value"}
        if self.exact and _ENDS in names and self._moved(recorded, replayed, at):
            names -= {_ENDS}
        # What was made up comes first: a url may have the code in it that stands beside it.
        for name in sorted(names, key=lambda each: (each not in self.made, each)):
            place = f"{at}.{name}"
            if name not in recorded and name in self.optional:
                continue
            if name not in recorded or name not in replayed:
                yield Difference(
                    what=place,
                    recorded=recorded.get(name, "absent"),
                    replayed=replayed.get(name, "absent"),
                )
            else:
                yield from self.differences(recorded[name], replayed[name], place)

    def _moved(self, recorded: dict[str, Any], replayed: dict[str, Any], at: str) -> bool:
        """Whether a window begins at another instant, which is why it ends at another one."""
        then, now = recorded.get(_ENDS), replayed.get(_ENDS)
        if type(then) is not type(now) or self._same(
            recorded.get(_BEGINS), replayed.get(_BEGINS), f"$.{_BEGINS}"
        ):
            return False
        if _apart(_length(recorded), _length(replayed)) <= self.slack:
            return True
        # A login that cannot have begun when it says so is done again while its code is good.
        return at.startswith(_LOGINS) and _apart(_instant(then), _instant(now)) < LIFETIME

    def _same(self, recorded: object, replayed: object, at: str) -> bool:
        name = at.rpartition(".")[2]
        if recorded == replayed and type(recorded) is type(replayed):
            return True
        if isinstance(recorded, str) and isinstance(replayed, str):
            if mark := MARK.fullmatch(recorded):
                self.note(mark["print"], replayed)
                return True
            if self.same_text(recorded, replayed):
                return True
            if name in self.made or at in self.made:
                if name not in self.passing:
                    self.learn(recorded, replayed)
                return bool(recorded) == bool(replayed)
            if name in self.free:
                return True
        if self.exact and type(recorded) is not type(replayed):
            return False
        return _apart(_instant(recorded), _instant(replayed)) <= self.slack

    def note(self, fingerprint: str | None, secret: str) -> None:
        """Remember the secret of this run that stands for a recorded one."""
        if fingerprint is not None:
            self.secrets[fingerprint] = secret.removeprefix("Bearer ")

    def same_text(self, recorded: str, replayed: str) -> bool:
        """Whether two texts say the same, but for what was made up for each run."""
        return _at_home(self.translated(_at_home(recorded))) == _at_home(replayed)


def _by_id(*lists: list[Any]) -> tuple[dict[str, Any], ...]:
    """The entities of each list by their ids; empty where they have none, or one of them twice."""
    found = []
    for each in lists:
        if not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in each):
            return ()
        found.append({one["id"]: one for one in each})
        if len(found[-1]) != len(each) or not each:
            return ()
    return tuple(found)


def _at_once(
    found: Iterator[Difference], recorded: object, replayed: object, at: str
) -> Iterator[Difference]:
    """The one difference of what is empty, however much it lacks."""
    lacking = [*islice(found, 2)]
    if len(lacking) > 1:
        lacking = [Difference(what=at, recorded=recorded, replayed=replayed)]
    yield from lacking


def _resources(decisions: list[Any]) -> list[str]:
    """What decisions are about; empty where one of them does not say so."""
    found = [each.get("resource") if isinstance(each, dict) else None for each in decisions]
    return [each for each in found if isinstance(each, str)]


def _in_order(recorded: list[Any], replayed: list[Any]) -> list[Any] | None:
    """The decisions of `replayed` in the order of `recorded`; None where it is theirs, or they differ."""
    wanted, known = _resources(recorded), _resources(replayed)
    unique = len({*wanted}) == len(recorded)
    if wanted == known or not unique or sorted(wanted) != sorted(known):
        return None
    return [replayed[known.index(each)] for each in wanted]


def _at_home(text: str) -> str:
    """A url without the name of the sandbox that it leads to."""
    if f"{_OURS}=" not in text:
        return text
    return without_sandbox(text)


def without_sandbox(url: str) -> str:
    """A url or path without the parameter that names its sandbox."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([pair for pair in pairs if pair[0] != _OURS])
    return urlunsplit(parts._replace(query=query))


def _instant(value: object) -> int | None:
    """The epoch milliseconds that `value` may stand for: a number, its digits, or ISO 8601."""
    if isinstance(value, str):
        if value.isdecimal() and len(value) < 16:  # noqa: PLR2004 - digits of epoch microseconds
            value = int(value)
        else:
            try:
                return round(datetime.fromisoformat(value).timestamp() * 1000)
            except ValueError:
                return None
    if not isinstance(value, int) or isinstance(value, bool) or value < _SECONDS:
        return None
    return value if value >= _MILLISECONDS else value * 1000


def _length(window: dict[str, Any]) -> int | None:
    """The milliseconds from the beginning to the end of a window, where it says both."""
    begins, ends = _instant(window.get(_BEGINS)), _instant(window.get(_ENDS))
    return None if begins is None or ends is None else ends - begins


def _apart(then: int | None, now: int | None) -> float:
    """How far two numbers are apart: where one is not known, endlessly."""
    return math.inf if then is None or now is None else abs(then - now)


def rewritten(value: Any, text: Callable[[str, str], str], name: str = "") -> Any:  # noqa: ANN401 - JSON
    """`value` with what `text` makes of each string in it, given the name of its member, too."""
    if isinstance(value, dict):
        return {member: rewritten(each, text, member) for member, each in value.items()}
    if isinstance(value, list):
        return [rewritten(each, text, name) for each in value]
    return text(name, value) if isinstance(value, str) else value


def as_json(text: str | None) -> Any:  # noqa: ANN401 - JSON of any shape
    """A body as JSON, or None."""
    if not text or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
