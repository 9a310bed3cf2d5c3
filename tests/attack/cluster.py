"""A PostgreSQL cluster of one's own, on loopback, which may be killed."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PLACES: Final = (
    *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    Path("/usr/bin"),
)
_OWNER: Final = "postgres"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A cluster that runs; `url` is that of its database for the simulator."""

    binaries: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Its database, as `--db` takes it."""
        return f"postgresql+asyncpg://{_OWNER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Let it run, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._control("start", "-o", options, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        """End it as a power cut does."""
        self._control("stop", "-m", "immediate")

    def _control(self, *arguments: str) -> None:
        command = [str(self.binaries / "pg_ctl"), "-D", str(self.folder), "-w", *arguments]
        run_as_owner(command)


def run_as_owner(command: list[str]) -> None:
    """Run a command of PostgreSQL, which refuses to be run by root."""
    owner = _OWNER if os.geteuid() == 0 else None
    subprocess.run(
        command, user=owner, check=True, stdout=subprocess.DEVNULL, cwd="/", env={"LC_ALL": "C"}
    )


@contextmanager
def cluster(scratch: Path) -> Iterator[Cluster | None]:
    """A new cluster; None where PostgreSQL is not installed."""
    binaries = next((each for each in _PLACES if (each / "initdb").exists()), None)
    if binaries is None:
        yield None
        return
    folder = scratch / "cluster"
    folder.mkdir()
    if os.geteuid() == 0:
        for each in (scratch, folder):
            shutil.chown(each, user=_OWNER)
    run_as_owner(
        [str(binaries / "initdb"), "-D", str(folder), "-A", "trust", "-U", _OWNER, "--no-sync"]
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Cluster(binaries=binaries, folder=folder, port=port)
    made.start()
    try:
        yield made
    finally:
        made.stop()
