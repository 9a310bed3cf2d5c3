"""What verbs print: results on stdout, everything else on stderr."""

import json as json_text
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType
    from rich.progress import Progress

    from simulator.cli.doctor.findings import Finding

# Whoever reads from a pipe can wrap lines; we cannot join what we have wrapped.
_UNWRAPPED: Final = 1_000


def as_json(document: object) -> None:
    """Print `document` as one line of JSON."""
    typer.echo(json_text.dumps(document, ensure_ascii=False))


def print_result(found: object, json: bool, text: str) -> None:
    """Print a result: `found` where JSON is asked for, else `text`."""
    if json:
        as_json(found)
    else:
        line(text)


def line(text: str) -> None:
    """Print one line of text."""
    typer.echo(text)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """Print rows under their headings, or `empty` when there are none; without headings if all are ""."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    lines = [[Text("" if cell is None else str(cell)) for cell in row] for row in rows]
    if not lines:
        typer.echo(empty)
        return
    headed = any(columns)
    console = Console(highlight=False)
    watched = console.is_terminal
    shown = Table(
        box=box.SIMPLE_HEAD if watched and headed else None, pad_edge=False, show_header=headed
    )
    for number, name in enumerate(columns):
        # Without headings it is the first column that says what the rest is.
        leads = not headed and number == 0
        shown.add_column(name, overflow="fold", style="bold" if leads else None)
    for cells in lines:
        shown.add_row(*cells)
    if watched:
        console.print(shown)
        return
    _print(Console(width=_UNWRAPPED), shown)


def report(findings: Sequence["Finding"], platforms: Sequence[Mapping[str, Any]]) -> None:
    """Print what `doctor` found, and what it tells of platforms."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    styles = {"ok": "green", "warning": "yellow", "failed": "bold red"}
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_UNWRAPPED)
    checks = Table(box=None, show_header=False, pad_edge=False)
    for each in findings:
        said = Text(each.said)
        if each.hint:
            said.append(f"\n{each.hint}", style="italic")
        checks.add_row(Text(each.status, style=styles[each.status]), each.check, said)
    _print(console, checks)
    for about in platforms:
        console.print()
        _print(console, Text.assemble((about["name"], "bold"), "  ", about["base_url"]))
        steps = Table(box=None, show_header=False, pad_edge=False)
        for title, lines in (("HTTP", [about["over_http"]]), ("HTTPS", about["over_https"])):
            for number, text in enumerate(lines):
                steps.add_row(Text(title if not number else ""), Text(text))
        _print(console, Padding(steps, (0, 0, 0, 2)))


def _print(console: "Console", shown: "RenderableType") -> None:
    """Print it; into a pipe without the blanks that fill up a line."""
    if console.is_terminal:
        console.print(shown)
        return
    with console.capture() as captured:
        console.print(shown)
    typer.echo("\n".join(each.rstrip() for each in captured.get().splitlines()))


def counts(numbers: Mapping[str, int]) -> str:
    """`{"service_providers": 1, "mvpds": 6}` in words."""
    told = [f"{number} {_noun(name, number)}" for name, number in numbers.items() if number]
    return ", ".join(told) or "nothing"


def _noun(name: str, number: int) -> str:
    words = name.replace("_", " ")
    return words.removesuffix("es" if words.endswith("sses") else "s") if number == 1 else words


@contextmanager
def progress(what: str, *, of: str = "") -> "Iterator[tuple[Progress, Any]]":
    """A bar on stderr for work that takes its time, and its task; `of` names what is counted.

    Where nobody looks, it shows nothing.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        *((MofNCompleteColumn(), TextColumn(of)) if of else ()),
        TimeElapsedColumn(),
    )
    # stdout is for whoever pipes the result on.
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=not of, disable=not console.is_terminal
    ) as bar:
        yield bar, bar.add_task(what, total=None)


def note(text: str) -> None:
    """Tell the user something that is no result."""
    typer.echo(text, err=True)


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


def interactive() -> bool:
    """Whether somebody is watching."""
    return sys.stderr.isatty()
