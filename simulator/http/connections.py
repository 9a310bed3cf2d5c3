"""The connections of a server: how many there can be, and how long each may keep us waiting."""

import asyncio
import logging
import sys
from ssl import SSLContext
from typing import Final

from aiohttp import StreamReader, web

from simulator.settings import Settings

if sys.platform != "win32":
    import resource

log: Final = logging.getLogger("simulator")

_MOST: Final = 10_000
# Files that are open besides: the database, listeners, what a request reads.
_RESERVE: Final = 64
_WARNED_EVERY: Final = 60.0
_ALL_BUSY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Content-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"
)


class SlowBody(TimeoutError):  # noqa: N818 - named for what happened
    """Nothing more came of a body, or its end did not come in time."""


class Runner(web.AppRunner):
    """Runs an application with bounds to its connections."""

    def __init__(
        self, app: web.Application, settings: Settings, *, shutdown_timeout: float
    ) -> None:
        super().__init__(
            app,
            access_log=None,
            shutdown_timeout=shutdown_timeout,
            keepalive_timeout=settings.idle_seconds,
        )
        self._settings = settings

    async def _make_server(self) -> web.Server:
        return _BoundedServer(await super()._make_server(), self._settings)


class Site(web.TCPSite):
    """A port of `runner`, where the handshake of TLS has as long as a first request."""

    def __init__(
        self, runner: Runner, settings: Settings, port: int, context: SSLContext | None
    ) -> None:
        super().__init__(runner, settings.host, port, ssl_context=context)
        self._settings = settings

    async def start(self) -> None:
        """See aiohttp, which has no parameter for it. Raises `OSError`."""
        await web.BaseSite.start(self)
        server = self._runner.server
        assert server is not None  # noqa: S101 - the runner was set up
        self._server = await asyncio.get_running_loop().create_server(
            server,
            self._settings.host,
            self._port,
            ssl=self._ssl_context,
            backlog=self._backlog,
            reuse_port=self._settings.reuse_port or None,
            ssl_handshake_timeout=self._settings.head_seconds if self._ssl_context else None,
        )


class _BoundedServer(web.Server):
    """`made`, which knows of each of its connections whether it is idle, and since when.

    aiohttp itself closes those that are kept too long after an answer.
    """

    def __init__(self, made: web.Server, settings: Settings) -> None:
        # All that aiohttp made of the application's own options.
        vars(self).update(vars(made))
        self.request_handler = self._handle
        self._made = made
        self._most = settings.max_connections or most_connections()
        self._patience = settings.head_seconds
        self._longest_body = settings.body_seconds
        self._busy: set[web.RequestHandler] = set()
        # In the order in which they became idle.
        self._idle: dict[web.RequestHandler, None] = {}
        self._heads: dict[web.RequestHandler, asyncio.TimerHandle] = {}
        # What was still to be sent when it was looked at last.
        self._unsent: dict[web.RequestHandler, int] = {}
        self._looking: asyncio.TimerHandle | None = None
        self._warned = -_WARNED_EVERY

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """See aiohttp: another connection, which has to send its first request in time."""
        super().connection_made(handler, transport)
        self._idle[handler] = None
        loop = asyncio.get_running_loop()
        self._heads[handler] = loop.call_later(self._patience, handler.force_close)
        if self._looking is None:
            self._looking = loop.call_later(self._patience, self._look)
        while len(self._idle) + len(self._busy) > self._most:
            self._close_one(handler)

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        """See aiohttp: a connection is gone."""
        super().connection_lost(handler, exc)
        self._forget(handler)
        self._busy.discard(handler)

    def _forget(self, connection: web.RequestHandler) -> None:
        self._idle.pop(connection, None)
        if (head := self._heads.pop(connection, None)) is not None:
            head.cancel()

    def _look(self) -> None:
        """Close connections whose peer has taken nothing of an answer since the last look."""
        unsent: dict[web.RequestHandler, int] = {}
        for connection in (*self._busy, *self._idle):
            transport = connection.transport
            if transport is None or not (size := transport.get_write_buffer_size()):
                continue
            if self._unsent.get(connection) == size:
                log.debug("a client does not take what it asked for, so its connection is closed")
                transport.abort()
            else:
                unsent[connection] = size
        self._unsent = unsent
        self._looking = None
        if self._busy or self._idle:
            loop = asyncio.get_running_loop()
            self._looking = loop.call_later(self._patience, self._look)

    def _close_one(self, newest: web.RequestHandler) -> None:
        """Close the connection that has been idle the longest: the newest, where all others are busy."""
        longest = next(iter(self._idle))
        self._forget(longest)
        now = asyncio.get_running_loop().time()
        if now - self._warned >= _WARNED_EVERY:
            self._warned = now
            log.warning(
                "there are %d connections: %s; --max-connections says how many there can be",
                self._most,
                "all are in use, so new ones are turned away"
                if longest is newest
                else "those that are idle the longest are closed for new ones",
            )
        if longest.transport is None:
            return
        if longest is newest:
            longest.transport.write(_ALL_BUSY)
            longest.force_close()
        else:
            # A peer that is not there would be waited for.
            longest.transport.abort()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        self._forget(connection)
        self._busy.add(connection)
        if request.body_exists and not request.content.is_eof():
            _watch(request.content, connection, self._patience, self._longest_body)
        try:
            return await self._made.request_handler(request)
        finally:
            if connection in self._busy:
                self._busy.discard(connection)
                self._idle[connection] = None


def most_connections() -> int:
    """How many connections the open files allow that the process may have."""
    if sys.platform == "win32":
        # It counts no open files.
        return _MOST
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return _MOST
    return min(_MOST, max(files - _RESERVE, files // 2))


def _watch(
    body: StreamReader, connection: web.RequestHandler, seconds: float, longest: float
) -> None:
    """Let whoever reads `body` get a `SlowBody`.

    That is when for `seconds` nothing more of it has come, or after `longest` seconds not all of it.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + longest

    def look(seen: int) -> None:
        transport = connection.transport
        if body.is_eof() or body.exception() is not None or transport is None:
            return
        late = body.total_bytes == seen or loop.time() >= end
        # Where we are the ones who do not read, the client need not hurry.
        if late and transport.is_reading():
            body.set_exception(SlowBody())
        else:
            loop.call_later(next_look(), look, body.total_bytes)

    def next_look() -> float:
        # Another one that comes too soon would find nothing new and call it late.
        return min(seconds, end - loop.time()) if loop.time() < end else seconds

    loop.call_later(next_look(), look, body.total_bytes)
