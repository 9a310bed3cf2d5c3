"""`degradation`: the time-boxed bypass of an MVPD's endpoints."""

from typing import Annotated

import typer

from pass_simulator.transport.connection import drop_none, path_segment
from simulator.cli.completion import mvpd_names
from simulator.cli.options import Json, Place
from simulator.cli.output import as_json, print_result, table
from simulator.cli.remote import call, items
from simulator.domain.decisions.degradation import Degradation

from .parameters import Mvpd, Provider


def show_all(
    at: Place, mvpd: Mvpd = None, service_provider: Provider = None, json: Json = False
) -> None:
    """List the degradation rules.

    Example: pass-simulator degradation list
    """
    filters = drop_none(mvpd=mvpd, service_provider=service_provider)
    found = items(at, "degradations", filters)
    if json:
        as_json({"items": found})
        return
    table(
        ("id", "rule", "service provider", "mvpd", "in force", "from", "until", "resources"),
        [
            (
                each["id"],
                each["rule"],
                each["service_provider"],
                each["mvpd"],
                "yes" if each["active"] else "no",
                each["from"],
                each["until"],
                ", ".join(each["resources"] or ()),
            )
            for each in found
        ],
        empty="No provider is degraded.",
    )


def add(
    rule: Annotated[
        Degradation,
        typer.Argument(
            help="AuthNAll, AuthZAll or AuthZNone.", case_sensitive=False, show_choices=False
        ),
    ],
    at: Place,
    service_provider: Annotated[str, typer.Option(help="The service provider's id.")],
    mvpd: Annotated[str, typer.Option(help="The MVPD's id.", autocompletion=mvpd_names)],
    until: Annotated[
        str | None,
        typer.Option(
            help="An instant, or how long, such as PT1H. Default: until it is deleted.",
            show_default=False,
        ),
    ] = None,
    message: Annotated[
        str | None,
        typer.Option(help="What AuthZNone says in its denials.", show_default=False),
    ] = None,
    resource: Annotated[
        list[str] | None,
        typer.Option(help="For this resource alone; may be repeated.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Degrade a provider.

    Example: pass-simulator degradation add AuthNAll --service-provider REF30 --mvpd Spectrum --until PT1H
    """
    body = drop_none(
        rule=rule.value,
        service_provider=service_provider,
        mvpd=mvpd,
        until=until,
        message=message,
        resources=resource or None,
    )
    made = call(at, "POST", "degradations", body)
    end = made["until"] or f"`pass-simulator degradation delete {made['id']}`"
    print_result(made, json, f"{rule.value} at {mvpd} for {service_provider}, until {end}.")


def delete(
    name: Annotated[str, typer.Argument(help="The rule's id.")], at: Place, json: Json = False
) -> None:
    """End a degradation.

    Example: pass-simulator degradation delete degradation-1
    """
    call(at, "DELETE", f"degradations/{path_segment(name)}")
    print_result({"deleted": name}, json, "Deleted.")
