"""`coverage`: what apps were shown of the backend, what they did about it, and the way to the rest."""

import json as json_text
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pass_simulator.transport.connection import drop_none
from simulator.cli import remote
from simulator.cli.exits import NO, CliExit
from simulator.cli.files import write
from simulator.cli.options import Json, Place
from simulator.cli.output import as_json, line, note, table

if TYPE_CHECKING:
    from pass_simulator.coverage_file import CoverageFile

_WRONG: Final = ("looped", "stopped", "gave_up")


def coverage(
    context: typer.Context,
    at: Place,
    application: Annotated[str | None, typer.Option(help="What this application met.")] = None,
    platform: Annotated[str | None, typer.Option(help="What apps on it met, as in Roku.")] = None,
    device: Annotated[str | None, typer.Option(help="What apps on this device met.")] = None,
    since: Annotated[
        str | None,
        typer.Option(help="From this generation on: generation:NUMBER, or current."),
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(help="What has to be met, axis:name; may be repeated.", show_default=False),
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Show what was not met, and the way to each.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", help="Write JUnit XML here, too.", show_default=False)
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write a page of HTML here, too.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Tell which rules, error codes, faults and expiries apps were shown, and how they took them.

    Ends with 1 when something that is required was not met.

    Example: pass-simulator coverage --missing

    Example: pass-simulator coverage --device bedroom-tv --require logout:L5 --junit coverage.xml
    """
    if context.invoked_subcommand is not None:
        return
    whose = drop_none(application=application, platform=platform, device=device, since=since)
    query = [*whose.items(), *(("require", each) for each in require or ())]
    found = json_text.loads(remote.whole(at, "coverage", query))
    for file, form in ((junit, "junit"), (html, "html")):
        if file is not None:
            write(file, remote.whole(at, "coverage", [*query, ("format", form)]))
            note(f"Wrote {file}.")
    if json:
        as_json(found)
    elif missing:
        _print_missing(found)
    else:
        _print(found)
    unmet = [each["cell"] for each in found["required"] if not each["met"]]
    if unmet:
        ways = {
            f"{axis['axis']}:{cell['name']}": cell["way"]
            for axis in found["axes"]
            for cell in axis["cells"]
        }
        for each in unmet:
            note(f"Not met: {each}. {_way(ways[each])}")
        raise CliExit(status=NO)


def _print(found: dict[str, Any]) -> None:
    rows = [*_rows(found["axes"])]
    if not rows:
        line("No app has been shown anything yet.")
    else:
        table(("axis", "name", "met", "by faults", "what the app did then", "last"), rows)
    if found["incomplete"]:
        note("Requests were dropped from the journal, so there may be more to tell of conduct.")


def _rows(axes: list[dict[str, Any]]) -> Iterator[list[object]]:
    for axis in axes:
        for cell in axis["cells"]:
            if cell["met"]:
                yield [
                    axis["axis"],
                    cell["name"],
                    cell["met"],
                    cell["forced"] or "",
                    cell["verdict"] or _outcomes(cell["outcomes"]),
                    cell["last"],
                ]


def _outcomes(outcomes: dict[str, int]) -> str:
    told = [f"{name.replace('_', ' ')} {number}" for name, number in outcomes.items() if number]
    return ", ".join(told)


def _print_missing(found: dict[str, Any]) -> None:
    rows = [
        [axis["axis"], cell["name"], cell["says"], _way(cell["way"])]
        for axis in found["axes"]
        for cell in axis["cells"]
        if not cell["met"]
    ]
    table(("axis", "name", "what it is", "the way to meet it"), rows, empty="Nothing is missing.")


def _way(way: dict[str, Any]) -> str:
    first = f"{way['first']}, then " if way["first"] else ""
    call = f"{way['then']} {way['note']}".strip()
    return f"{first}{way['arm']}, then {call}"


def arm(
    at: Place,
    cell: Annotated[str, typer.Argument(help="What to show, axis:name, as in logout:L6.")],
    device: Annotated[
        str | None,
        typer.Option(help="The device to show it to. Default: the one that called last."),
    ] = None,
    json: Json = False,
) -> None:
    """Prepare the sandbox so that the app's next matching call meets something.

    Example: pass-simulator coverage arm logout:L6 --device bedroom-tv
    """
    found = remote.call(at, "POST", "coverage/arm", drop_none(cell=cell, device=device))
    if json:
        as_json(found)
        return
    then = found["then"]
    if found["did"]:
        line(f"{found['did'][0].upper()}{found['did'][1:]}.")
    where = f" at {then['mvpd']}" if then["mvpd"] else ""
    line(
        f"Let the app call {then['operation']}{where} now{', ' * bool(then['note'])}{then['note']}."
    )
    for name, value in then["headers"].items():
        line(f"{name}: {value}")


def clear(at: Place, json: Json = False) -> None:
    """Forget what apps were shown; the world and the journal stay as they are.

    Example: pass-simulator coverage clear
    """
    found = remote.call(at, "DELETE", "coverage")
    if json:
        as_json(found)
    else:
        line("Forgotten." if found["cleared"] else "Nothing was counted yet.")


def merge(
    files: Annotated[list[Path], typer.Argument(help="Files that test runs have written.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write what they come to together.")
    ],
    require: Annotated[
        list[str] | None,
        typer.Option(help="What has to be met, axis:name; may be repeated.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Put the coverage files of several test runs together.

    A run counts once: a file that is given twice, or is in another one already, is refused, and so is one of
    another program or version. Nothing is written then. Ends with 1 when something required was not met.

    Example: pass-simulator coverage merge roku.json tvos.json --output all.json
    """
    from pass_simulator import coverage_file
    from pass_simulator.errors import UnusableCoverage

    try:
        merged = coverage_file.merge([coverage_file.read(each) for each in files])
        unmet = _unmet(merged, require or [])
    except UnusableCoverage as error:
        raise CliExit(str(error), error.hint) from error
    write(output, merged.text().encode())
    if json:
        as_json({"file": str(output), "runs": [*merged.runs], "unmet": unmet})
    else:
        note(f"Wrote {output}, of {len(merged.runs)} runs.")
        table(
            ("axis", "name", "met", "what the app did then"), _met(merged), empty="Nothing was met."
        )
    if unmet:
        note(f"Not met: {', '.join(unmet)}.")
        raise CliExit(status=NO)


def _unmet(merged: "CoverageFile", required: list[str]) -> list[str]:
    return [each for each in required if not merged.cell(each)["met"]]


def _met(merged: "CoverageFile") -> Iterator[list[object]]:
    for axis, cells in merged.axes.items():
        for name, cell in cells.items():
            if cell["met"]:
                wrong = {each: cell["outcomes"].get(each, 0) for each in ("well", *_WRONG, "open")}
                yield [axis, name, cell["met"], cell.get("verdict") or _outcomes(wrong)]
