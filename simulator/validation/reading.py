"""Text to plain data: YAML or JSON in, values and their lines out, every fault a `Problem`."""

import contextlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Final

from simulator.domain.texts import UNSTORABLE, storable

from .json_data import DEPTH
from .origins import Lines, Locator
from .problems import Path, Problem, ScenarioError, show_path
from .yaml_reader import YamlTree

# Characters that no JSON text may contain as they are, and those that no YAML text may.
_NOT_IN_JSON: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_NOT_IN_YAML: Final = re.compile("[\x7f-\x84\x86-\x9f\ufffe\uffff]")
_HUGE: Final = 2_000_000
# What no database keeps can stand in JSON in this way alone, and most texts have none of it.
_ESCAPED: Final = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
_STORABLE: Final = "expected text without NUL and lone surrogates"
# Nobody mends more at once.
_MOST: Final = 1_000


@dataclass(frozen=True)
class Reading:
    """A decoded document, the lines of its parts where known, and what is wrong with the text."""

    data: object
    lines: Locator | None = None
    problems: tuple[Problem, ...] = ()


def read(text: str, source: str | None = None) -> Reading:
    """Decode `text`, JSON where it is JSON and else YAML.

    Raises ScenarioError when the text cannot be decoded at all; lesser faults, such as a member
    that is given twice, come back with the data.
    """
    _refuse(_NOT_IN_JSON, text, source)
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        found = _read_json(text, source)
        if found is not None:
            return found
    return _read_yaml(text, source)


def read_json(text: str) -> Reading:
    """Decode JSON, as a program sends it: no YAML, and no lines.

    Its problems are members that are given twice, of which a decoder takes the last without a word, and
    texts that no database keeps. Raises `ValueError` or `RecursionError` where it is no JSON.
    """
    repeated: dict[int, tuple[object, list[str]]] = {}

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = Counter(name for name, _ in pairs)
            # With the object itself, so that no other gets its place in memory.
            repeated[id(found)] = found, [name for name in found if names[name] > 1]
        return found

    data = json.loads(text, object_pairs_hook=members)
    if not repeated and not _ESCAPED.search(text):
        return Reading(data)
    return Reading(data, None, tuple(islice(_problems(data, repeated), _MOST)))


def _problems(data: object, repeated: Mapping[int, tuple[object, list[str]]]) -> Iterator[Problem]:
    waiting: list[tuple[object, Path]] = [(data, ())]
    while waiting:
        here, path = waiting.pop()
        inside: list[tuple[object, Path]] = []
        if isinstance(here, dict):
            _, names = repeated.get(id(here), (None, ()))
            yield from (_problem((*path, name), "given twice") for name in names)
            if any(map(UNSTORABLE.search, here)):
                yield _problem(path, f"{_STORABLE} as a member's name")
            inside = [(each, (*path, name)) for name, each in here.items()]
        elif isinstance(here, list):
            inside = [(each, (*path, at)) for at, each in enumerate(here)]
        elif isinstance(here, str) and UNSTORABLE.search(here):
            yield _problem(path, _STORABLE)
        waiting += reversed(inside)


def _problem(path: Path, problem: str) -> Problem:
    # A path is shown, and what cannot be sent must not be in it.
    return Problem(None, None, storable(show_path(path)), problem)


class _LinesOfJson:
    """The lines of a JSON document, which is read again as the YAML that it is too.

    That happens only when a line is wanted: JSON alone is decoded many times faster.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def at(self, path: Path) -> int | None:
        return self._lines.at(path) if self._lines else None

    @cached_property
    def _lines(self) -> Lines | None:
        try:
            return YamlTree(None, depth=DEPTH).read(self._text).lines
        except ScenarioError:
            return None


def _read_json(text: str, source: str | None) -> Reading | None:
    """The document in JSON `text`; None when it should be tried as YAML."""
    strict = source is not None and source.endswith(".json")
    repeated = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        found = dict(pairs)
        repeated = repeated or len(found) < len(pairs)
        return found

    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=members)
    except RecursionError:
        problem = Problem(source, 1, "", f"expected at most {DEPTH} levels of nesting")
        raise ScenarioError([problem]) from None
    except json.JSONDecodeError as error:
        if not strict:
            return None
        problem = Problem(source, error.lineno, "", f"not JSON: {error.msg.lower()}")
        raise ScenarioError([problem]) from None
    except ValueError as error:
        raise ScenarioError([Problem(source, None, "", f"not JSON: {error}")]) from None
    # Nobody mends a huge document by hand, and reading it twice takes minutes: paths must do.
    small = len(text) <= _HUGE
    lines = _LinesOfJson(text) if small else None
    if not repeated:
        return Reading(data, lines)
    # Python's decoder cannot say which member it was. A YAML reader can.
    if small:
        with contextlib.suppress(ScenarioError):
            return _read_yaml(text, source)
    return Reading(data, lines, (Problem(source, None, "", "a member is given twice"),))


def _refuse(characters: re.Pattern[str], text: str, source: str | None) -> None:
    found = characters.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        problem = f"expected text, found the character U+{ord(found[0]):04X}, which is not allowed"
        raise ScenarioError([Problem(source, line, "", problem)])


def _read_yaml(text: str, source: str | None) -> Reading:
    _refuse(_NOT_IN_YAML, text, source)
    tree = YamlTree(source, depth=DEPTH)
    root = tree.read(text)
    return Reading(root.value, root.lines, tuple(tree.problems))
