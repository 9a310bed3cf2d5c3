"""A connection of sqlite3 with a thread of its own, by aiosqlite, whose private parts only this module knows.

aiosqlite has no public way to its connection, nor to ship a function of one's own to its thread.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

import aiosqlite

T = TypeVar("T")


class ConnectionThread:
    """The thread, and its connection `raw`; the event loop's thread and this one take turns at that."""

    def __init__(self, connection: aiosqlite.Connection, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self._connection = connection

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

    async def run(self, function: Callable[[], T]) -> T:
        """What `function` returns, or raises, in the thread."""
        result: T = await self._connection._execute(function)  # type: ignore[no-untyped-call]  # noqa: SLF001
        return result

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self._connection.close()
