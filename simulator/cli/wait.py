"""`wait`: until a simulator is ready."""

import asyncio
from typing import Annotated, Final

import typer
from aiohttp import ClientError, ClientSession, ClientTimeout, NonHttpUrlClientError

from simulator.clock import SystemClock

from .exits import NO, CliExit
from .options import Address, Json
from .output import as_json, interactive, line, progress
from .remote import ask, trust, why

# Long enough to leave a starting server alone, short enough for nobody to notice.
_SHORTEST: Final = 0.05
_LONGEST: Final = 1.0


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
            waited = ask(_ready(at, timeout))
    else:
        waited = ask(_ready(at, timeout))
    if json:
        as_json({"ready": True, "url": at.url, "waited_seconds": round(waited, 3)})
    else:
        line(f"{at.url} is ready.")


async def _ready(at: Address, timeout: float) -> float:  # noqa: ASYNC109 - the user's own word for it
    """How many seconds it took until `/readyz` said yes. Raises `CliExit` when it did not in time."""
    clock, pause, trusted = SystemClock(), _SHORTEST, trust(at)
    began = clock.elapsed()
    async with ClientSession(timeout=ClientTimeout(total=5)) as session:
        while True:
            try:
                async with session.get(f"{at.url.rstrip('/')}/readyz", ssl=trusted) as response:
                    last = f"it answers HTTP {response.status}"
                    if response.ok:
                        return clock.elapsed() - began
            except (ValueError, NonHttpUrlClientError) as error:
                raise CliExit(
                    f"{at.url} is no URL.", "Give one such as http://127.0.0.1:8642."
                ) from error
            except (ClientError, TimeoutError) as error:
                last = why(error)
            left = timeout - (clock.elapsed() - began)
            if left <= 0:
                raise CliExit(
                    f"{at.url} was not ready within {timeout:g} seconds: {last}.",
                    "Look at its log, or wait longer with --timeout.",
                    status=NO,
                )
            await asyncio.sleep(min(pause, left))
            pause = min(2 * pause, _LONGEST)
