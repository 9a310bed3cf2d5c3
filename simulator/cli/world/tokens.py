"""`token`: an access token without the registration."""

from typing import Annotated

import typer

from pass_simulator.transport.connection import drop_none
from simulator.cli.options import Json, Place
from simulator.cli.output import print_result
from simulator.cli.remote import call


def token(
    at: Place,
    application: Annotated[
        str | None, typer.Option(help="The application that it is for.", show_default=False)
    ] = None,
    client: Annotated[
        str | None, typer.Option(help="The registered client that it is for.", show_default=False)
    ] = None,
    expires_in: Annotated[
        int | None,
        typer.Option(min=1, metavar="SECONDS", help="How long it is good.", show_default=False),
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="A scope that it has; may be repeated.")
    ] = None,
    json: Json = False,
) -> None:
    """Mint an access token, and print it alone.

    Example: curl -H "Authorization: Bearer $(pass-simulator token)" http://127.0.0.1:8642/api/v2/REF30/profiles
    """
    body = drop_none(
        application=application, client=client, expires_in=expires_in, scopes=scope or None
    )
    minted = call(at, "POST", "tokens", body)
    print_result(minted, json, minted["access_token"])
