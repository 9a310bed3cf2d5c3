"""The transport of the asynchronous client: aiohttp."""

import asyncio
from typing import TYPE_CHECKING, Any

from pass_simulator.errors import NoResponse

from .calls import Async, Flow, Transport
from .messages import CONNECT_TIMEOUT, Pause, Request, Response, is_success, no_response

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession


class AsyncTransport(Transport[Async]):
    """Runs flows in whichever event loop awaits them; there is nothing to open or to close.

    Each request has a session and a connection of its own, which belong to no loop for longer.
    """

    async def run(self, flow: Flow[Any]) -> Any:  # noqa: ANN401 - the flow's result
        """The result of `flow`. Raises what it raises, and `NoResponse`."""
        try:
            step = next(flow)
            while True:
                try:
                    response = await self._do(step)
                except NoResponse as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(response)
        except StopIteration as end:
            return end.value

    async def _do(self, step: Request | Pause) -> Response | None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        return await self._send(step)

    async def _send(self, request: Request) -> Response:
        from aiohttp import ClientError, ClientTimeout
        from yarl import URL

        scheme, _, _ = request.address
        timeout = ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT, sock_read=request.timeout)
        try:
            async with (
                _session() as session,
                session.request(
                    request.method,
                    URL(request.url, encoded=True),
                    headers=request.headers,
                    data=request.body,
                    allow_redirects=False,
                    timeout=timeout,
                    ssl=self.trust() if scheme == "https" else True,
                    # What a device sends is for the caller to say.
                    skip_auto_headers=("User-Agent", "Content-Type"),
                ) as response,
            ):
                return Response(
                    url=request.url,
                    status=response.status,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=await _read(response, request),
                )
        except (ClientError, OSError) as error:
            raise no_response(request, error) from error


def _session() -> "ClientSession":
    from aiohttp import ClientSession, DummyCookieJar, TCPConnector

    session = ClientSession(connector=TCPConnector(force_close=True), cookie_jar=DummyCookieJar())
    # A GET whose connection is cut would silently be sent a second time, which hides the very
    # fault that cut it. aiohttp's own test client does the same; there is no public switch.
    session._retry_connection = False  # noqa: SLF001
    return session


async def _read(response: "ClientResponse", request: Request) -> bytes:
    """The body, empty where its lines go to `on_line`."""
    if request.on_line is None or not is_success(response.status):
        return await response.read()
    async for line in response.content:
        request.on_line(line)
    return b""
