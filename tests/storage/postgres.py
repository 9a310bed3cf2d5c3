"""Somebody else's session on a PostgreSQL database, beside those of the simulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import make_url

_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_PATIENCE = 60


class Session:
    """A connection that does what it is told, and can tell what the others do."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - asyncpg has no types
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str) -> AsyncIterator[Self]:
        plain = make_url(url).set(drivername="postgresql")
        connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
        try:
            yield cls(connection)
        finally:
            await connection.close()

    async def execute(self, sql: str, *values: object) -> None:
        await self._connection.execute(sql, *values)

    async def column(self, sql: str) -> list[Any]:
        return [row[0] for row in await self._connection.fetch(sql)]

    @asynccontextmanager
    async def holding(self, sql: str, *values: object) -> AsyncIterator[None]:
        """Execute `sql` in a transaction that is committed when the block ends."""
        async with self._connection.transaction():
            await self.execute(sql, *values)
            yield

    async def until_waiting(self, number: int = 1) -> None:
        """Return when as many sessions as `number` wait for a lock."""
        async with asyncio.timeout(_PATIENCE):
            while (await self.column(_WAITING))[0] < number:
                # Within a transaction the statistics stand still until they are let go of.
                await self.execute("SELECT pg_stat_clear_snapshot()")

    async def until_alone(self) -> None:
        """Return when no other session is left; the server notices a closed one a moment later."""
        async with asyncio.timeout(_PATIENCE):
            while (await self.column(_OTHERS))[0]:
                pass
