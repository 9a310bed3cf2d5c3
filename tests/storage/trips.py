"""How often a client of PostgreSQL waits for it: a proxy that counts."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from sqlalchemy import make_url

_LENGTH = 4


class Trips:
    """The address to connect to instead, and how many round trips were made there by now."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.count = 0
        self._ways: list[asyncio.Task[None]] = []

    @classmethod
    @asynccontextmanager
    async def counted(cls, url: str) -> AsyncIterator[Self]:
        """A proxy before the server of `url`; whoever uses it is gone when the block ends."""
        real, found = make_url(url), cls(url)

        async def connected(near: StreamReader, answers: StreamWriter) -> None:
            far, asked = await asyncio.open_connection(real.host or "localhost", real.port or 5432)
            for way in (found._ask(near, asked), _pass_on(far, answers)):
                found._ways.append(asyncio.create_task(way))

        async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            there = real.set(host="127.0.0.1", port=port).update_query_dict({"ssl": "disable"})
            found.url = there.render_as_string(hide_password=False)
            yield found
            await asyncio.gather(*found._ways)

    async def _ask(self, near: StreamReader, asked: StreamWriter) -> None:
        try:
            # What a connection begins with has no type.
            kind = b""
            while True:
                length = await near.readexactly(_LENGTH)
                rest = await near.readexactly(int.from_bytes(length) - _LENGTH)
                asked.write(kind + length + rest)
                # A query by itself, or the end of a prepared one: the server answers to either.
                self.count += kind in {b"Q", b"S"}
                kind = await near.readexactly(1)
        except asyncio.IncompleteReadError:
            asked.close()
            await asked.wait_closed()


async def _pass_on(far: StreamReader, answers: StreamWriter) -> None:
    while read := await far.read(65_536):
        answers.write(read)
    answers.close()
    await answers.wait_closed()
