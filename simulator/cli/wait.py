"""`wait`: until a simulator is ready."""

from contextlib import nullcontext
from typing import Annotated, Final

import typer

from pass_simulator.errors import NotReady
from simulator.clock import SystemClock

from .exits import NO, CliExit
from .options import Address, Json
from .output import interactive, print_result, progress
from .remote import connected, run

# In seconds; whoever takes longer is asked again.
_ANSWER_TIMEOUT: Final = 5.0


def wait(
    at: Address,
    timeout: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long to wait at most.")
    ] = 60.0,
    json: Json = False,
) -> None:
    """Wait until a simulator is ready: started, migrated and seeded.

    Example: pass-simulator wait --url http://lab:8642 --timeout 30
    """
    clock = SystemClock()
    began = clock.elapsed()
    watched = progress(f"Waiting for {at.url}") if interactive() else nullcontext()
    with watched, connected(at, timeout=_ANSWER_TIMEOUT) as connection:
        try:
            run(connection, connection.wait_until_ready(timeout))
        except NotReady as error:
            raise CliExit(
                f"{at.url} was not ready within {timeout:g} seconds: {error.problem}.",
                "Look at its log, or wait longer with --timeout.",
                status=NO,
            ) from error
    waited = round(clock.elapsed() - began, 3)
    found = {"ready": True, "url": at.url, "waited_seconds": waited}
    print_result(found, json, f"{at.url} is ready.")
