"""What a run leaves: tables as Markdown, and one picture."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import simulator

from .interpreter import interpreter
from .picture import Chart, picture

FOLDER: Final = Path(__file__).resolve().parents[2] / "simulator" / "docs" / "performance"
_LIBRARIES: Final = ("aiohttp", "uvloop", "sqlalchemy", "aiosqlite", "asyncpg")


@dataclass(frozen=True, kw_only=True)
class Section:
    """A table with what there is to say about it, and its charts."""

    title: str
    text: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    charts: tuple[Chart, ...] = ()

    def __str__(self) -> str:
        lines = [f"## {self.title}", "", self.text, "", *table(self.head, self.rows)]
        return "\n".join(lines)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table whose columns are also aligned for those who read it as text."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return f"| {' | '.join(padded)} |"

    first, *others = widths
    rule = "|".join(["", "-" * (first + 2), *("-" * (width + 1) + ":" for width in others), ""])
    return [line(head), rule, *(line(row) for row in rows)]


def times(ratio: float) -> str:
    """A ratio as it is told."""
    return f"{ratio:.2f} ×"


def machine() -> str:
    """Where and with what a run was made."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"pass-simulator {simulator.__version__}; {interpreter()}; {libraries}; "
        f"{os.cpu_count()} cores, {platform.system()} {platform.release()}; "
        f"load average {os.getloadavg()[1]:.1f} at the end of the run."
    )


def write(name: str, command: str, sections: Sequence[Section], folder: Path) -> str:
    """Write `name`.md and `name`.svg into `folder` and return the text.

    The page of the documentation that is kept beside the folder has its figures between two comments.
    """
    folder.mkdir(parents=True, exist_ok=True)
    charts = [chart for section in sections for chart in section.charts]
    parts = [f"# `{command}`", machine()]
    if charts:
        (folder / f"{name}.svg").write_text(picture(charts))
        parts.append(f"![The figures below as bars]({name}.svg)")
    figures = "\n\n".join(str(section) for section in sections)
    text = "\n\n".join([*parts, figures]) + "\n"
    (folder / f"{name}.md").write_text(text)
    page = folder.parent / f"{folder.name}.md"
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    if page.exists() and begin in (before := page.read_text()):
        first, _, rest = before.partition(begin)
        lines = f"From `{command}`: {machine()}"
        page.write_text(f"{first}{begin}\n{lines}\n\n{figures}\n\n{end}{rest.partition(end)[2]}")
    return text
