"""A way to a PostgreSQL that can be shut: then it refuses, or nobody answers any more."""

import asyncio
from asyncio import Server, StreamReader, StreamWriter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

from sqlalchemy import URL, make_url


class Gate:
    """The address to connect to instead of the server's; it is open at first."""

    def __init__(self, real: URL) -> None:
        self._real = real
        self.held = False
        """Whether somebody says something that is not let through."""
        self._server: Server | None = None
        self._port = 0
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._ways: set[asyncio.Task[None]] = set()
        self._ends: set[StreamWriter] = set()

    @classmethod
    @asynccontextmanager
    async def before(cls, url: str) -> AsyncIterator[Self]:
        """A gate before the server of `url`; whoever uses it is gone when the block ends."""
        gate = cls(make_url(url))
        await gate.open()
        try:
            yield gate
        finally:
            await gate.refuse()

    @property
    def url(self) -> str:
        """What to give as `--db`."""
        there = self._real.set(host="127.0.0.1", port=self._port)
        plain = there.update_query_dict({"sslmode": "disable"})
        return plain.render_as_string(hide_password=False)

    async def open(self) -> None:
        """Let everything through again, but for connections that were made before."""
        self._drop()
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    def hush(self) -> None:
        """Take connections, and let nothing through in either direction."""
        self._flowing.clear()

    async def refuse(self) -> None:
        """Take no connection, and end those that there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._flowing.set()
        self._drop()
        while self._ways:
            await asyncio.wait(self._ways)
            self._drop()
        # What was aborted is closed in the next round of the loop.
        await asyncio.sleep(0)

    def _drop(self) -> None:
        for each in self._ends:
            each.transport.abort()

    async def _connected(self, near: StreamReader, answers: StreamWriter) -> None:
        self._ends.add(answers)
        await self._noted(self._pass_both_ways(near, answers))

    async def _noted(self, way: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(way)
        self._ways.add(task)
        task.add_done_callback(self._ways.discard)
        await task

    async def _pass_both_ways(self, near: StreamReader, answers: StreamWriter) -> None:
        await self._flowing.wait()
        if answers.transport.is_closing():
            return
        host, port = self._real.host or "localhost", self._real.port or 5432
        far, asked = await asyncio.open_connection(host, port)
        self._ends.add(asked)
        await asyncio.gather(self._pass_on(near, asked), self._pass_on(far, answers))

    async def _pass_on(self, read: StreamReader, write: StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await read.read(65_536):
                self.held = not self._flowing.is_set()
                await self._flowing.wait()
                write.write(data)
                await write.drain()
        write.transport.abort()
        self._ends.discard(write)
