"""How long the way of a request is: files of ours that it enters, calls, and steps from one file to another.

Run by `python -m tests.bench.path`. The simulator runs in this process on a database file; what is counted
are the functions of `simulator` that run from the request to its answer, in every thread, once what the first
requests make is made. A call made by a library counts as a step from the file that was left last. Beside them
stand all Python calls, those of libraries and each time that a coroutine goes on among them.
"""

import sys
import tempfile
import threading
from collections.abc import Awaitable
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Final

from aiohttp import web

import simulator
from simulator.app import create_app
from simulator.cli.server.loops import run
from simulator.settings import Settings

from .cases import CASES, LOGOUT, Play
from .report import table
from .wire import Wire
from .world import CLIENTS, Stage, set_stage

_OURS: Final = f"{Path(simulator.__file__).parent}/"
_CALLERS: Final = f"{Path(__file__).parent}/"
_TIMES: Final = 8
# All of one client, whose token is known after the first.
_NUMBERS: Final = range(0, _TIMES * CLIENTS, CLIENTS)


@dataclass(frozen=True, kw_only=True)
class Way:
    """What one request entered."""

    files: int
    calls: int
    steps: int
    python_calls: int


class Observer:
    """Notes which files the calls of ours are in, while it is told to."""

    def __init__(self) -> None:
        self._files: list[str] = []
        # Kept, so that their ids stay theirs: a coroutine that goes on is not called again.
        self._begun: dict[int, FrameType] = {}
        self._watching = False
        self._python_calls = 0

    def profile(self, frame: FrameType, event: str, _argument: object) -> None:
        """Take note of one event, as `sys.setprofile` gives it."""
        file = frame.f_code.co_filename
        if not self._watching or event != "call" or file.startswith(_CALLERS):
            return
        self._python_calls += 1
        if file.startswith(_OURS) and id(frame) not in self._begun:
            self._begun[id(frame)] = frame
            self._files.append(file)

    async def watch(self, play: Awaitable[None]) -> Way:
        """What is entered until `play` is done."""
        self._files, self._begun, self._python_calls, self._watching = [], {}, 0, True
        await play
        self._watching = False
        return Way(
            files=len({*self._files}),
            calls=len(self._files),
            steps=sum(one != other for one, other in pairwise(self._files)),
            python_calls=self._python_calls,
        )


async def _admin_create(stage: Stage, wire: Wire, number: int) -> None:
    body = {"id": f"made-{number}", "display_name": "Made"}
    await wire.must(stage.admin("POST", "mvpds", body))


PLAYS: Final[dict[str, Play]] = {
    "logout": LOGOUT.play,
    **{case.name: case.play for case in CASES if case.name in {"profiles", "authorize", "seed"}},
    "admin create": _admin_create,
}


async def measure(folder: Path) -> dict[str, Way]:
    """The shortest of several ways of each request: the first ones make what later ones find made."""
    observer = Observer()
    # The database's threads begin after this.
    threading.setprofile(observer.profile)
    runner = web.AppRunner(create_app(Settings(db=str(folder / "path.db"))))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    wire = await Wire.to(f"http://{host}:{port}")
    stage = await set_stage(wire, "default", _NUMBERS.stop)
    sys.setprofile(observer.profile)
    try:
        return {
            name: min(
                [await observer.watch(play(stage, wire, number)) for number in _NUMBERS],
                key=lambda way: way.calls,
            )
            for name, play in PLAYS.items()
        }
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        wire.close()
        await runner.cleanup()


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as scratch:
        found = run(measure(Path(scratch)))
    head = ("request", "files", "calls", "steps", "all Python calls")
    rows = [(name, *map(str, astuple(way))) for name, way in found.items()]
    print("\n".join(table(head, rows)))


if __name__ == "__main__":
    main()
