"""`state`: the whole state of a sandbox as a scenario document."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from simulator.cli import remote
from simulator.cli.files import PIPE, Output, deliver, document
from simulator.cli.options import Json, Place
from simulator.cli.output import counts, print_result, progress
from simulator.cli.seeding import seeded


def export(
    at: Place,
    output: Output = None,
    json: Json = False,
) -> None:
    """Take the state of a sandbox out, as a scenario: JSON that `seed` and `state import` take.

    Example: pass-simulator state export --output lab.json
    """
    with progress("Exporting"):
        text = remote.whole(at, "state")
    deliver(text, output, json, end=b"\n")


def load(
    file: Annotated[Path, typer.Argument(help="A scenario document, or - for stdin.")],
    at: Place,
    json: Json = False,
) -> None:
    """Make an exported state, or any scenario document, the world and baseline of a sandbox.

    Example: pass-simulator state import lab.json
    """
    content = (remote.YAML, sys.stdin.buffer.read()) if file == PIPE else document(file)
    result = seeded(at, "Importing", "PUT", "state", content)
    told = f"Imported: {counts(result['seeded'])}. Generation {result['generation']}."
    print_result(result, json, told)
