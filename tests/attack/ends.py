"""Ends: of the simulator, of its connections to PostgreSQL, and of PostgreSQL itself, under load."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.storage.postgres import Session
from tests.support.server import Server, serving

from .cluster import Cluster
from .progress import progress
from .tally import Tally
from .viewers import Viewers

_TERMINATE: Final = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
# Seconds after which whatever was away is back.
_BACK: Final = 20.0
_RANDOM: Final = random.Random(1)


def _options(db: str) -> tuple[str, ...]:
    return ("--port", "0", "--db", db, "--scenario", "demo")


async def kills(folder: Path, db: str, times: int, name: str) -> Tally:
    """Kill the simulator while viewers log in and out, and see what the next one finds."""
    tally = Tally(attack=name)
    viewers = Viewers(origin="", tally=tally)
    for number in range(times + 1):
        progress(name, number, times)
        log = folder / f"{number}.log"
        with serving(*_options(db), directory=folder, log=log) as server:
            viewers.origin = server.origin
            if number:
                await viewers.check()
            if number < times:
                async with viewers.at_work():
                    await asyncio.sleep(_RANDOM.uniform(0.1, 0.6))
                    server.kill()
        tally.read_log(log)
    return tally


async def _struck(
    folder: Path, cluster: Cluster, times: int, name: str, strike: Callable[[], Awaitable[None]]
) -> Tally:
    """Let `strike` happen to PostgreSQL while viewers log in and out; the simulator stays."""
    tally = Tally(attack=name)
    log = folder / "struck.log"
    with serving(*_options(cluster.url), directory=folder, log=log) as server:
        viewers = Viewers(origin=server.origin, tally=tally)
        for number in range(times):
            progress(name, number, times)
            async with viewers.at_work():
                await asyncio.sleep(_RANDOM.uniform(0.05, 0.3))
                await strike()
                await asyncio.sleep(0.1)
            if not await _ready(server):
                tally.hangs += 1
                break
            await viewers.check()
        await asyncio.to_thread(server.stop)
    tally.read_log(log)
    return tally


async def terminations(folder: Path, cluster: Cluster, connections: int) -> Tally:
    """Have PostgreSQL end the simulator's connections, some hundreds in all."""
    ended = 0

    async def strike() -> None:
        nonlocal ended
        async with Session.open(cluster.url) as session:
            ended += (await session.column(_TERMINATE))[0]

    # A simulator at work has about five of them.
    times = max(1, connections // 5)
    tally = await _struck(folder, cluster, times, "connections of PostgreSQL ended", strike)
    tally.note = f"{ended} connections"
    return tally


async def restarts(folder: Path, cluster: Cluster, times: int) -> Tally:
    """Let PostgreSQL end at once, and come back."""

    async def strike() -> None:
        await asyncio.to_thread(cluster.stop)
        await asyncio.sleep(_RANDOM.uniform(0.0, 0.5))
        await asyncio.to_thread(cluster.start)

    return await _struck(folder, cluster, times, "PostgreSQL restarted", strike)


async def _ready(server: Server) -> bool:
    """Whether it says in time that it is ready again."""
    clock = asyncio.get_running_loop().time
    until = clock() + _BACK
    async with ClientSession(timeout=ClientTimeout(_BACK)) as session:
        while clock() < until:
            try:
                async with session.get(f"{server.origin}/readyz") as response:
                    if response.ok:
                        return True
            except (ClientError, OSError, TimeoutError):
                pass
            await asyncio.sleep(0.1)
    return False


def of_file(folder: Path, times: int) -> Awaitable[Tally]:
    """Kills with the state in a file."""
    return kills(folder, str(folder / "state.db"), times, "killed, on SQLite")


def of_postgresql(folder: Path, cluster: Cluster, times: int) -> Awaitable[Tally]:
    """Kills with the state in PostgreSQL."""
    return kills(folder, cluster.url, times, "killed, on PostgreSQL")
