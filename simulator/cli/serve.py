"""`serve`, `migrate` and `version`: the process and its database."""

import gc
from typing import Annotated

import typer

from simulator import __version__
from simulator.cli.server.loops import run as run_to_end

from .options import Flags, Json
from .output import print_result


def serve(flags: Flags) -> None:
    """Run the simulator until it is stopped.

    A setting comes from its flag, else from its variable, else from the file named by --config, else
    it is the default.

    Example: pass-simulator serve --port 0 --db :memory:
    """
    gc.disable()
    from simulator.cli.server.serving import run

    run_to_end(run(flags.values, flags.config))


def migrate(
    db: Annotated[
        str | None,
        typer.Option(
            envvar="PASS_SIMULATOR_DB", help="The database, as serve takes it.", show_default=False
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Bring a database to the current schema without serving it.

    `serve` does the same when it starts.

    Example: pass-simulator migrate --db lab.db
    """
    from simulator.cli.server.serving import migrate_database

    run_to_end(migrate_database(db))
    print_result({"migrated": True}, json, "The database has the current schema.")


def version(json: Json = False) -> None:
    """Print the version.

    Example: pass-simulator version
    """
    print_result({"version": __version__}, json, __version__)
