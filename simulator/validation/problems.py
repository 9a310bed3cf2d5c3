"""What is wrong with a scenario, said so that its author can mend it without reading our code."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

Path = Sequence[str | int]
"""Where in a document something is: member names and positions, from the top."""

_SHOWN: Final = 60
_BITS: Final = 64
# Looking for near misses among more names than this would take longer than it helps.
_COMPARED: Final = 500


@dataclass(frozen=True)
class Problem:
    """One thing to mend: in which file, on which line, at which member, and what it is.

    `source` is None for a document that came without a file, `line` where no line is known.
    """

    source: str | None
    line: int | None
    path: str
    problem: str

    def __str__(self) -> str:
        place = self.source or ("" if self.line is None else "line ")
        if self.line is not None:
            place += f":{self.line}" if self.source else str(self.line)
        return ": ".join(part for part in (place, self.path, self.problem) if part)

    def as_warning(self) -> str:
        """The text of a problem that keeps nobody from anything."""
        return str(replace(self, path=f"warning: {self.path}".removesuffix(": ")))


class ScenarioError(Exception):
    """A scenario that cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def show_path(path: Path) -> str:
    """The text for `path`, as in `mvpds[3].id`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def describe(value: object) -> str:
    """What `value` is, in the words of someone who wrote it in YAML or JSON."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true" if value else "false"
        case int() if value.bit_length() > _BITS:
            # Python refuses to write out the digits of really long ones.
            return "a number beyond 64 bits"
        case int() | float():
            return f"the number {value!r}"
        case str():
            return shorten(repr(value)) if value else "an empty text"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return f"a {type(value).__name__}"


def shorten(text: str) -> str:
    """`text`, cut to what fits into a message."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def did_you_mean(found: str, known: Collection[str]) -> str:
    """A hint to append to a message, `; did you mean 'Dish'?`, or nothing."""
    close = get_close_matches(found, known, n=1) if len(known) <= _COMPARED else []
    return f"; did you mean {close[0]!r}?" if close else ""
