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

_READY_LINE: Final = "pass-simulator ready on "
_STOP_TIMEOUT: Final = 15.0
_LOG_TAIL: Final = 2_000


@contextmanager
def running_server(
    arguments: Sequence[str] = (), *, log: Path, timeout: float = 60.0
) -> Iterator[str]:
    """The url of a simulator with a database in memory, on a free port of this machine.

    `arguments` are more flags of `pass-simulator serve`. What it logs goes to the file `log`. Raises
    `SimulatorError` when it does not start within `timeout` seconds.
    """
    with log.open("wb") as file, _start(arguments, file.fileno()) as process:
        try:
            yield _read_url(process, log, timeout)
        finally:
            _stop(process)


def _start(arguments: Sequence[str], stderr: int) -> "subprocess.Popen[str]":
    # By its path, and with -P: the tests may have modules of the same names as ours.
    script = Path(__file__).with_name("child_process.py").absolute()
    command = [sys.executable, "-P", str(script), "serve"]
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


def _read_url(process: "subprocess.Popen[str]", log: Path, timeout: float) -> str:
    """The url in the first line of its output."""
    watchdog = Timer(timeout, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline().rstrip("\n") if process.stdout else ""
    finally:
        watchdog.cancel()
    if line.startswith(_READY_LINE):
        return line.removeprefix(_READY_LINE)
    process.kill()
    status = process.wait()
    logged = log.read_text(errors="replace")[-_LOG_TAIL:].strip()
    message = f"pass-simulator did not start (status {status}, within {timeout} s):\n{logged}"
    raise SimulatorError(message)


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
