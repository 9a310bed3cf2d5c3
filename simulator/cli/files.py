"""Reading and writing the files that a verb is given."""

import errno
import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from pass_simulator.client.scenario_files import content_of
from pass_simulator.errors import NotText

from .exits import NO, CliExit
from .output import as_json, note

PIPE: Final = Path("-")

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Where to write it. Default: stdout.", show_default=False),
]


def deliver(
    text: bytes, output: Path | None, json: bool, *, end: bytes = b"", private: bool = False
) -> None:
    """Print `text`, and `end` behind it, or write it to `output` and tell so. Raises `CliExit`."""
    if output is None or output == PIPE:
        print_pieces((text, end))
        return
    write(output, text, private=private)
    if json:
        as_json({"file": str(output), "bytes": len(text)})
    else:
        note(f"Wrote {output}, {len(text):,} bytes.")


def print_pieces(pieces: Iterable[bytes]) -> None:
    """Print bytes as they are. Raises `CliExit` where there is no room for them."""
    try:
        for each in pieces:
            sys.stdout.buffer.write(each)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has read enough.
        raise
    except OSError as error:
        raise CliExit(
            f"stdout cannot be written to: {error.strerror}.", "Give a file with --output."
        ) from error


def document(file: Path) -> tuple[str, bytes]:
    """A scenario document to send, with the files beside it, and its media type. Raises `CliExit`."""
    try:
        return content_of(file)
    except NotText as error:
        raise CliExit(f"{error}.", "Save it as UTF-8.", status=NO) from error
    except OSError as error:
        raise CliExit(
            f"The file {file} cannot be read: {error.strerror}.",
            "Give the path of a YAML or JSON file, or the name of a scenario: "
            "`pass-simulator scenario list` shows them.",
        ) from error


def write(file: Path, text: bytes, *, private: bool = False) -> None:
    """Write all of it or nothing, see `write_pieces`. Raises `CliExit`."""
    write_pieces(file, (text,), private=private)


def write_pieces(file: Path, pieces: Iterable[bytes], *, private: bool = False) -> int:
    """Write a file piece by piece, all or nothing: what was there is better than half of something new.

    A pipe or a device is written to, and a link stays one. Its bytes. Raises `CliExit`.
    """
    count = 0
    try:
        if file.exists() and not (file.is_file() or file.is_dir()):
            with file.open("wb") as stream:
                return sum(map(stream.write, pieces))
        file = destination(file)
        number, name = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(number, "wb") as new:
                if not private:
                    os.chmod(name, 0o666 & ~_mask())  # noqa: PTH101 - a name, not a path
                for each in pieces:
                    count += new.write(each)
            os.replace(name, file)  # noqa: PTH105 - a name, not a path
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise CliExit(
            f"{file} cannot be written: {error.strerror}.", "Give another path with --output."
        ) from error
    return count


def destination(file: Path) -> Path:
    """Where a path leads, whether there is something or not. Raises `OSError` for a link to itself."""
    # Path.resolve is of another mind about such a link in each version of Python.
    found = Path(os.path.realpath(file))
    if found.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return found


def _mask() -> int:
    """The permissions that this process does not give; they can only be read by setting them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
