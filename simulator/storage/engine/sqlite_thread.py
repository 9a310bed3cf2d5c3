"""A connection of sqlite3 with a thread of its own, by aiosqlite, whose private parts only this module knows.

aiosqlite has no public way to its connection, nor to ship a function of one's own to its thread.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

T = TypeVar("T")

Done = Callable[[Any, BaseException | None], None]
"""Takes what a function returned, else None and what it raised."""


class ConnectionThread:
    """The thread, and its connection `raw`; the event loop's thread and this one take turns at that."""

    def __init__(self, connection: aiosqlite.Connection, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self._connection = connection
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._jobs = connection._tx  # noqa: SLF001 - see above

    @classmethod
    async def open(cls, path: Path | None) -> Self:
        """Connect, without transactions of its own accord; `path` None is a database in memory."""
        connection = aiosqlite.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False
        )
        try:
            await connection
        except BaseException:
            # On its way out the thread still calls the event loop, which must not be closed by then.
            connection._thread.join()  # noqa: SLF001 - aiosqlite does not wait for it
            raise
        return cls(connection, connection._conn)  # noqa: SLF001 - see above

    def hand_over(self, function: Callable[[], T], done: Done) -> None:
        """Call `function` in the thread, and then `done` in the event loop's.

        Raises `sqlite3.ProgrammingError` once the connection is closed.
        """
        self._call(function).add_done_callback(partial(_report, done))

    async def run(self, function: Callable[[], T]) -> T:
        """What `function` returns, or raises, in the thread."""
        return await self._call(function)

    def _call(self, function: Callable[[], T]) -> "asyncio.Future[T]":
        if self._closed:
            message = "the connection is closed"
            raise sqlite3.ProgrammingError(message)
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put_nowait((future, function))
        return future

    async def close(self) -> None:
        """Close the connection and end the thread."""
        self._closed = True
        await self._connection.close()


def _report(done: Done, future: "asyncio.Future[Any]") -> None:
    error = future.exception()
    done(None if error else future.result(), error)
