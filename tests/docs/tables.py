"""Tables in Markdown, and texts of the code as a reader of the documentation wants them."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from tests.docs.backend import CITATION

# What the code cites is for those who read the code; the reference of rules has it all.
_SOURCE: Final = re.compile(rf"\s*{CITATION.pattern}")


def prose(text: str | None) -> str:
    """A text of the code in one line, without what it cites."""
    return _SOURCE.sub("", " ".join((text or "").split()))


def paragraphs(text: str | None) -> str:
    """A docstring of several paragraphs."""
    return "\n\n".join(prose(each) for each in (text or "").split("\n\n"))


def code(value: object) -> str:
    """`value` as it is typed."""
    return f"`{value}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing where it would have no rows."""
    lines = [_row(each) for each in rows]
    return "\n".join([_row(head), "|" + "---|" * len(head), *lines]) if lines else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"
