"""A simulator in a process of its own, for as long as tests need it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Final

from .errors import SimulatorError

_READY: Final = "pass-simulator ready on "
_PATIENCE: Final = 15.0
_TAIL: Final = 2_000


@contextmanager
def serving(arguments: Sequence[str] = (), *, log: Path, timeout: float = 60.0) -> Iterator[str]:
    """The url of a simulator with a database in memory, on a free port of this machine.

    `arguments` are more flags of `pass-simulator serve`. What it logs goes to the file `log`. Raises
    `SimulatorError` when it does not start within `timeout` seconds.
    """
    with log.open("wb") as file, _process(arguments, file.fileno()) as process:
        try:
            yield _announced(process, log, timeout)
        finally:
            _stop(process)


def _process(arguments: Sequence[str], stderr: int) -> "subprocess.Popen[str]":
    # -P: a folder of the tests may well have the name of a module of ours.
    command = [sys.executable, "-P", "-m", "simulator.testing.tethered", "serve"]
    flags = ["--host", "127.0.0.1", "--port", "0", "--db", ":memory:"]
    # What a shell sets for a simulator that is run by hand is not meant for this one.
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("PASS_SIMULATOR_")
    }
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [*command, *flags, *arguments],
        env=inherited,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def _announced(process: "subprocess.Popen[str]", log: Path, timeout: float) -> str:
    """The url in the first line of its output."""
    watchdog = Timer(timeout, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline().rstrip("\n") if process.stdout else ""
    finally:
        watchdog.cancel()
    if line.startswith(_READY):
        return line.removeprefix(_READY)
    process.kill()
    status = process.wait()
    said = log.read_text(errors="replace")[-_TAIL:].strip()
    message = f"pass-simulator did not start (status {status}, within {timeout} s):\n{said}"
    raise SimulatorError(message)


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
