"""What the verbs that are given captures share: opening them, and the options."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer

from simulator.captures.errors import CaptureError
from simulator.captures.sequence import Capture, Reading
from simulator.captures.stand_ins import KINDS
from simulator.cli.exits import CliExit
from simulator.cli.files import PIPE, destination
from simulator.cli.output import progress

Captures = Annotated[
    list[Path],
    typer.Argument(metavar="CAPTURE…", help="HAR files; several are merged by time; - for stdin."),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        metavar="KIND",
        help="Leave a kind of value as it is, such as device or viewer; may be repeated. "
        f"Kinds: {', '.join(KINDS)}.",
        show_default=False,
    ),
]
Hosts = Annotated[
    list[str] | None,
    typer.Option(
        "--host",
        metavar="NAME",
        help="A further host whose traffic is the backend's, such as a proxy of yours; may be repeated.",
        show_default=False,
    ),
]


def opened(files: list[Path], keep: list[str] | None, hosts: list[str] | None) -> Reading:
    """A pass over the captures in `files`. Raises `CliExit`."""
    unknown = sorted({*(keep or ())} - KINDS.keys())
    if unknown:
        raise CliExit(
            f"--keep knows no {', '.join(unknown)}.", f"The kinds are: {', '.join(KINDS)}."
        )
    with ending():
        captures = [_capture(each) for each in files]
    return Reading(captures=captures, keep=tuple(keep or ()), hosts=tuple(hosts or ()))


def _capture(file: Path) -> Capture:
    if file != PIPE:
        return Capture.of_file(file)
    if not sys.stdin:
        raise CliExit("stdin is closed.", "Give a file, or pipe a capture into the command.")
    return Capture.of_pipe(sys.stdin.buffer, "stdin")


def writable(output: Path, files: list[Path]) -> None:
    """Refuse to write over a capture, which nobody could make again. Raises `CliExit`."""
    with suppress(OSError):
        # What there is not yet, or cannot be looked at, is none.
        there = destination(output).stat()
        if output != PIPE and any(os.path.samestat(there, _looked_at(each)) for each in files):
            raise CliExit(f"{output} is the capture itself.", "Give another path with --output.")


def _looked_at(file: Path) -> os.stat_result:
    return os.fstat(sys.stdin.fileno()) if file == PIPE and sys.stdin else file.stat()


@contextmanager
def ending() -> Iterator[None]:
    """What is wrong with a capture ends the verb."""
    try:
        yield
    except CaptureError as error:
        raise CliExit(error.message, error.hint) from error


@contextmanager
def reading_bar(what: str, reading: Reading) -> Iterator[None]:
    """A bar on stderr that shows how many mebibytes were read."""
    with progress(what, of="MiB") as (bar, task):
        reading.progress = lambda done, of: bar.update(
            task, completed=done >> 20, total=max(1, of >> 20)
        )
        yield
