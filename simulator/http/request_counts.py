"""The requests of an application so far: how many there were, and how long they took."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from aiohttp import web

from simulator.domain.histogram import Histogram

from .documented import documentation_of
from .endpoint import Endpoint

# Seconds. A request is a millisecond of work, unless the disk is slow or a fault holds it up.
BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Labels(NamedTuple):
    """What requests are told apart by: few values each, so never a sandbox or a device."""

    surface: str
    operation: str
    status: str


class RequestCounts:
    """The requests of one application so far, and those under way."""

    __slots__ = ("_histograms", "_idle", "under_way")

    def __init__(self) -> None:
        self.under_way = 0
        self._idle: asyncio.Event | None = None
        # By the handler that was routed to, which hashes in no time, and the class of the status.
        self._histograms: dict[tuple[Any, int], Histogram] = {}

    def leave(self) -> None:
        """Count one less under way."""
        self.under_way -= 1
        if self._idle is not None and not self.under_way:
            self._idle.set()

    async def idle(self) -> None:
        """Wait until no request is under way."""
        if self.under_way:
            self._idle = asyncio.Event()
            await self._idle.wait()

    def add(self, handler: object, status: int, seconds: float) -> None:
        """Count a request that is over; the status 0 stands for a client that went away."""
        key = (handler, status // 100)
        histogram = self._histograms.get(key)
        if histogram is None:
            histogram = self._histograms[key] = Histogram(BOUNDS)
        histogram.add(seconds)

    def by_labels(self, endpoints: dict[Any, Endpoint]) -> Iterator[tuple[Labels, Histogram]]:
        """The requests by their labels; what was routed nowhere is the operation "none"."""
        found: dict[Labels, Histogram] = {}
        for (handler, group), histogram in self._histograms.items():
            labels = _labels(endpoints.get(handler), group)
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
