"""A connection of sqlite3 with a thread of its own."""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Self, TypeVar

T = TypeVar("T")

Done = Callable[[Any, BaseException | None], None]
"""Takes what a function returned, else None and what it raised."""


class ConnectionThread:
    """The thread, and its connection `raw`; the event loop's thread and this one take turns at that."""

    raw: sqlite3.Connection

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[tuple[Callable[[], Any], Done] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="sqlite")
        self._thread.start()

    @classmethod
    async def open(cls, path: Path | None) -> Self:
        """Connect, without transactions of its own accord; `path` None is a database in memory."""
        thread = cls()
        connect = partial(
            sqlite3.connect, path or ":memory:", isolation_level=None, check_same_thread=False
        )
        try:
            thread.raw = await thread.run(connect)
        except BaseException:
            thread._end()
            raise
        return thread

    def hand_over(self, function: Callable[[], T], done: Done) -> None:
        """Call `function` in the thread, and then `done` in the event loop's."""
        self._jobs.put((function, done))

    async def run(self, function: Callable[[], T]) -> T:
        """What `function` returns, or raises, in the thread."""
        future: asyncio.Future[T] = self._loop.create_future()
        self.hand_over(function, partial(_resolve, future))
        return await future

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self.run(self.raw.close)
        self._end()

    def _end(self) -> None:
        # At once: the event loop may be closed next, which the thread would still call.
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while job := self._jobs.get():
            function, done = job
            result, error = None, None
            try:
                result = function()
            except BaseException as raised:  # noqa: BLE001 - it travels to whoever waits
                error = raised
            self._loop.call_soon_threadsafe(done, result, error)
            # Nothing is held on to while there is nothing to do.
            del job, function, done, result, error


def _resolve(future: "asyncio.Future[T]", result: T, error: BaseException | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
