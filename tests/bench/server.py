"""The simulator under measurement, with two handlers beside its own that do nothing.

Run by `python -m tests.bench.server` with the settings of `pass-simulator serve` in the environment.
What the constant handlers cost is what Python and its libraries cost, with our edge: the one
belongs to no sandbox and never asks the database, the other is told its sandbox like any device call.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from aiohttp import web

from simulator import routes
from simulator.cli.server import serving
from simulator.cli.server.loops import run
from simulator.edge import journal
from simulator.http.endpoint import Endpoint, Surface
from simulator.http.request_counts import RequestCounts
from tests.support.server import READY, ask, environment

from .processes import Watched, descendants

CONSTANT: Final = "/api/v2/REF30/constant/Cablevision"
IN_A_SANDBOX: Final = "/api/v2/REF30/constant-in-a-sandbox/Cablevision"

SILENT: Final = "silent"
"""The setting that takes journal and metrics out of the way of requests."""

_BODY: Final = {
    "logouts": {
        "Cablevision": {
            "actionName": "logout",
            "actionType": "interactive",
            "mvpd": "Cablevision",
            "url": "http://127.0.0.1/adobe-services/logout?redirect_url=https%3A%2F%2Fapp.example",
        }
    }
}


async def constant(request: web.Request) -> object:
    """Always the same answer, as long as one to a logout."""
    del request
    return _BODY


def _constant(name: str, *, sandboxed: bool) -> Endpoint:
    return Endpoint(
        surface=Surface.DEVICE,
        method="GET",
        path=f"/api/v2/{{service_provider}}/{name}/{{mvpd}}",
        load=lambda: constant,
        sandboxed=sandboxed,
    )


def variables(**settings: str) -> dict[str, str]:
    """Settings as the environment variables that the server reads them from."""
    return {f"PASS_SIMULATOR_{name.upper()}": value for name, value in settings.items()}


def recorded(origin: str) -> bool:
    """Whether a simulator records what it is asked: call it, and look into its journal and metrics.

    Raises `AssertionError` where one of them knows of the call and the other does not.
    """
    ask(origin, "GET", "/api/v2/REF30/configuration")
    in_journal = ask(origin, "GET", "/admin/v1/requests").json()["items"] != []
    counted = "pass_simulator_requests_total{" in ask(origin, "GET", "/metrics").text
    if in_journal != counted:
        raise AssertionError(f"in the journal: {in_journal}; counted in the metrics: {counted}")
    return counted


@contextmanager
def benched(db: Path | str, checkout: Path | None = None, /, **settings: str) -> Iterator[Watched]:
    """A simulator with the constant handlers on the database `db`, with these other settings.

    It is the one of this tree, or of another `checkout`.
    """
    given = {"port": "0", "db": str(db), "scenario": "logout-samples"} | settings
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.server"],
        cwd=checkout,
        env=environment(**variables(**given)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            ready = READY.fullmatch(process.stdout.readline() if process.stdout else "")
            if ready is None:
                raise RuntimeError("the simulator does not say that it is ready")
            yield Watched(origin=ready[1], processes=descendants(process.pid))
        finally:
            process.terminate()
            process.wait()


async def _not_recorded(*_about: object) -> None:
    """Stand in for what records a request."""


def _not_counted(counts: RequestCounts, *_about: object) -> None:
    """Stand in for what counts a request; a stop waits for those under way all the same."""
    counts.under_way -= 1


def main() -> None:
    """Serve."""
    if os.environ.pop(f"PASS_SIMULATOR_{SILENT.upper()}", None):
        vars(journal)["record"] = _not_recorded
        setattr(RequestCounts, "leave", _not_counted)  # noqa: B010 - mypy knows it for a method
    ours = (
        _constant("constant", sandboxed=False),
        _constant("constant-in-a-sandbox", sandboxed=True),
    )
    # First of all, where finding them costs the least.
    vars(routes)["ENDPOINTS"] = (*ours, *routes.ENDPOINTS)
    run(serving.run({}, None))


if __name__ == "__main__":
    main()
