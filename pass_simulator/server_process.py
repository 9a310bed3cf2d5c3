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
    `SimulatorError` when it does not start within `timeout` seconds. It ends with this process.
    """
    with (
        log.open("wb") as file,
        start_server(arguments, stdin=subprocess.PIPE, stderr=file.fileno()) as process,
    ):
        try:
            watchdog = Timer(timeout, process.kill)
            watchdog.start()
            try:
                url = read_url(process)
            finally:
                watchdog.cancel()
            if not url:
                process.kill()
                raise not_started(log, timeout if watchdog.finished.is_set() else None)
            yield url
        finally:
            _stop(process)


def start_server(
    arguments: Sequence[str], *, stdin: int, stderr: int, script: Sequence[str] = ()
) -> "subprocess.Popen[str]":
    """Start one; `script` are arguments of child_process.py itself."""
    # By its path, and with -P: the tests may have modules of the same names as ours.
    path = Path(__file__).with_name("child_process.py").absolute()
    command = [sys.executable, "-P", str(path), *script, "serve"]
    flags = ["--host", "127.0.0.1", "--port", "0", "--db", ":memory:"]
    # What a shell sets for a simulator that is run by hand is not meant for this one.
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("PASS_SIMULATOR_")
    }
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        [*command, *flags, *arguments],
        env=inherited,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def read_url(process: "subprocess.Popen[str]") -> str:
    """The url in the first line of its output; empty where that is no such line."""
    line = process.stdout.readline().rstrip("\n") if process.stdout else ""
    return line.removeprefix(_READY_LINE) if line.startswith(_READY_LINE) else ""


def not_started(log: Path, within: float | None = None) -> SimulatorError:
    """What to raise for a simulator that did not start, `within` so many seconds or at all; with its log."""
    logged = log.read_text(errors="replace")[-_LOG_TAIL:].strip()
    limit = "" if within is None else f" within {within:g} s"
    return SimulatorError(f"pass-simulator did not start{limit}:\n{logged}")


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
