"""A simulator in a process of its own.

Unless a test is about how it comes up, the process is forked from one that has imported the simulator.
"""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pass_simulator.transport.connection import Connection
from pass_simulator.transport.messages import Response
from pass_simulator.transport.sync_transport import SyncTransport

from . import forking
from .forking import Forked
from .replies import Json

REPOSITORY: Final = Path(__file__).resolve().parents[2]
READY: Final = re.compile(r"pass-simulator ready on (http://\S+:\d+)\n")

_PATIENCE: Final = 60.0


def command(*arguments: str | Path) -> list[str]:
    """The command line of `pass-simulator` with these arguments."""
    return [sys.executable, "-m", "simulator", *(str(each) for each in arguments)]


def environment(**variables: str) -> dict[str, str]:
    """The environment of the process: this one's, and these variables."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), **variables}


@dataclass(frozen=True, kw_only=True)
class Finished:
    """How a process ended."""

    status: int
    out: str
    err: str


def finished(
    *arguments: str | Path, directory: Path, variables: Mapping[str, str] | None = None
) -> Finished:
    """Run `pass-simulator` until it ends."""
    with (
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
        _forked(arguments, directory, variables, out.fileno(), err.fileno()) as process,
    ):
        status = process.wait(_PATIENCE)
        out.seek(0)
        err.seek(0)
        return Finished(status=status, out=out.read(), err=err.read())


@contextmanager
def _forked(
    arguments: Sequence[str | Path],
    directory: Path,
    variables: Mapping[str, str] | None,
    out: int,
    err: int,
) -> Iterator[Forked]:
    with Path(os.devnull).open() as nothing:
        connection = forking.order(
            *(str(each) for each in arguments),
            directory=directory,
            environment=environment(**(variables or {})),
            streams=(nothing.fileno(), out, err),
        )
    process = Forked(connection)
    try:
        yield process
    finally:
        process.kill()
        process.wait(_PATIENCE)
        process.close()


def finished_from_the_start(
    *arguments: str | Path, directory: Path, variables: Mapping[str, str] | None = None
) -> Finished:
    """The same, with an interpreter of its own, as a user runs it."""
    done = subprocess.run(
        command(*arguments),
        cwd=directory,
        env=environment(**(variables or {})),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    return Finished(status=done.returncode, out=done.stdout, err=done.stderr)


def ask(
    origin: str,
    method: str,
    path: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
) -> Response:
    """Whatever is answered there, over a connection of its own. Raises `NoResponse`."""
    transport = SyncTransport(tls=tls)
    connection = Connection(
        transport=transport, instance=origin, timeout=_PATIENCE, follow_redirects=True
    )
    content = None if body is None else json.dumps(body).encode()
    try:
        found: Response = transport.run(
            connection.send(method, path, headers=headers, body=content)
        )
    finally:
        transport.close()
    return found


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that is running."""

    process: Forked
    origin: str

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Json:
        """The JSON of an answer that must be a good one."""
        answer = ask(self.origin, method, path, body, headers)
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text}"
        return answer.json()

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait(_PATIENCE)

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """End it as a user or a supervisor does; the exit status."""
        self.process.send_signal(with_signal)
        return self.process.wait(_PATIENCE)


@contextmanager
def serving(
    *arguments: str | Path,
    directory: Path,
    log: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """`pass-simulator serve` with these arguments, once it says that it is ready; stderr goes to `log`."""
    reading, writing = os.pipe()
    with (
        open(reading) as stdout,  # noqa: PTH123 - a descriptor
        (log or Path(os.devnull)).open("w") as stderr,
        _forked(("serve", *arguments), directory, variables, writing, stderr.fileno()) as process,
    ):
        os.close(writing)
        process.stdout = stdout
        watchdog = threading.Timer(_PATIENCE, process.kill)
        watchdog.start()
        try:
            ready = READY.fullmatch(stdout.readline())
            # From here on the test's own limit holds.
            watchdog.cancel()
            assert ready, "the first line does not say that the simulator is ready"
            yield Server(process=process, origin=ready[1])
        finally:
            watchdog.cancel()
