"""`conduct`: what client apps do right and wrong."""

import json as json_text
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from pass_simulator.transport.connection import drop_none

from . import remote
from .exits import NO, CliExit
from .files import write
from .options import Json, Place
from .output import as_json, line, note, table

_NOTHING: Final = "Nothing was broken."


def conduct(
    at: Place,
    application: Annotated[
        str | None, typer.Option(help="Instances of this application alone.")
    ] = None,
    client: Annotated[str | None, typer.Option(help="This app instance alone.")] = None,
    device: Annotated[str | None, typer.Option(help="This device alone.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show the rules that were kept or not seen, too.")
    ] = False,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", help="Write JUnit XML here, too.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Hold apps against Adobe's checklist: what each did right and wrong since the last reset.

    Ends with 1 when a rule was broken.

    Example: pass-simulator conduct

    Example: pass-simulator conduct --device bedroom-tv --junit conduct.xml
    """
    query = drop_none(application=application, client=client, device=device)
    found = json_text.loads(remote.whole(at, "conduct", query))
    if junit is not None:
        write(junit, remote.whole(at, "conduct", {**query, "format": "junit"}))
        note(f"Wrote {junit}.")
    if json:
        as_json(found)
    else:
        _print(found, everything=everything)
    if found["totals"]["broken"]:
        raise CliExit(status=NO)


def _print(found: dict[str, Any], *, everything: bool) -> None:
    if not found["items"]:
        line("No app has called yet.")
        return
    table(
        ("app", "device", "verdict", "rule", "evidence", "requests"),
        _rows(found["items"], everything=everything),
        empty=_NOTHING,
    )
    totals = found["totals"]
    note(f"{totals['kept']} kept, {totals['broken']} broken, {totals['not_seen']} not seen.")
    if found["incomplete"]:
        note("The oldest requests were dropped from the journal, so there may be more to tell.")


def _rows(apps: list[dict[str, Any]], *, everything: bool) -> Iterator[list[str | None]]:
    for app in apps:
        for each in app["findings"]:
            if each["verdict"] != "broken" and not everything:
                continue
            more = f" (and {each['times'] - 1} more)" if each["times"] > 1 else ""
            shown = each["evidence"][:1]
            yield [
                app["client"] or app["application"],
                app["device"],
                each["verdict"],
                each["rule"],
                "".join(sign["says"] + more for sign in shown),
                ", ".join(name for sign in shown for name in sign["requests"]),
            ]
