"""A YAML reader for documents of strangers: plain data and lines out, and nothing is ever executed.

It takes the events of libyaml one by one instead of PyYAML's constructed values, because only so
can it tell the line of every value, report members that are given twice, refuse documents that
explode when their aliases are followed, and stop at absurd depths before anything recurses.

Plain values follow JSON rather than YAML 1.1: `no`, `1:30:00`, `2026-01-01` and `02134` are texts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .origins import Lines
from .problems import Problem, ScenarioError, describe, show_path

if TYPE_CHECKING:
    from yaml import Event

SIZE: Final = 2_000_000
"""How many values a document may hold, counted as often as aliases repeat them."""

_WORDS: Final[dict[str, object]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,99})")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_TEXT_TAGS: Final = frozenset({"!", "tag:yaml.org,2002:str"})
_MERGE: Final = "<<"


@dataclass(slots=True)
class Node:
    """A finished value with its lines, and how many values it holds in all."""

    value: Any
    lines: Lines
    size: int = 1


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    node: Node
    anchor: str | None
    path: tuple[str | int, ...]
    key: str | None = None
    key_line: int = 0
    # Set while the name of the member to come is unusable, so that its value is dropped.
    nameless: bool = False
    given: set[str] = field(default_factory=set)
    merged: list[Node] = field(default_factory=list)


class YamlTree:
    """One reading of one text; `problems` collects what is wrong but does not stop it."""

    def __init__(self, source: str | None, *, depth: int) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._depth = depth
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._root: Node | None = None

    def read(self, text: str) -> Node:
        """The document in `text`. Raises ScenarioError when the text is no single YAML document."""
        import yaml

        take: dict[type[Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.DocumentStartEvent: self._document,
        }
        # PyYAML built without libyaml reads the same, only slower.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(text, Loader=loader):
                handler = take.get(type(event))
                if handler:
                    handler(event)
        except yaml.MarkedYAMLError as error:
            raise self._syntax(error) from None
        except yaml.YAMLError as error:
            raise self._fatal(None, f"not YAML: {error}") from None
        if self._root is None:
            raise self._fatal(1, "expected a scenario, found an empty document")
        return self._root

    def _document(self, event: Any) -> None:  # noqa: ANN401 - libyaml's events are untyped
        if self._root is not None:
            raise self._fatal(_line(event), "expected one document, found a second one after ---")

    def _scalar(self, event: Any) -> None:  # noqa: ANN401
        self._check_tag(event, _TEXT_TAGS)
        plain = event.implicit[0] and event.tag is None
        value = _plain_value(event.value) if plain else event.value
        node = Node(value, Lines(_line(event)))
        if event.anchor:
            self._anchors[event.anchor] = node
        if self._wants_key():
            self._take_key(value, node.lines.line, merge=plain and value == _MERGE)
        else:
            self._add(node)

    def _alias(self, event: Any) -> None:  # noqa: ANN401
        line = _line(event)
        if event.anchor not in self._anchors:
            raise self._fatal(line, f"the alias *{event.anchor} refers to no anchor above it")
        node = self._anchors[event.anchor]
        if node is None:
            raise self._fatal(line, f"the alias *{event.anchor} stands inside what it refers to")
        if self._wants_key():
            self._take_key(node.value, line, merge=False)
        else:
            self._add(node)

    def _start(self, event: Any) -> None:  # noqa: ANN401
        line = _line(event)
        self._check_tag(event, frozenset({"!"}))
        if len(self._open) >= self._depth:
            raise self._fatal(line, f"expected at most {self._depth} levels of nesting")
        if self._wants_key():
            raise self._fatal(line, "expected text as a member's name, found a mapping or a list")
        if event.anchor:
            self._anchors[event.anchor] = None
        is_mapping = type(event).__name__ == "MappingStartEvent"
        node = Node({} if is_mapping else [], Lines(line))
        self._open.append(_Open(node, event.anchor, self._next_path()))

    def _end(self, _event: object) -> None:
        done = self._open.pop()
        for node in done.merged:
            self._merge(done, node)
        if done.anchor:
            self._anchors[done.anchor] = done.node
        self._add(done.node)

    def _wants_key(self) -> bool:
        return bool(self._open) and self._mapping(self._open[-1]) and self._open[-1].key is None

    @staticmethod
    def _mapping(parent: _Open) -> bool:
        return isinstance(parent.node.value, dict)

    def _take_key(self, key: object, line: int, *, merge: bool) -> None:
        parent = self._open[-1]
        if not isinstance(key, str):
            shown = f"found {describe(key)}; put it in quotes"
            self._problem(line, parent.path, f"expected text as a member's name, {shown}")
            parent.key, parent.nameless = str(key), True
            return
        if key in parent.given and not merge:
            first = parent.node.lines.at((key,))
            self._problem(line, (*parent.path, key), f"given twice, first on line {first}")
        if not merge:
            parent.given.add(key)
        parent.key, parent.key_line = key, line

    def _add(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        parent.node.size += node.size
        if parent.node.size > SIZE:
            problem = f"expected at most {SIZE} values in all, counting what aliases repeat"
            raise self._fatal(node.lines.line, problem)
        if parent.key is None:
            parent.node.lines.add(len(parent.node.value), node.lines)
            parent.node.value.append(node.value)
            return
        if parent.nameless:
            parent.nameless = False
        elif parent.key == _MERGE and _MERGE not in parent.given:
            parent.merged.append(node)
        elif parent.key not in parent.node.value:
            parent.node.value[parent.key] = node.value
            parent.node.lines.add(parent.key, _at_key(node.lines, parent.key_line))
        parent.key = None

    def _merge(self, into: _Open, node: Node) -> None:
        """Give `into` what it lacks of the mapping or mappings that `<<` named."""
        sources = node.value if isinstance(node.value, list) else [node.value]
        for source in sources:
            if not isinstance(source, dict):
                problem = f"expected a mapping to merge, found {describe(source)}"
                self._problem(node.lines.line, (*into.path, _MERGE), problem)
                continue
            for key, value in source.items():
                if key not in into.node.value:
                    into.node.value[key] = value
                    into.node.lines.add(key, node.lines)

    def _next_path(self) -> tuple[str | int, ...]:
        if not self._open:
            return ()
        parent = self._open[-1]
        part = len(parent.node.value) if parent.key is None else parent.key
        return (*parent.path, part)

    def _check_tag(self, event: Any, allowed: frozenset[str]) -> None:  # noqa: ANN401
        if event.tag is not None and event.tag not in allowed:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._problem(
                _line(event), self._next_path(), f"expected plain data, found the tag {tag}"
            )

    def _problem(self, line: int, path: tuple[str | int, ...], problem: str) -> None:
        self.problems.append(Problem(self._source, line, show_path(path), problem))

    def _fatal(self, line: int | None, problem: str) -> ScenarioError:
        return ScenarioError([*self.problems, Problem(self._source, line, "", problem)])

    def _syntax(self, error: Any) -> ScenarioError:  # noqa: ANN401
        mark = error.problem_mark or error.context_mark
        text = ", ".join(part for part in (error.context, error.problem) if part)
        return self._fatal(mark.line + 1 if mark else None, f"not YAML: {text}")


def _line(event: Any) -> int:  # noqa: ANN401
    line: int = event.start_mark.line
    return line + 1


def _at_key(lines: Lines, line: int) -> Lines:
    """`lines`, but starting where the member's name stands: that is where an author looks."""
    if lines.line == line:
        return lines
    moved = Lines(line)
    moved.children = lines.children
    return moved


def _plain_value(text: str) -> object:
    """What an unquoted value means: a word or number of JSON, and else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
