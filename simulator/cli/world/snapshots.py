"""`snapshot`: states of a sandbox to go back to."""

from typing import Annotated

import typer

from pass_simulator.transport.connection import path_segment
from simulator.cli.options import Json, Place
from simulator.cli.output import as_json, counts, print_result, table
from simulator.cli.remote import call

Name = Annotated[str, typer.Argument(help="What it is called.")]


def show_all(at: Place, json: Json = False) -> None:
    """List the snapshots of a sandbox, oldest first.

    Example: pass-simulator snapshot list
    """
    found = call(at, "GET", "snapshots")
    if json:
        as_json(found)
        return
    table(
        ("name", "taken", "age"),
        [(each["name"], each["created"], each["age"]) for each in found["items"]],
        empty="There are none. Take one with `pass-simulator snapshot take NAME`.",
    )


def take(name: Name, at: Place, json: Json = False) -> None:
    """Keep the state of a sandbox under a name; it goes on undisturbed.

    Example: pass-simulator snapshot take clean
    """
    taken = call(at, "POST", "snapshots", {"name": name})
    print_result(
        taken, json, f"Taken. Go back to it with `pass-simulator snapshot restore {name}`."
    )


def restore(name: Name, at: Place, json: Json = False) -> None:
    """Make the world what it was, and as old as it was, when the snapshot was taken.

    Example: pass-simulator snapshot restore clean
    """
    restored = call(at, "POST", f"snapshots/{path_segment(name)}/restore", {})
    cleared = counts(restored["cleared"])
    print_result(
        restored, json, f"Restored, cleared: {cleared}. Generation {restored['generation']}."
    )


def delete(name: Name, at: Place, json: Json = False) -> None:
    """Throw a snapshot away.

    Example: pass-simulator snapshot delete clean
    """
    call(at, "DELETE", f"snapshots/{path_segment(name)}")
    print_result({"deleted": name}, json, "Deleted.")
