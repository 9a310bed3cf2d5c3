"""A stop that loses nothing: no longer ready, then finishing what is under way, then closing."""

import asyncio
import logging
import signal
from typing import Final

from aiohttp import web

from simulator.http.endpoint import CONTEXT, STOPPING
from simulator.http.request_counts import REQUEST_COUNTS

log: Final = logging.getLogger("simulator")

CUT: Final = 0.2
"""Seconds that an answer which is being sent gets at the very end; what still hangs is cut off."""


class Stop:
    """The signals to stop: the first asks for a stop in good order, the second for one at once."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._at_once = asyncio.Event()

    def listen(self) -> None:
        """Take the signals from now on."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self.ask)

    def ask(self) -> None:
        """Ask for a stop, as a signal does."""
        (self._at_once if self._asked.is_set() else self._asked).set()

    async def asked(self) -> None:
        """Wait for the first signal."""
        await self._asked.wait()

    async def drain(self, app: web.Application, runner: web.AppRunner, seconds: float) -> None:
        """Finish the requests under way, within `seconds` or until the second signal.

        In the first half of the time the listener stays open, so that a load balancer can see that
        the instance is no longer ready and sends nobody any more. After that nobody can come in.
        """
        observed = app[REQUEST_COUNTS]
        app[STOPPING].set()
        app[CONTEXT].journal.stop_waiting()
        log.info("stopping: %d requests under way", observed.under_way)
        if observed.under_way:
            await self._idle(app, seconds / 2)
        for site in list(runner.sites):
            await site.stop()
        await self._idle(app, seconds / 2)
        if observed.under_way:
            log.warning("stopped with %d requests under way", observed.under_way)

    async def _idle(self, app: web.Application, seconds: float) -> None:
        """Wait until no request is under way, the time is over, or there is no time any more."""
        tasks = [
            asyncio.create_task(each) for each in (app[REQUEST_COUNTS].idle(), self._at_once.wait())
        ]
        try:
            await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.wait(tasks)
