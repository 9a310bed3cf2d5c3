"""The load generator: a script, run so and so often over some connections, in a process of its own."""

import asyncio
import gc
import multiprocessing
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from simulator.cli.server.loops import run
from simulator.clock import SystemClock

from .processes import Watched
from .wire import Wire

CLOCK: Final = SystemClock()

Script = Callable[[Wire, int], Awaitable[None]]
"""Does one piece of work, the one of this number, over a connection that no other script uses."""


@dataclass(frozen=True, kw_only=True)
class Driven:
    """How long each piece of work took, how many seconds all of them, and how many calls they were."""

    latencies: tuple[float, ...]
    seconds: float
    calls: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A run of one script; latencies in milliseconds, `cpu` in microseconds of the server's per piece."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    calls: float

    @classmethod
    def of(cls, driven: Driven, cpu: float) -> "Measured":
        """From what the driver saw and the seconds of processor time that the server used."""
        pieces = len(driven.latencies)
        return cls(
            per_second=pieces / driven.seconds,
            p50=median(driven.latencies) * 1e3,
            p99=quantiles(driven.latencies, n=100)[98] * 1e3,
            cpu=cpu / pieces * 1e6,
            calls=driven.calls / pieces,
        )

    @classmethod
    def typical(cls, rounds: list["Measured"]) -> "Measured":
        """The median of each figure."""
        return cls(
            per_second=median(each.per_second for each in rounds),
            p50=median(each.p50 for each in rounds),
            p99=median(each.p99 for each in rounds),
            cpu=median(each.cpu for each in rounds),
            calls=median(each.calls for each in rounds),
        )


async def _drive(origin: str, script: Script, numbers: range, connections: int) -> Driven:
    wires = await asyncio.gather(*(Wire.to(origin) for _ in range(connections)))
    left, latencies = iter(numbers), []

    async def work(wire: Wire) -> None:
        for number in left:
            began = CLOCK.elapsed()
            await script(wire, number)
            latencies.append(CLOCK.elapsed() - began)

    gc.disable()
    began = CLOCK.elapsed()
    await asyncio.gather(*(work(wire) for wire in wires))
    seconds = CLOCK.elapsed() - began
    gc.enable()
    for wire in wires:
        wire.close()
    return Driven(
        latencies=tuple(latencies), seconds=seconds, calls=sum(wire.calls for wire in wires)
    )


def _driven(origin: str, script: Script, numbers: range, connections: int) -> Driven:
    return run(_drive(origin, script, numbers, connections))


@dataclass(frozen=True, kw_only=True)
class Driver:
    """Drives servers from the other process."""

    pool: ProcessPoolExecutor

    def drive(
        self, server: Watched, script: Script, numbers: range, *, connections: int
    ) -> Measured:
        """Run `script` once for each of `numbers` and say what it took."""
        before = server.cpu()
        job = self.pool.submit(_driven, server.origin, script, numbers, connections)
        driven = job.result()
        return Measured.of(driven, server.cpu() - before)


@contextmanager
def driving() -> Iterator[Driver]:
    """A driver, its process begun."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        pool.submit(int).result()
        yield Driver(pool=pool)
