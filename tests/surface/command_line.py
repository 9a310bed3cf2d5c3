"""The help of every verb, as it is without colours and frames."""

from typing import Any, Final

from typer._click import Context
from typer.main import get_command

from simulator.cli.commands import app
from tests.cli.commands import PATHS, command

_WIDTH: Final = 100


def command_line() -> str:
    """The help of the command and of each verb, one after the other."""
    pages = [("", get_command(app)), *((path, command(path)) for path in PATHS)]
    return "\n".join(_help(path, found) for path, found in pages)


def _help(path: str, found: Any) -> str:  # noqa: ANN401 - the class is not public
    context = Context(
        found,
        info_name=f"pass-simulator {path}".strip(),
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
    )
    framed, found.rich_markup_mode = found.rich_markup_mode, None
    try:
        text: str = found.get_help(context)
    finally:
        found.rich_markup_mode = framed
    return f"{text}\n"
