"""Reading and writing the files that a verb is given."""

import json as json_text
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from simulator.validation.problems import ScenarioError

from .exits import CliExit
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
        sys.stdout.buffer.write(text + end)
        return
    write(output, text, private=private)
    if json:
        as_json({"file": str(output), "bytes": len(text)})
    else:
        note(f"Wrote {output}, {len(text):,} bytes.")


def contents(file: Path) -> bytes:
    """What a file holds. Raises `CliExit`."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise CliExit(
            f"The file {file} cannot be read: {error.strerror}.",
            "Give the path of a YAML or JSON file, or the name of a scenario: "
            "`pass-simulator scenario list` shows them.",
        ) from error


def document(file: Path) -> bytes:
    """A scenario document to send, with the files beside it taken in. Raises `CliExit`."""
    text = contents(file)
    if b"identity_provider" not in text:
        return text
    from simulator.scenarios.files_beside import take_in
    from simulator.validation.reading import read

    try:
        found = read(text.decode(errors="replace"), str(file))
    except ScenarioError:
        # What is wrong with it, the simulator tells.
        return text
    whole = not found.problems and take_in(found.data, file.parent)
    return json_text.dumps(found.data).encode() if whole else text


def write(file: Path, text: bytes, *, private: bool = False) -> None:
    """Write all of it or nothing: what was there before is better than half of something new.

    Raises `CliExit`.
    """
    try:
        number, name = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(number, "wb") as new:
                if not private:
                    os.chmod(name, 0o666 & ~_mask())  # noqa: PTH101 - a name, not a path
                new.write(text)
            os.replace(name, file)  # noqa: PTH105 - a name, not a path
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise CliExit(
            f"{file} cannot be written: {error.strerror}.", "Give another path with --output."
        ) from error


def _mask() -> int:
    """The permissions that this process does not give; they can only be read by setting them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
