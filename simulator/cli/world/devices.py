"""`device`: the devices of a sandbox, and claims that send them there."""

from typing import Annotated

import typer

from pass_simulator.transport.connection import drop_none, path_segment
from simulator.cli.options import Json, Place
from simulator.cli.output import as_json, print_result, table
from simulator.cli.remote import call, items

Name = Annotated[str, typer.Argument(metavar="DEVICE", help="The device's plain id.")]


def show_all(at: Place, json: Json = False) -> None:
    """List the devices that are described or claimed; others may call all the same.

    Example: pass-simulator device list
    """
    found = items(at, "devices")
    claimed = call(at, "GET", f"sandboxes/{path_segment(at.sandbox or 'default')}")["devices"]
    if json:
        as_json({"items": found, "claimed": claimed})
        return
    described = {each["id"] for each in found}
    more = [{"id": each} for each in claimed if each not in described]
    table(
        ("id", "name", "platform", "subscriber", "claimed"),
        [
            (
                each["id"],
                each.get("name"),
                each.get("platform"),
                each.get("subscriber"),
                "yes" if each["id"] in claimed else "no",
            )
            for each in (*found, *more)
        ],
        empty="There are none.",
    )


def add(
    device: Name,
    at: Place,
    name: Annotated[
        str | None, typer.Option(help="Its name for people.", show_default=False)
    ] = None,
    platform: Annotated[
        str | None, typer.Option(help="Such as Roku, tvOS or FireTV.", show_default=False)
    ] = None,
    subscriber: Annotated[str | None, typer.Option(help="Whose it is.", show_default=False)] = None,
    json: Json = False,
) -> None:
    """Describe a device.

    Example: pass-simulator device add bedroom-tv --platform Roku
    """
    body = drop_none(id=device, name=name, platform=platform, subscriber=subscriber)
    print_result(call(at, "POST", "devices", body), json, "Added.")


def delete(device: Name, at: Place, json: Json = False) -> None:
    """Forget what a device is; its profiles stay.

    Example: pass-simulator device delete bedroom-tv
    """
    call(at, "DELETE", f"devices/{path_segment(device)}")
    print_result({"deleted": device}, json, "Deleted.")


def claim(
    device: Name,
    at: Place,
    lasting: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="DURATION",
            help="For how long, such as PT1H. Default: for good.",
            show_default=False,
        ),
    ] = None,
    take: Annotated[
        bool, typer.Option("--take", help="Take it away from another sandbox.")
    ] = False,
    json: Json = False,
) -> None:
    """Send a device that can say nothing of a sandbox to this one.

    Example: pass-simulator device claim bedroom-tv --sandbox ci-42 --for PT1H
    """
    body = drop_none(**{"for": lasting, "take": take or None})
    made = call(at, "PUT", f"devices/{path_segment(device)}/claim", body)
    end = f"until {made['until']}" if made["until"] else "for good"
    print_result(made, json, f"{device} belongs to {made['sandbox']} {end}.")


def release(device: Name, at: Place, json: Json = False) -> None:
    """End the claim of a device.

    Example: pass-simulator device release bedroom-tv
    """
    call(at, "DELETE", f"devices/{path_segment(device)}/claim")
    print_result({"released": device}, json, "Released.")
