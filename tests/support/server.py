"""A simulator in a process of its own, started as a user starts it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

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


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that is running."""

    process: subprocess.Popen[str]
    origin: str

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Json:
        """The JSON of an answer that must be a good one."""
        request = Request(  # noqa: S310 - always http
            f"{self.origin}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={**(headers or {})},
        )
        with urlopen(request, timeout=_PATIENCE) as response:  # noqa: S310 - always http
            return json.load(response)

    def text(self, path: str) -> str:
        """What a page answers that must be a good one."""
        with urlopen(f"{self.origin}{path}", timeout=_PATIENCE) as response:  # noqa: S310 - always http
            text: str = response.read().decode()
            return text

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
    with (
        (log or Path(os.devnull)).open("w") as stderr,
        subprocess.Popen(
            command("serve", *arguments),
            cwd=directory,
            env=environment(**(variables or {})),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        watchdog = threading.Timer(_PATIENCE, process.kill)
        watchdog.start()
        try:
            assert process.stdout
            ready = READY.fullmatch(process.stdout.readline())
            # From here on the test's own limit holds.
            watchdog.cancel()
            assert ready, "the first line does not say that the simulator is ready"
            yield Server(process=process, origin=ready[1])
        finally:
            watchdog.cancel()
            process.kill()
