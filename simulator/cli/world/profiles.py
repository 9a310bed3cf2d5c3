"""`profile`: the stored logins, and what can become of them."""

from typing import Annotated

import typer

from pass_simulator.transport.connection import drop_none, path_segment
from simulator.cli.completion import mvpd_names
from simulator.cli.options import Json, Place
from simulator.cli.output import as_json, print_result, table
from simulator.cli.remote import call, items

from .parameters import Client, Device, Mvpd, Provider

Name = Annotated[str, typer.Argument(help="The profile's id.")]


def show_all(
    at: Place,
    device: Device = None,
    mvpd: Mvpd = None,
    service_provider: Provider = None,
    client: Client = None,
    json: Json = False,
) -> None:
    """List the profiles, whoever they belong to.

    Example: pass-simulator profile list --device bedroom-tv
    """
    filters = drop_none(device=device, mvpd=mvpd, service_provider=service_provider, client=client)
    found = items(at, "profiles", filters)
    if json:
        as_json({"items": found})
        return
    table(
        ("id", "device", "service provider", "mvpd", "client", "type", "valid", "until"),
        [
            (
                each["id"],
                each["device"],
                each["service_provider"],
                each["mvpd"],
                each["client"] or "who asks first",
                each["type"],
                "yes" if each["valid"] else "no",
                each["not_after"],
            )
            for each in found
        ],
        empty="Nobody is logged in.",
    )


def add(
    at: Place,
    device: Annotated[str, typer.Option(help="The device's plain id.")],
    mvpd: Annotated[str, typer.Option(help="The MVPD's id.", autocompletion=mvpd_names)],
    service_provider: Annotated[str, typer.Option(help="The service provider's id.")],
    client: Annotated[
        str | None,
        typer.Option(help="Whose it is. Default: the first app that asks.", show_default=False),
    ] = None,
    subscriber: Annotated[
        str | None, typer.Option(help="Who logged in.", show_default=False)
    ] = None,
    expires_in: Annotated[
        str | None,
        typer.Option(
            metavar="DURATION",
            help="Such as PT6H. Default: what the integration says.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Log a device in without the dance.

    Example: pass-simulator profile add --device bedroom-tv --mvpd Cablevision --service-provider REF30
    """
    body = drop_none(
        device=device,
        mvpd=mvpd,
        service_provider=service_provider,
        client=client,
        subscriber=subscriber,
        expires_in=expires_in,
    )
    made = call(at, "POST", "profiles", body)
    print_result(made, json, f"{device} is logged in at {mvpd} until {made['not_after']}.")


def expire(name: Name, at: Place, json: Json = False) -> None:
    """Let a profile's time be over now.

    Example: pass-simulator profile expire profile-1
    """
    found = call(at, "POST", f"profiles/{path_segment(name)}/expire", {})
    print_result(found, json, f"Expired: {found['device']} at {found['mvpd']}.")


def invalidate(name: Name, at: Place, json: Json = False) -> None:
    """Let the MVPD end a login.

    Example: pass-simulator profile invalidate profile-1
    """
    found = call(at, "POST", f"profiles/{path_segment(name)}/invalidate", {})
    print_result(found, json, f"Invalidated: {found['device']} at {found['mvpd']}.")


def delete(name: Name, at: Place, json: Json = False) -> None:
    """Forget a profile, with its ties to single sign-on.

    Example: pass-simulator profile delete profile-1
    """
    call(at, "DELETE", f"profiles/{path_segment(name)}")
    print_result({"deleted": name}, json, "Deleted.")
