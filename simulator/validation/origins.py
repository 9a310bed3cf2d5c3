"""Where the parts of a document came from: a problem found late still names file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .problems import Path, Problem, show_path


class Locator(Protocol):
    """Whatever can tell the line of a path in a document."""

    def at(self, path: Path) -> int | None:
        """The line of `path`, or None where it cannot be told."""


class Lines:
    """The line of a value, and of its members or items in turn: a tree beside the document."""

    __slots__ = ("children", "line")

    def __init__(self, line: int) -> None:
        self.line = line
        self.children: dict[str | int, Lines] | None = None

    def add(self, part: str | int, child: "Lines") -> None:
        """Note `child` as the member or item `part`."""
        if self.children is None:
            self.children = {}
        self.children[part] = child

    def at(self, path: Path) -> int:
        """The line of `path`, or of the closest thing around it that is written in the file."""
        here = self
        for part in path:
            child = (here.children or {}).get(part)
            if child is None:
                # A single mapping may stand for a list of one: then there is no item to go to.
                if part == 0:
                    continue
                break
            here = child
        return here.line


@dataclass(frozen=True)
class Origin:
    """A file (or none) and the place in it that a part of a document came from.

    Origins never make two documents differ, so they take no part in comparisons.
    """

    source: str | None = field(default=None, compare=False)
    lines: Locator | None = field(default=None, compare=False, repr=False)
    path: tuple[str | int, ...] = field(default=(), compare=False)

    def at(self, *path: str | int) -> "Origin":
        """The origin of a part further down."""
        return Origin(self.source, self.lines, (*self.path, *path))

    def problem(self, problem: str, *path: str | int) -> Problem:
        """`problem`, located at `path` below this origin."""
        full = (*self.path, *path)
        line = self.lines.at(full) if self.lines else None
        return Problem(self.source, line, show_path(full), problem)


@dataclass(frozen=True)
class Origins:
    """The origin of a document and, where its entries come from elsewhere, of each of those."""

    whole: Origin = field(default_factory=Origin, compare=False)
    entries: Mapping[str, tuple[Origin, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def of(self, name: str, position: int) -> Origin:
        """The origin of entry `position` of the list `name`."""
        if name in self.entries:
            return self.entries[name][position]
        return self.whole.at(name, position)
