"""Processes of `pass-simulator` that are forked from one that has imported everything already.

Each is a process as any other, with its own arguments, folder, environment, output, signals and status.
Only the imports, which take most of the time of a short one, are done once for all. They come from the
process `python -m tests.support.forking`, which waits for orders at a socket, and ends with its parent.
"""

import atexit
import gc
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from simulator.cli import main
from simulator.cli.commands import VERBS

ROOT: Final = Path(__file__).resolve().parents[2]
_STREAMS: Final = 3
_MUCH: Final = 1 << 16
_NOT_YET: Final = -(1 << 16)


class Forked:
    """A process that was ordered; as much of `subprocess.Popen` as tests need."""

    def __init__(self, connection: socket.socket, stdout: IO[str] | None = None) -> None:
        self._told = connection.makefile("r")
        self._connection = connection
        self.stdout = stdout
        self.pid = int(self._told.readline())
        self._status = _NOT_YET

    def send_signal(self, which: int) -> None:
        """Send it a signal, unless it has ended."""
        if self._ended(0) is None:
            os.kill(self.pid, which)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status once it has ended; minus the signal, where one has ended it."""
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("pass-simulator", timeout or 0)
        return status

    def close(self) -> None:
        """Give back what is open."""
        if self.stdout is not None:
            self.stdout.close()
        self._told.close()
        self._connection.close()

    def _ended(self, timeout: float | None) -> int | None:
        if self._status == _NOT_YET:
            if not select.select([self._connection], [], [], timeout)[0]:
                return None
            self._status = int(self._told.readline())
        return self._status


_FROM_A_SHELL: Final = """\
#!/bin/sh
'''exec' '{python}' -IS "$0" "$@"
' '''
import json, os, signal, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect({place!r})
socket.send_fds(connection, [b" "], [0, 1, 2])
what = {{"arguments": sys.argv[1:], "directory": os.getcwd(), "environment": dict(os.environ)}}
connection.sendall(json.dumps(what).encode())
connection.shutdown(socket.SHUT_WR)
told = connection.makefile("r")
pid = int(told.readline())
for each in (signal.SIGTERM, signal.SIGINT):
    signal.signal(each, lambda number, _: os.kill(pid, number))
status = int(told.readline())
sys.exit(status if status >= 0 else 128 - status)
"""


@cache
def commands() -> Path:
    """A folder with a command `pass-simulator` that is forked, for the PATH of a shell."""
    folder = place().parent / "bin"
    folder.mkdir()
    script = folder / "pass-simulator"
    script.write_text(_FROM_A_SHELL.format(python=sys.executable, place=str(place())))
    script.chmod(0o755)
    return folder


@cache
def place() -> Path:
    """The socket where orders are taken; the first who asks starts the process behind it."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, str(folder / "orders")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdout.close()
    atexit.register(process.wait)
    atexit.register(process.stdin.close)
    return folder / "orders"


def order(
    *arguments: str, directory: Path, environment: Mapping[str, str], streams: Sequence[int]
) -> socket.socket:
    """Have a process forked with these for stdin, stdout and stderr; it is told of by the connection."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(place()))
    what = {"arguments": arguments, "directory": str(directory), "environment": {**environment}}
    socket.send_fds(connection, [b" "], [*streams])
    connection.sendall(json.dumps(what).encode())
    connection.shutdown(socket.SHUT_WR)
    return connection


@dataclass(frozen=True, kw_only=True)
class _Order:
    arguments: Sequence[str]
    directory: str
    environment: Mapping[str, str]
    streams: Sequence[int]


def _taken(connection: socket.socket) -> _Order:
    _, streams, _, _ = socket.recv_fds(connection, 1, _STREAMS)
    written = b"".join(iter(lambda: connection.recv(_MUCH), b""))
    return _Order(streams=streams, **json.loads(written))


def _next(orders: socket.socket) -> _Order | None:
    """Fork for each order: the order in each of the processes forked, None in this one at the end."""
    while orders in select.select([orders, sys.stdin], [], [])[0]:
        connection, _ = orders.accept()
        if os.fork() == 0:
            return _kept(connection)
        connection.close()
        _reap()
    _reap()
    return None


def _reap() -> None:
    """Have the system forget those that have ended."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _kept(connection: socket.socket) -> _Order:
    """Fork what was ordered, and tell whoever did so how it goes."""
    wanted = _taken(connection)
    pid = os.fork()
    if pid == 0:
        connection.close()
        return wanted
    for each in wanted.streams:
        os.close(each)
    try:
        connection.sendall(f"{pid}\n".encode())
        _, status = os.waitpid(pid, 0)
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    finally:
        os._exit(0)


def _become(wanted: _Order) -> None:
    for number, each in enumerate(wanted.streams):
        os.dup2(each, number)
        os.close(each)
    os.chdir(wanted.directory)
    os.environ.clear()
    os.environ.update(wanted.environment)
    sys.argv = ["pass-simulator", *wanted.arguments]


def _ordered(where: str) -> _Order | None:
    for verbs in VERBS.values():
        for each in verbs:
            each.load()
    _imported("simulator.cli.server.serving", "rich.console", "faker")
    _imported("typer.rich_utils", "typer._adapters", "alembic.command", "uvloop")
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as orders:
        orders.bind(where)
        orders.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        return _next(orders)


def _run() -> None:
    """Run the command line, and end without taking apart all that was imported."""
    status = 0
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            raise
        status = end.code or 0
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _imported(*names: str) -> list[Any]:
    return [__import__(each) for each in names]


if __name__ == "__main__":
    found = _ordered(sys.argv[1])
    if found is not None:
        _become(found)
        _run()
