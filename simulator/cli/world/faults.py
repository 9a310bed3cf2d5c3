"""`fault`: what goes wrong on purpose."""

from typing import Annotated, Any

import typer

from pass_simulator.transport.connection import drop_none, path_segment
from simulator.cli.exits import CliExit
from simulator.cli.options import Json, Place, pairs, values
from simulator.cli.output import as_json, print_result, table
from simulator.cli.remote import call, items
from simulator.domain.errors import ERRORS
from simulator.validation.problems import did_you_mean


def show_all(at: Place, json: Json = False) -> None:
    """List the faults, and how many requests each has struck.

    Example: pass-simulator fault list
    """
    found = items(at, "faults")
    if json:
        as_json({"items": found})
        return
    table(
        ("id", "what happens", "to", "how often", "struck"),
        [
            (each["id"], _action(each["action"]), _match(each), _often(each), each["struck"])
            for each in found
        ],
        empty="Nothing goes wrong on purpose.",
    )


def add(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="The code of an error, or one of status, delay, hang, reset, close, truncate, garble, "
            "slow_body and throttle.",
        ),
    ],
    at: Place,
    match: Annotated[
        list[str] | None,
        typer.Option(
            "--match",
            "-m",
            metavar="MEMBER=VALUE",
            help="Only requests such as operation=profiles or device=bedroom-tv; may be repeated.",
            show_default=False,
        ),
    ] = None,
    members: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            "-w",
            metavar="MEMBER=VALUE",
            help="More of what happens, such as seconds=2 or status=503; may be repeated.",
            show_default=False,
        ),
    ] = None,
    skip: Annotated[
        int | None, typer.Option(min=0, help="Let so many pass first.", show_default=False)
    ] = None,
    times: Annotated[
        int | None,
        typer.Option(min=1, help="Strike so many. Default: every one.", show_default=False),
    ] = None,
    probability: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="How likely each is struck.", show_default=False),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--id", help="What it is called.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Let requests go wrong.

    Example: pass-simulator fault add internal_server_error --match operation=profiles --times 2

    Example: pass-simulator fault add delay --with seconds=2 --match device=bedroom-tv
    """
    more = values(members, "MEMBER=VALUE", "seconds=2")
    body = drop_none(
        id=name,
        match=dict(pairs(match, "MEMBER=VALUE", "operation=profiles")),
        action=_kind(what, more) | more,
        skip=skip,
        times=times,
        probability=probability,
    )
    made = call(at, "POST", "faults", body)
    done = f"pass-simulator fault delete {made['id']}"
    print_result(made, json, f"{_action(made['action'])}: {_match(made)}. End it with `{done}`.")


def delete(
    name: Annotated[str, typer.Argument(help="The fault's id.")], at: Place, json: Json = False
) -> None:
    """End a fault.

    Example: pass-simulator fault delete fault-1
    """
    call(at, "DELETE", f"faults/{path_segment(name)}")
    print_result({"deleted": name}, json, "Deleted.")


def clear(at: Place, json: Json = False) -> None:
    """End all faults.

    Example: pass-simulator fault clear
    """
    gone = call(at, "DELETE", "faults")
    print_result(gone, json, f"Deleted {gone['deleted']}.")


def _kind(what: str, more: dict[str, Any]) -> dict[str, Any]:
    """The kind of what happens. Raises `CliExit` where there is none called `what`."""
    if what in ERRORS:
        return {"kind": "error", "code": what}
    from simulator.scenarios.models.faults import ACTIONS

    if what in ACTIONS:
        return {"kind": what}
    if "status" in more:
        # A code of one's own has to say its status.
        return {"kind": "error", "code": what}
    near = did_you_mean(what, [*ERRORS, *ACTIONS])
    raise CliExit(
        f"'{what}' is neither the code of an error nor a kind of fault{near or '.'}",
        f"Kinds are {', '.join(ACTIONS)}; a code of your own takes --with status=NUMBER.",
    )


def _action(action: dict[str, Any]) -> str:
    kind = action["kind"]
    shown = [
        f"{name}={f'{value:g}' if isinstance(value, float) else value}"
        for name, value in action.items()
        if name not in {"kind", "code"}
    ]
    return " ".join((str(action.get("code", kind)), *shown))


def _match(fault: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in fault["match"].items()) or "every request"


def _often(fault: dict[str, Any]) -> str:
    told = [f"after {fault['skip']}"] if fault["skip"] else []
    told.append("always" if fault["times"] is None else f"{fault['times']} times")
    if fault["probability"] < 1:
        told.append(f"with a chance of {fault['probability']:g}")
    return ", ".join(told)
