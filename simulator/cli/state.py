"""`state`: the whole state of a sandbox as a scenario document."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import remote
from .files import PIPE, contents, write
from .options import Json, Place
from .output import as_json, counts, line, note, progress
from .seeding import Order, seeded


def export(
    at: Place,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Where to write it. Default: stdout.", show_default=False
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Take the state of a sandbox out, as a scenario: JSON that `seed` and `state import` take.

    Example: pass-simulator state export --output lab.json
    """
    with progress("Exporting"):
        text = remote.whole(at, "state")
    if output is None or output == PIPE:
        sys.stdout.buffer.write(text + b"\n")
        return
    write(output, text)
    if json:
        as_json({"file": str(output), "bytes": len(text)})
    else:
        note(f"Wrote {output}, {len(text):,} bytes.")


def load(
    file: Annotated[Path, typer.Argument(help="A scenario document, or - for stdin.")],
    at: Place,
    json: Json = False,
) -> None:
    """Make an exported state, or any scenario document, the world and baseline of a sandbox.

    Example: pass-simulator state import lab.json
    """
    text = sys.stdin.buffer.read() if file == PIPE else contents(file)
    result = seeded(at, Order("state", text, remote.YAML, "PUT"), "Importing")
    if json:
        as_json(result)
    else:
        line(f"Imported: {counts(result['seeded'])}. Generation {result['generation']}.")
