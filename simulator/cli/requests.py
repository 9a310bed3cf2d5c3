"""`requests`: what devices asked for, and what they got."""

import json as json_text
import sys
from typing import Annotated, Any

import typer

from pass_simulator.transport.connection import drop_none
from simulator.http.hints import in_verbs

from . import remote
from .exits import NO, CliExit
from .files import Output, deliver
from .options import Json, Place, pairs
from .output import as_json, line, print_result, table

Match = Annotated[
    list[str] | None,
    typer.Option(
        "--match",
        "-m",
        metavar="MEMBER=VALUE",
        help="Such as operation=logout, device=bedroom-tv, rule=L5 or status=4xx; may be repeated.",
        show_default=False,
    ),
]


def show_all(
    at: Place,
    match: Match = None,
    last: Annotated[int, typer.Option(min=1, max=1000, help="So many of the latest.")] = 20,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with those to come, until Ctrl-C.")
    ] = False,
    json: Json = False,
) -> None:
    """List the latest requests of devices, the last one at the bottom.

    With --follow each is printed as it comes, in a line of its own, with --json as JSON. Of `list` only the
    options need be said: `requests --follow`.

    Example: pass-simulator requests list --match operation=logout

    Example: pass-simulator requests list --follow --match status=4xx
    """
    if follow:
        _follow(at, [*_pairs(match), ("kind", "request"), ("newest", str(last))], json)
        return
    query = [*_pairs(match), ("order", "newest"), ("limit", str(last))]
    found = json_text.loads(remote.whole(at, "requests", query))["items"][::-1]
    if json:
        as_json({"items": found})
        return
    table(
        ("at", "device", "operation", "status", "rule", "why", "id"),
        [_cells(each) for each in found],
        empty="No device has asked for anything like that.",
    )


def _cells(entry: dict[str, Any]) -> tuple[object, ...]:
    return (
        entry["at"],
        entry["device"],
        entry["operation"] or f"{entry['method']} {entry['path']}",
        entry["status"],
        entry["rule"],
        _why(entry),
        entry["id"],
    )


def _why(entry: dict[str, Any]) -> str | None:
    """What decided, which is told last; where nothing did, what is nearest to what was asked for."""
    told = entry["explanation"]
    decided = entry["rule"] is not None or entry["error"] is not None
    return in_verbs(told[-1 if decided else 0]) if told else None


def _follow(at: Place, query: list[tuple[str, str]], json: bool) -> None:
    def show(entry: dict[str, Any]) -> None:
        if json:
            as_json(entry)
        else:
            line("  ".join("-" if each is None else str(each) for each in _cells(entry)))
        # Whoever reads from a pipe wants it now.
        sys.stdout.flush()

    try:
        remote.follow(at, query, show)
    except KeyboardInterrupt:
        return
    raise CliExit(f"{at.url} has stopped.", "Start it, and follow again.")


def verify(
    at: Place,
    match: Match = None,
    exactly: Annotated[int | None, typer.Option(help="So many.", show_default=False)] = None,
    at_least: Annotated[int | None, typer.Option(help="So many.", show_default=False)] = None,
    at_most: Annotated[int | None, typer.Option(help="So many.", show_default=False)] = None,
    json: Json = False,
) -> None:
    """Verify how many requests like that there were since the last reset; at least one, unless said.

    Ends with 1 when it was another number.

    Example: pass-simulator requests verify --match operation=logout --match rule=L5 --exactly 1
    """
    wanted: dict[str, list[str]] = {}
    for name, value in _pairs(match):
        wanted.setdefault(name, []).append(value)
    numbers = drop_none(exactly=exactly, at_least=at_least, at_most=at_most)
    found = remote.call(at, "POST", "requests/verify", {"match": wanted, **numbers})
    if json:
        as_json(found)
    else:
        _print(found)
    if not found["verified"]:
        raise CliExit(status=NO)


def _print(found: dict[str, Any]) -> None:
    if found["verified"]:
        line(f"Verified: {found['count']}.")
        return
    if found.get("incomplete"):
        line(f"Cannot be told: entries were dropped, and {found.get('seen', 'some')} are left.")
        return
    line(f"Not verified: there were {found['count']}.")
    table(
        ("nearest", "operation", "what differs"),
        [
            (
                each["id"],
                each["operation"],
                "; ".join(
                    f"{told['field']} is {told['found']}, not {told['expected']}"
                    for told in each["differs"]
                ),
            )
            for each in found["nearest"]
        ],
        empty="Nothing came near it.",
    )


def clear(at: Place, json: Json = False) -> None:
    """Forget the requests of a sandbox; its world stays as it is.

    Example: pass-simulator requests clear
    """
    gone = remote.call(at, "DELETE", "requests")
    print_result(gone, json, f"Forgot {gone['deleted']}.")


def har(
    at: Place,
    match: Match = None,
    output: Output = None,
    json: Json = False,
) -> None:
    """Write the requests as an HTTP Archive, for the developer tools of browsers.

    Example: pass-simulator requests har --output lab.har
    """
    deliver(remote.whole(at, "requests.har", _pairs(match)), output, json, end=b"\n")


def _pairs(match: list[str] | None) -> list[tuple[str, str]]:
    return pairs(match, "MEMBER=VALUE", "operation=logout")
