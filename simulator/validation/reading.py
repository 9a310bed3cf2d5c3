"""Text to plain data: YAML or JSON in, values and their lines out, every fault a `Problem`."""

import contextlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from .json_data import DEPTH
from .origins import Lines, Locator
from .problems import Path, Problem, ScenarioError
from .yaml_reader import YamlTree

# Characters that no JSON text may contain as they are, and those that no YAML text may.
_NOT_IN_JSON: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_NOT_IN_YAML: Final = re.compile("[\x7f-\x84\x86-\x9f\ufffe\uffff]")
_HUGE: Final = 2_000_000


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
