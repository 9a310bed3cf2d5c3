"""`wait`: until a simulator is ready."""

import time
from typing import Annotated, Final

import typer

from pass_simulator.errors import InvalidAddress, NoResponse
from pass_simulator.transport.calls import Sync
from pass_simulator.transport.connection import Connection
from simulator.clock import SystemClock

from .exits import NO, CliExit
from .options import Address, Json
from .output import as_json, interactive, line, progress
from .remote import connected, run, why

# Long enough to leave a starting server alone, short enough for nobody to notice.
_SHORTEST: Final = 0.05
_LONGEST: Final = 1.0
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
    if interactive():
        with progress(f"Waiting for {at.url}"):
            waited = _ready(at, timeout)
    else:
        waited = _ready(at, timeout)
    if json:
        as_json({"ready": True, "url": at.url, "waited_seconds": round(waited, 3)})
    else:
        line(f"{at.url} is ready.")


def _ready(at: Address, timeout: float) -> float:
    """How many seconds it took until `/readyz` said yes. Raises `CliExit` when it did not in time."""
    clock, pause = SystemClock(), _SHORTEST
    began = clock.elapsed()
    with connected(at, timeout=_ANSWER_TIMEOUT) as connection:
        while True:
            problem = _problem(at, connection)
            if problem is None:
                return clock.elapsed() - began
            left = timeout - (clock.elapsed() - began)
            if left <= 0:
                raise CliExit(
                    f"{at.url} was not ready within {timeout:g} seconds: {problem}.",
                    "Look at its log, or wait longer with --timeout.",
                    status=NO,
                )
            time.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST)


def _problem(at: Address, connection: "Connection[Sync]") -> str | None:
    """Why the simulator is not ready, None when it is. Raises `CliExit` where there can be none."""
    try:
        response = run(connection, connection.send("GET", "/readyz"))
    except InvalidAddress as error:
        raise CliExit(f"{at.url} is no URL.", "Give one such as http://127.0.0.1:8642.") from error
    except NoResponse as error:
        return why(error)
    return None if response.ok else f"it answers HTTP {response.status}"
