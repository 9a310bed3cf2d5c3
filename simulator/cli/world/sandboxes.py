"""`sandbox`: isolated worlds, and leases of them."""

from enum import StrEnum
from typing import Annotated

import typer

from pass_simulator.transport.connection import drop_none, path_segment
from simulator.cli.completion import sandbox_names, scenario_names
from simulator.cli.exits import CliExit
from simulator.cli.options import Json, Server
from simulator.cli.output import as_json, print_result, table
from simulator.cli.remote import call, items


class Return(StrEnum):
    """What becomes of a sandbox when its lease is over."""

    RESET = "reset"
    DELETE = "delete"


Name = Annotated[str, typer.Argument(help="Its name.", autocompletion=sandbox_names)]
Lasting = typer.Option("--for", metavar="DURATION", help="For how long, such as PT30M.")
_SCENARIO = "The scenario to fill it with. Default: that of the simulator."


def show_all(at: Server, json: Json = False) -> None:
    """List the sandboxes.

    Example: pass-simulator sandbox list
    """
    found = items(at.place, "sandboxes")
    if json:
        as_json({"items": found})
        return
    table(
        ("name", "goes back to", "generation", "its time", "lent to", "until", "devices"),
        [
            (
                each["id"],
                each["baseline"],
                each["generation"],
                f"{each['now']} (frozen)" if each["frozen"] else each["now"],
                each["lease"] and each["lease"]["owner"],
                each["lease"] and each["lease"]["until"],
                ", ".join(each["devices"]),
            )
            for each in found
        ],
        empty="There are none.",
    )


def create(
    at: Server,
    name: Annotated[
        str | None,
        typer.Argument(help="Its name, fit for a host's. Default: made up.", show_default=False),
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(help=_SCENARIO, autocompletion=scenario_names, show_default=False),
    ] = None,
    from_sandbox: Annotated[
        str | None,
        typer.Option(
            help="The sandbox to clone.", autocompletion=sandbox_names, show_default=False
        ),
    ] = None,
    from_snapshot: Annotated[
        str | None,
        typer.Option(
            metavar="SANDBOX/NAME", help="The snapshot to start from.", show_default=False
        ),
    ] = None,
    keep_clients: Annotated[
        bool, typer.Option("--keep-clients", help="Let its resets keep registered apps.")
    ] = False,
    owner: Annotated[
        str | None, typer.Option(help="Lend it to this owner, at once.", show_default=False)
    ] = None,
    lasting: Annotated[str | None, Lasting] = None,
    on_return: Annotated[
        Return, typer.Option(help="What becomes of it when the lease is over.")
    ] = Return.DELETE,
    json: Json = False,
) -> None:
    """Make a sandbox, and print its name alone.

    Example: pass-simulator sandbox create ci-42 --scenario demo --owner nightly --for PT30M
    """
    if (owner is None) != (lasting is None):
        raise CliExit("A lease needs both --owner and --for.", "Leave both out to keep it.")
    lease = owner and {"owner": owner, "for": lasting, "on_return": on_return.value}
    body = drop_none(
        id=name,
        scenario=scenario,
        from_sandbox=from_sandbox,
        from_snapshot=from_snapshot,
        keep=["clients"] if keep_clients else None,
        lease=lease,
    )
    made = call(at.place, "POST", "sandboxes", body)
    print_result(made, json, made["id"])


def lease(
    name: Name,
    at: Server,
    owner: Annotated[str, typer.Option(help="Who borrows it.")],
    lasting: Annotated[str, Lasting],
    on_return: Annotated[
        Return, typer.Option(help="What becomes of it when the lease is over.")
    ] = Return.RESET,
    json: Json = False,
) -> None:
    """Borrow a sandbox for a time, or go on borrowing it.

    Example: pass-simulator sandbox lease ci-42 --owner nightly --for PT30M
    """
    body = {"owner": owner, "for": lasting, "on_return": on_return.value}
    made = call(at.place, "POST", f"sandboxes/{path_segment(name)}/lease", body)
    print_result(made, json, f"Lent to {owner} until {made['until']}, then {on_return.value}.")


def release(name: Name, at: Server, json: Json = False) -> None:
    """Bring a sandbox back early.

    Example: pass-simulator sandbox release ci-42
    """
    call(at.place, "DELETE", f"sandboxes/{path_segment(name)}/lease")
    print_result({"released": name}, json, "Released.")


def delete(name: Name, at: Server, json: Json = False) -> None:
    """Delete a sandbox with all that is in it.

    Example: pass-simulator sandbox delete ci-42
    """
    call(at.place, "DELETE", f"sandboxes/{path_segment(name)}")
    print_result({"deleted": name}, json, "Deleted.")
