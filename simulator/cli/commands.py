"""The verbs of the command line."""

from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from simulator import __version__

from .loops import run as run_to_end

app = typer.Typer(
    name="pass-simulator",
    help="A stand-in for the Adobe Pass Authentication backend.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; a problem that was foreseen ends with exit status 2."""
    app()


def fail(message: str, hint: str = "") -> NoReturn:
    """End with a message on stderr and exit status 2."""
    typer.echo(f"pass-simulator: {message}", err=True)
    if hint:
        typer.echo(hint, err=True)
    raise typer.Exit(2)


@app.command()
def version() -> None:
    """Print the version.

    Example: pass-simulator version
    """
    typer.echo(__version__)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 picks a free one [8642].")] = None,
    db: Annotated[
        str | None,
        typer.Option(
            help="Path, ':memory:' or SQLAlchemy URL of the database [pass-simulator.db]."
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Scenario for a new database [demo].")
    ] = None,
    scenarios: Annotated[
        Path | None, typer.Option(help="Folder with scenario files of your own.")
    ] = None,
    admin_token: Annotated[
        str | None, typer.Option(help="Bearer token that the admin API asks for.")
    ] = None,
    max_sandboxes: Annotated[
        int | None, typer.Option(help="How many sandboxes there can be [10000].")
    ] = None,
    public_url: Annotated[
        str | None, typer.Option(help="Where clients reach the simulator, e.g. behind a proxy.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(envvar="PASS_SIMULATOR_CONFIG", help="TOML file with any of these settings."),
    ] = None,
) -> None:
    """Run the simulator until it is stopped.

    Each option can be set as PASS_SIMULATOR_… in the environment, too.

    Example: pass-simulator serve --port 0 --db :memory:
    """
    from .serving import run

    flags = {
        "host": host,
        "port": port,
        "db": db,
        "scenario": scenario,
        "scenarios": scenarios,
        "admin_token": admin_token,
        "max_sandboxes": max_sandboxes,
        "public_url": public_url,
    }
    if problem := run_to_end(run(flags, config)):
        fail(*problem)


Url = Annotated[
    str, typer.Option(envvar="PASS_SIMULATOR_URL", help="Where the simulator is running.")
]
Sandbox = Annotated[
    str | None,
    typer.Option(envvar="PASS_SIMULATOR_SANDBOX", help="The sandbox to work on [default]."),
]
AdminToken = Annotated[
    str | None,
    typer.Option(
        envvar="PASS_SIMULATOR_ADMIN_TOKEN", help="The token that its admin API asks for."
    ),
]
LOCAL: Final = "http://127.0.0.1:8642"


@app.command()
def seed(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, or a YAML or JSON file.")],
    url: Url = LOCAL,
    sandbox: Sandbox = None,
    admin_token: AdminToken = None,
    merge: Annotated[
        bool, typer.Option("--merge", help="Add to the world instead of replacing it.")
    ] = False,
) -> None:
    """Make a scenario the world of a running simulator's sandbox, and show how far it is.

    Example: pass-simulator seed demo --sandbox ci-42
    """
    from . import remote

    at = remote.Remote(url=url, sandbox=sandbox, token=admin_token)
    try:
        run_to_end(remote.seed(at, remote.order(scenario, merge=merge)))
    except remote.Refused as refused:
        fail(refused.message, refused.hint)


@app.command()
def reset(
    url: Url = LOCAL,
    sandbox: Sandbox = None,
    admin_token: AdminToken = None,
    to: Annotated[
        str | None, typer.Option(help="'empty' or 'snapshot:NAME' [the baseline].")
    ] = None,
) -> None:
    """Take a sandbox of a running simulator back to what it was seeded with.

    Example: pass-simulator reset --sandbox ci-42
    """
    from . import remote

    at = remote.Remote(url=url, sandbox=sandbox, token=admin_token)
    try:
        run_to_end(remote.reset(at, to))
    except remote.Refused as refused:
        fail(refused.message, refused.hint)


@app.command()
def migrate(
    db: Annotated[
        str | None,
        typer.Option(envvar="PASS_SIMULATOR_DB", help="The database [pass-simulator.db]."),
    ] = None,
) -> None:
    """Bring a database to the current schema without serving it.

    `serve` does the same when it starts.

    Example: pass-simulator migrate --db lab.db
    """
    from .serving import migrate_database

    if problem := run_to_end(migrate_database(db)):
        fail(*problem)
    typer.echo("The database has the current schema.")
