"""Options that several of these verbs have."""

from typing import Annotated

import typer

from simulator.cli.completion import mvpd_names

Mvpd = Annotated[
    str | None,
    typer.Option(help="At this MVPD.", autocompletion=mvpd_names, show_default=False),
]
Provider = Annotated[
    str | None, typer.Option(help="For this service provider.", show_default=False)
]
Device = Annotated[
    str | None, typer.Option(help="Of this device, by its plain id.", show_default=False)
]
Client = Annotated[
    str | None, typer.Option(help="Of this client, an app instance.", show_default=False)
]
