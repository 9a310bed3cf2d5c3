"""`clock`: the time of a sandbox."""

from typing import Annotated, Any

import typer

from pass_simulator.transport.connection import drop_none
from simulator.cli.options import Json, Place
from simulator.cli.output import print_result, table
from simulator.cli.remote import call

Instant = Annotated[
    str, typer.Argument(metavar="INSTANT", help="Such as 2026-01-01T00:00:00Z; with its offset.")
]


def show(at: Place, json: Json = False) -> None:
    """Show what the clock shows.

    Example: pass-simulator clock show
    """
    _print(call(at, "GET", "clock"), json)


def freeze(
    at: Place,
    instant: Annotated[
        str | None,
        typer.Argument(
            metavar="[INSTANT]", help="When to stand still. Default: now.", show_default=False
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Let the clock stand still.

    Example: pass-simulator clock freeze 2026-01-01T00:00:00Z
    """
    _put(at, "frozen", instant, json)


def put(instant: Instant, at: Place, json: Json = False) -> None:
    """Set the clock, and let it run on from there.

    Example: pass-simulator clock set 2026-01-01T00:00:00Z
    """
    _put(at, "real", instant, json)


def advance(
    by: Annotated[str, typer.Argument(metavar="DURATION", help="Such as PT6H or P31D.")],
    at: Place,
    json: Json = False,
) -> None:
    """Move the clock on, and tell what fell due in between.

    Example: pass-simulator clock advance PT6H
    """
    _print(call(at, "POST", "clock/advance", {"by": by}), json)


def reset(at: Place, json: Json = False) -> None:
    """Go back to real time.

    Example: pass-simulator clock reset
    """
    _print(call(at, "POST", "clock/reset", {}), json)


def _put(at: Place, mode: str, instant: str | None, json: bool) -> None:
    _print(call(at, "PUT", "clock", drop_none(mode=mode, now=instant or None)), json)


def _print(reading: dict[str, Any], json: bool) -> None:
    offset = reading["offset"]
    running = "running" if offset == "PT0S" else f"running, {offset} from real time"
    state = "frozen" if reading["mode"] == "frozen" else running
    print_result(reading, json, f"{reading['now']} ({state})")
    if reading["due"] and not json:
        table(
            ("fell due", "what", "which"),
            [(each["at"], each["event"].replace("_", " "), each["id"]) for each in reading["due"]],
            empty="",
        )
