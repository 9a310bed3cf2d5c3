"""One simulator for all processes of a test run: who comes first starts it, and it ends with the last.

Nobody counts. In the folder that the processes share, each holds a shared lock on the file `users`, which
the system takes from a process that ends in whatever way; the server waits for that file to be its own,
removes the file `url`, by which it is found, and stops. As long as it runs it holds the file `running`.
Both are locks of `flock`.
"""

import fcntl
import os
import select
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from .errors import SimulatorError
from .server_process import not_started, read_url, start_server

# Seconds; a server that is to stop takes fifteen at the most.
_END_TIMEOUT: Final = 20.0
_LOOK_AGAIN: Final = 0.01


@contextmanager
def shared_server(
    folder: Path, arguments: Sequence[str] = (), *, timeout: float = 60.0, to_the_end: bool = False
) -> Iterator[str]:
    """The url of the simulator that the users of `folder` share; the first of them starts it.

    It has a database in memory and a free port of this machine; `arguments` are more flags of
    `pass-simulator serve`, and other ones mean another server. Raises `SimulatorError` when it does not start
    within `timeout` seconds, for all that come, without another attempt. With `to_the_end` leaving waits for
    the server's end, which is for the last user.
    """
    place = folder / sha256("\0".join(arguments).encode()).hexdigest()[:12]
    place.mkdir(parents=True, exist_ok=True)
    starting = _locked(place / "starting", fcntl.LOCK_EX)
    try:
        users, url = _join(place, arguments, timeout)
    finally:
        os.close(starting)
    # Opened now, for the folder may be removed before the server ends.
    running = os.open(place / "running", os.O_RDWR)
    try:
        yield url
    finally:
        os.close(users)
        if to_the_end:
            _wait_until_free(running)
        os.close(running)


def wait_until_ended(folder: Path) -> None:
    """Wait for the end of the simulators of `folder`, whose last user has gone."""
    for each in folder.glob("*/running"):
        _wait_for_end(each)


def _join(place: Path, arguments: Sequence[str], timeout: float) -> tuple[int, str]:
    """Become a user: the lock on `users`, and the url. Raises `SimulatorError`."""
    problem, url = place / "problem", place / "url"
    while True:
        # A server that is ending has it alone, to its end.
        users = _locked(place / "users", fcntl.LOCK_SH)
        try:
            if _is_free(place / "running"):
                if problem.exists():
                    raise SimulatorError(problem.read_text(encoding="utf-8"))  # noqa: TRY301
                url.unlink(missing_ok=True)
                url.write_text(_start(place, arguments, timeout), encoding="utf-8")
            if url.exists() and (found := url.read_text(encoding="utf-8")):
                return users, found
        except SimulatorError as error:
            problem.write_text(str(error), encoding="utf-8")
            os.close(users)
            raise
        # It is at its very end, or who started it was killed before it could say where it is.
        os.close(users)
        _wait_for_end(place / "running")


def _start(place: Path, arguments: Sequence[str], timeout: float) -> str:
    """The url of a new one. Raises `SimulatorError`."""
    log = place / "server.log"
    # The lock goes over to the server with the file, which is its stdin.
    running = _locked(place / "running", fcntl.LOCK_EX)
    try:
        with log.open("wb") as file:
            process = start_server(
                arguments,
                stdin=running,
                stderr=file.fileno(),
                script=["--users", str(place / "users")],
            )
    finally:
        os.close(running)
    # The process that was started ends at once; the one that it leaves behind is the server.
    with process:
        output = process.stdout
        ready = output is not None and select.select([output], [], [], timeout)[0]
        url = read_url(process) if ready else ""
    if not url:
        raise not_started(log, None if ready else timeout)
    return url


def _locked(path: Path, how: int) -> int:
    """The file at `path`, opened and locked; closing it ends the lock."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, how)
    return descriptor


def _is_free(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _wait_for_end(file: Path) -> None:
    """Wait for the end of the simulator that holds the file."""
    with suppress(FileNotFoundError):
        running = os.open(file, os.O_RDWR)
        _wait_until_free(running)
        os.close(running)


def _wait_until_free(descriptor: int) -> None:
    deadline = time.monotonic() + _END_TIMEOUT
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return
        time.sleep(_LOOK_AGAIN)
