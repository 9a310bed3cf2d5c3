"""`learn` and `redact`: a capture becomes a scenario, or one that can be handed on."""

from pathlib import Path
from typing import Annotated, Final

import typer

from simulator.captures.describing import scenario_name, scenario_text
from simulator.captures.worlds import Learnt, learn, nothing
from simulator.captures.writing import archive
from simulator.cli.files import PIPE, deliver, print_pieces, write_pieces
from simulator.cli.options import Json
from simulator.cli.output import as_json, line, note, table

from .captures import Captures, Hosts, Keep, ending, opened, reading_bar, writable

_SHOWN: Final = 40


def learn_world(
    captures: Captures,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write the scenario; - for stdout.")
    ] = Path("world.yaml"),
    keep: Keep = None,
    host: Hosts = None,
    json: Json = False,
) -> None:
    """Make a scenario of a capture: a world in which what was captured happens again.

    Tokens, cookies, addresses, devices and viewers are replaced by stand-ins, so the scenario can be handed
    on. It begins with what was seen, what was assumed, and what no capture can show. Nobody is called.

    Example: pass-simulator learn journey.har -o world.yaml
    """
    writable(output, captures)
    reading = opened(captures, keep, host)
    name = scenario_name(reading.redactor.text(captures[0].name) if output == PIPE else output.name)
    with ending(), reading_bar("Learning", reading):
        found = learn(reading, name)
    deliver(scenario_text(found).encode(), output, json=False)
    if json:
        as_json(
            {
                "file": str(output),
                "exchanges": found.exchanges,
                "seen": dict(found.seen),
                "assumed": [*found.assumed],
                "unknown": [*found.unknown],
            }
        )
    elif str(output) != "-":
        _print(found)


def _print(found: Learnt) -> None:
    table(("seen", ""), [*found.seen.items()])
    for title, sentences in (("assumed", found.assumed), ("not known", found.unknown)):
        if sentences:
            line("")
            table((title,), [(each,) for each in sentences[:_SHOWN]])
            if len(sentences) > _SHOWN:
                line(f"and {len(sentences) - _SHOWN} more, which the file has")


def redact(
    captures: Captures,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write the archive; - for stdout.")
    ],
    keep: Keep = None,
    host: Hosts = None,
    json: Json = False,
) -> None:
    """Make a capture that can be handed on: what is secret, or about somebody, is replaced by stand-ins.

    Only requests to the backend are kept, without pages and cookies. What `learn` and `grade` make of it is
    what they make of the capture itself.

    Example: pass-simulator redact journey.har -o safe.har
    """
    writable(output, captures)
    first = opened(captures, keep, host)
    with ending(), reading_bar("Searching", first):
        if not sum(1 for _ in first.exchanges()):
            raise nothing(first)
    reading = first.again()
    pieces = map(str.encode, archive(reading.exchanges()))
    with ending(), reading_bar("Redacting", reading):
        if output == PIPE:
            # All of it could be read before, so it will not end half-way.
            print_pieces(pieces)
            return
        count = write_pieces(output, pieces)
    counts = reading.redactor.stand_ins.counts
    if json:
        as_json({"file": str(output), "bytes": count, "replaced": dict(counts)})
        return
    note(f"Wrote {output}, {count:,} bytes.")
    table(("replaced", ""), [*counts.items()], empty="Nothing had to be replaced.")
