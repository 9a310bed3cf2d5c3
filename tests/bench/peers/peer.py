"""A mock under comparison: how it is started, and what is asked of it."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from pass_simulator.errors import NoResponse
from tests.bench.load import CLOCK, Script
from tests.bench.processes import Watched, descendants
from tests.bench.wire import Wire, request
from tests.support.server import ask, environment

RECORDS: Final = 1_000
_PATIENCE: Final = 60.0
_MOMENT: Final = 0.004


@dataclass(frozen=True, kw_only=True, eq=False)
class Peer:
    """A mock, as it takes part in a league.

    `files` are written before it starts, into the folder that it starts in. `prepare` are the calls
    that make its state, sent once it answers at all. `work` and `journal` say what its work is and
    what becomes of the requests that it recorded. What it cannot do is None. `check` is called with
    its origin after the run, and raises where it did not record what it should, or did. `variant` tells
    one from another with the same name.
    """

    name: str
    variant: str = ""
    version: Callable[[], str]
    command: Callable[[int], Sequence[str]]
    probe: str
    work: str
    journal: str = "has none"
    files: Mapping[str, Callable[[], str]]
    prepare: tuple[bytes, ...] = ()
    read: Script | None = None
    change: Script | None = None
    reset: Script | None = None
    life: Script | None = None
    ours: bool = False
    check: Callable[[str], None] | None = None

    @property
    def title(self) -> str:
        """Name and version, as tables have them."""
        return f"{self.name} {self.version()}{self.variant}"

    @property
    def label(self) -> str:
        """The name without a version, as charts have it."""
        return f"{self.name}{self.variant}"


def script(
    method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Script:
    """Ask for one of the records after another; `{}` in the path is its number."""
    return partial(_call, method, path, headers or {}, body)


async def _call(
    method: str, path: str, headers: Mapping[str, str], body: object, wire: Wire, number: int
) -> None:
    record = str(number % RECORDS + 1)
    await wire.must(request(method, path.replace("{}", record), headers, body))


def in_turn(*scripts: Script) -> Script:
    """One script after the other."""
    return partial(_in_turn, scripts)


async def _in_turn(scripts: Sequence[Script], wire: Wire, number: int) -> None:
    for each in scripts:
        await each(wire, number)


@contextmanager
def started(peer: Peer, folder: Path) -> Iterator[tuple[Watched, float]]:
    """The peer once it answers, and how many milliseconds that took from its command on."""
    folder.mkdir()
    for name, text in peer.files.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text())
    port = _free_port()
    origin, began = f"http://127.0.0.1:{port}", CLOCK.elapsed()
    with subprocess.Popen(
        peer.command(port),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _until_it_answers(origin + peer.probe, process)
            taken = (CLOCK.elapsed() - began) * 1e3
            yield Watched(origin=origin, processes=descendants(process.pid)), taken
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = CLOCK.elapsed() + _PATIENCE
    while CLOCK.elapsed() < until and process.poll() is None:
        try:
            ask(url, "GET", "")
        except NoResponse:
            time.sleep(_MOMENT)
        else:
            return
    raise RuntimeError(f"nobody answers at {url}")
