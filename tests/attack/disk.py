"""A disk that is full, in a small file system of its own; needs the right to mount one."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from aiohttp import ClientSession, ClientTimeout

from tests.support.server import serving

from .tally import Tally
from .viewers import PATIENCE, Viewers

_SIZE: Final = "32m"
_BLOCK: Final = bytes(16_384)


@contextmanager
def _small(folder: Path) -> Iterator[Path | None]:
    """A file system of a few MiB; None where it may not be mounted."""
    place = folder / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


async def full(folder: Path, times: int) -> Tally:
    """Fill the disk under the viewers, look whether reads go on, make room, and compare."""
    tally = Tally(attack="disk full")
    with _small(folder) as place:
        if place is None:
            tally.note = "skipped: nothing may be mounted here"
            return tally
        log = folder / "disk.log"
        options = ("--port", "0", "--db", str(place / "state.db"), "--scenario", "demo")
        with serving(*options, directory=folder, log=log) as server:
            viewers = Viewers(origin=server.origin, tally=tally)
            for _ in range(times):
                async with viewers.at_work():
                    await asyncio.sleep(0.3)
                    filler = place / "filler"
                    _fill(filler)
                    await asyncio.sleep(1.0)
                    await _read(server.origin, tally)
                    filler.unlink()
                    await asyncio.sleep(0.5)
                await viewers.check()
            await asyncio.to_thread(server.stop)
        tally.read_log(log)
    return tally


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(_BLOCK)
            except OSError:
                return


async def _read(origin: str, tally: Tally) -> None:
    """What only reads has to be answered, and readiness to tell."""
    async with ClientSession(timeout=ClientTimeout(PATIENCE)) as session:
        for path in ("/admin/v1/requests", "/console", "/admin/v1/profiles"):
            tally.tries += 1
            try:
                async with session.get(origin + path) as response:
                    tally.acknowledged += response.ok
                    tally.errors += response.status >= 500
            except TimeoutError:
                tally.hangs += 1
