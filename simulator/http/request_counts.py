"""The requests of an application so far: how many there were, and how long they took."""

import asyncio
from collections.abc import Iterator
from typing import Final, NamedTuple

from aiohttp import web

from simulator.domain.histogram import Histogram

from .documented import documentation_of
from .endpoint import Endpoint

# Seconds. A request is a millisecond of work, unless the disk is slow or a fault holds it up.
BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


Times = dict[int, Histogram]
"""How long the requests to one endpoint took, by the class of their status."""


class Labels(NamedTuple):
    """What requests are told apart by: few values each, so never a sandbox or a device."""

    surface: str
    operation: str
    status: str


class RequestCounts:
    """The requests of one application so far, and those under way.

    `malformed` is how often something was sent that is no HTTP, so that nobody saw it as a request.
    """

    __slots__ = ("_idle", "_times", "malformed", "under_way")

    def __init__(self) -> None:
        self.under_way = self.malformed = 0
        self._idle: asyncio.Event | None = None
        self._times: list[tuple[Endpoint | None, Times]] = []

    def times_of(self, endpoint: Endpoint | None) -> Times:
        """Where the requests to `endpoint` are to be added; None for what is served nowhere."""
        times: Times = {}
        self._times.append((endpoint, times))
        return times

    def leave(self, times: Times, status: int, seconds: float) -> None:
        """Count a request that is over; the status 0 stands for a client that went away."""
        self.under_way -= 1
        if self._idle is not None and not self.under_way:
            self._idle.set()
        histogram = times.get(status // 100)
        if histogram is None:
            histogram = times[status // 100] = Histogram(BOUNDS)
        histogram.add(seconds)

    async def idle(self) -> None:
        """Wait until no request is under way."""
        if self.under_way:
            self._idle = asyncio.Event()
            await self._idle.wait()

    def by_labels(self) -> Iterator[tuple[Labels, Histogram]]:
        """The requests by their labels; what was routed nowhere is the operation "none"."""
        found: dict[Labels, Histogram] = {}
        for endpoint, times in self._times:
            for group, histogram in times.items():
                labels = _labels(endpoint, group)
                found.setdefault(labels, Histogram(BOUNDS)).take_in(histogram)
        yield from sorted(found.items(), key=lambda each: each[0])


def _labels(endpoint: Endpoint | None, group: int) -> Labels:
    status = f"{group}xx" if group else "cancelled"
    if endpoint is None:
        return Labels("none", "none", status)
    doc = documentation_of(endpoint.handler)
    operation = endpoint.operation or (doc.name if doc else f"{endpoint.method} {endpoint.path}")
    return Labels(endpoint.surface.name.lower(), operation, status)


REQUEST_COUNTS: Final = web.AppKey("observed", RequestCounts)
