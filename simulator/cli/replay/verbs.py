"""`bundle` and `replay`: a failed run taken along, and run again."""

import json as json_text
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from simulator.cli import remote
from simulator.cli.exits import NO, CliExit
from simulator.cli.files import deliver
from simulator.cli.options import Elsewhere, Json, Place, values
from simulator.cli.output import as_json, line, note, progress, table

from .bundles import Bundle, read
from .replaying import Outcome, replay
from .targets import target

_WIDEST: Final = 120


def bundle(
    at: Place,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write it.")] = Path(
        "bundle.zip"
    ),
    json: Json = False,
) -> None:
    """Take the run since the last reset along: state, requests and switches in one file.

    Passwords are left out, and secrets in requests and answers; the rest of the state is as it was.

    Example: pass-simulator bundle --output failed-run.zip
    """
    deliver(remote.whole(at, "bundle"), output, json)


def again(
    file: Annotated[Path, typer.Argument(help="What `bundle` wrote.")],
    at: Elsewhere,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="SWITCH=VALUE",
            help="Replay with another switch, such as logout.url=absolute; may be repeated.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the sandbox in the running simulator.")
    ] = False,
    json: Json = False,
) -> None:
    """Run a bundle again, each request at its instant, and tell where answers differ.

    Without --url that is in a simulator in memory, else in a sandbox of its own. Ids, codes, tokens and
    times are another run's, so they are aligned; secrets are made anew. Ends with 1 when answers differ.

    Example: pass-simulator replay failed-run.zip
    """
    found = read(file)
    settings = values(change, "SWITCH=VALUE", "logout.url=absolute")
    outcome = _replayed(found, at, settings, keep=keep)
    if json:
        as_json(_view(found, outcome))
    else:
        _print(found, outcome)
    if outcome.differing:
        raise CliExit(status=NO)


def _replayed(found: Bundle, at: Elsewhere, settings: dict[str, Any], *, keep: bool) -> Outcome:
    with target(at) as place:
        with progress("Replaying", of="requests") as (bar, task):
            outcome = replay(
                found,
                place,
                settings=settings,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        if at.place is not None and keep:
            note(f"The sandbox {place.connection.sandbox} is left as it was at the end.")
        elif at.place is not None:
            place.admin("DELETE", f"/sandboxes/{place.connection.sandbox}")
        return outcome


def _view(found: Bundle, outcome: Outcome) -> dict[str, Any]:
    return {
        "replayed": outcome.replayed,
        "incomplete": found.manifest["incomplete"],
        "differing": [asdict(each) for each in outcome.differing],
        "left_out": [{"request": name, "why": why} for name, why in outcome.left_out],
    }


def _print(found: Bundle, outcome: Outcome) -> None:
    rows = [
        (each.request, each.operation, told.what, _short(told.recorded), _short(told.replayed))
        for each in outcome.differing
        for told in each.differences
    ]
    line(f"Replayed {outcome.replayed}, of which {len(outcome.differing)} were answered otherwise.")
    if rows:
        table(("request", "operation", "where", "recorded", "replayed"), rows, empty="")
    if outcome.left_out:
        table(("not replayed", "why"), outcome.left_out, empty="")
    if found.manifest["incomplete"]:
        note("The oldest requests were dropped before the bundle was made, so answers may differ.")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json_text.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"
