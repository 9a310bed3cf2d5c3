"""Clients that take and give nothing: idle, half-sent, and bodies that are larger than they look."""

import asyncio
import resource
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.support.server import serving

from .progress import progress
from .tally import Tally

_BEGINNINGS: Final = (
    b"",
    b"GET /api/v2/REF30/profiles HTTP/1.1\r\nHost: x\r\n",
    b"POST /admin/v1/seed HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
)
# Seconds in which whoever asks properly has to have an answer meanwhile.
_ANSWERED: Final = 5.0
_SPARE: Final = 200
_GIGABYTE: Final = 2**30
# Bytes that a body may cost beyond what the server held before.
_MORE: Final = 64 * 2**20


async def idle(folder: Path, connections: int) -> Tally:
    """Open connections that say nothing or half of something; others are answered all the same."""
    tally = Tally(attack="idle connections")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, connections + _SPARE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    log = folder / "idle.log"
    options = ("--port", "0", "--db", str(folder / "idle.db"), "--scenario", "demo")
    with serving(*options, directory=folder, log=log) as server:
        host, port = server.origin.removeprefix("http://").split(":")
        writers = []
        for number in range(connections):
            with suppress(OSError):
                _, writer = await asyncio.open_connection(host, int(port))
                writer.write(_BEGINNINGS[number % len(_BEGINNINGS)])
                writers.append(writer)
            if number % 100 == 0:
                progress(tally.attack, number, connections)
                await ask_alive(server.origin, tally)
        await ask_alive(server.origin, tally)
        tally.note = f"{len(writers):,} open at once"
        for writer in writers:
            writer.close()
        await asyncio.to_thread(server.stop)
    tally.read_log(log)
    return tally


def _peak(process: int) -> int:
    """The most bytes that a process has held so far."""
    status = Path(f"/proc/{process}/status").read_text()
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) * 1024


async def ask_alive(origin: str, tally: Tally) -> None:
    """Ask properly, whatever others do meanwhile."""
    tally.tries += 1
    try:
        async with (
            ClientSession(timeout=ClientTimeout(_ANSWERED)) as session,
            session.get(f"{origin}/livez") as response,
        ):
            tally.acknowledged += response.ok
            tally.errors += response.status >= 500
    except TimeoutError:
        tally.hangs += 1
    except (ClientError, OSError):
        tally.note = "a connection was refused"


async def bombs(folder: Path, times: int) -> Tally:
    """Send small bodies that unpack to a gigabyte, to paths of all kinds."""
    tally = Tally(attack="bodies that unpack to a gigabyte")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(2**20)
    body = b"".join(packer.compress(block) for _ in range(_GIGABYTE // len(block))) + packer.flush()
    log = folder / "bombs.log"
    options = ("--port", "0", "--db", str(folder / "bombs.db"), "--scenario", "demo")
    paths = (
        "/admin/v1/seed",
        "/o/client/register",
        "/api/v2/REF30/sessions",
        "/nowhere",
        "/activate",
    )
    with serving(*options, directory=folder, log=log) as server:
        before = _peak(server.process.pid)
        async with ClientSession(timeout=ClientTimeout(30)) as session:
            for number in range(times):
                progress(tally.attack, number, times)
                tally.tries += 1
                try:
                    async with session.post(
                        server.origin + paths[number % len(paths)],
                        data=body,
                        headers={"Content-Encoding": "gzip", "Content-Type": "application/json"},
                    ) as response:
                        tally.errors += response.status >= 500
                except TimeoutError:
                    tally.hangs += 1
                except (ClientError, OSError):
                    pass
        await ask_alive(server.origin, tally)
        grown = _peak(server.process.pid) - before
        if grown > _MORE:
            tally.errors += 1
            tally.note = f"memory grew by {grown / 2**20:.0f} MiB"
        await asyncio.to_thread(server.stop)
    tally.read_log(log)
    return tally
