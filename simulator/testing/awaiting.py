"""The driver of the awaiting client: aiohttp."""

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

from .errors import NoAnswer
from .flows import Answer, Awaiting, Driver, Flow, Pause, Request

if TYPE_CHECKING:
    from aiohttp import ClientSession


class AwaitingDriver(Driver[Awaiting]):
    """Runs flows in whichever event loop awaits them; there is nothing to open or to close.

    Each request has a session and a connection of its own, which belong to no loop for longer.
    """

    def __init__(self, cafile: str | None = None) -> None:
        self._cafile = cafile
        self._tls: ssl.SSLContext | None = None

    async def run(self, flow: Flow[Any]) -> Any:  # noqa: ANN401 - the flow's result
        """The result of `flow`. Raises what it raises, and `NoAnswer`."""
        try:
            step = next(flow)
            while True:
                try:
                    answer = await self._do(step)
                except NoAnswer as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            return end.value

    async def _do(self, step: Request | Pause) -> Answer | None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        return await self._send(step)

    async def _send(self, request: Request) -> Answer:
        from aiohttp import ClientError, ClientTimeout
        from yarl import URL

        try:
            async with (
                self._session(request) as session,
                session.request(
                    request.method,
                    URL(request.url, encoded=True),
                    headers=request.headers,
                    data=request.body,
                    allow_redirects=False,
                    timeout=ClientTimeout(total=None, sock_connect=10, sock_read=request.timeout),
                ) as response,
            ):
                return Answer(
                    url=request.url,
                    status=response.status,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=await response.read(),
                )
        except (ClientError, OSError) as error:
            raise NoAnswer(request.url, str(error) or type(error).__name__) from error

    def _session(self, request: Request) -> "ClientSession":
        from aiohttp import ClientSession, DummyCookieJar, TCPConnector

        if request.url.startswith("https:") and self._tls is None:
            self._tls = ssl.create_default_context(cafile=self._cafile)
        session = ClientSession(
            connector=TCPConnector(force_close=True, ssl=self._tls or True),
            cookie_jar=DummyCookieJar(),
            # What a device sends is for the caller to say.
            skip_auto_headers=("User-Agent", "Content-Type"),
        )
        # A GET whose connection is cut would silently be sent a second time, which hides the very
        # fault that cut it. aiohttp's own test client does the same; there is no public switch.
        session._retry_connection = False  # noqa: SLF001
        return session
