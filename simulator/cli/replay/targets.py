"""Where a bundle is replayed: a sandbox of its own in a running simulator, or a simulator of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ssl import SSLContext
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, web
from multidict import CIMultiDict
from yarl import URL

from pass_simulator.errors import AdminError, SimulatorError
from pass_simulator.transport.async_transport import AsyncTransport
from pass_simulator.transport.connection import Connection
from simulator.cli.exits import NO, CliExit
from simulator.cli.options import Elsewhere
from simulator.cli.remote import refusal, trust, why

# Where a request hangs, a replay does not.
_PATIENCE: Final = 10.0
# A large world takes its time to be seeded.
_ADMIN_TIMEOUT: Final = 300.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back; `status` is None where nothing did."""

    status: int | None
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A sandbox to replay in."""

    session: ClientSession
    origin: str
    sandbox: str
    admin_token: str | None = None
    tls: SSLContext | None = None

    async def admin(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """The answer of the admin API. Raises `CliExit` with what a refusal says."""
        connection = Connection(
            transport=AsyncTransport(tls=self.tls, session=self.session),
            instance=self.origin,
            admin_token=self.admin_token,
            sandbox=self.sandbox,
            binding="header",
            timeout=_ADMIN_TIMEOUT,
            follow_redirects=True,
        )
        flow = connection.admin(method, path.removeprefix("/"), body)
        try:
            return await connection.transport.run(flow)
        except AdminError as error:
            raise refusal(error) from error
        except SimulatorError as error:
            raise CliExit(f"{self.origin} does not answer: {why(error)}") from error

    async def ask(
        self, method: str, path: str, headers: CIMultiDict[str], body: bytes | None
    ) -> Answer:
        """The answer to a request of a device; `path` goes out exactly as it is."""
        headers = headers.copy()
        headers["X-Sim-Sandbox"] = self.sandbox
        try:
            async with self.session.request(
                method,
                URL(f"{self.origin}{path}", encoded=True),
                headers=headers,
                data=body,
                allow_redirects=False,
                timeout=ClientTimeout(total=_PATIENCE),
                ssl=self.tls or True,
                skip_auto_headers=("Content-Type", "User-Agent"),
            ) as response:
                text = await response.text(errors="replace")
                return Answer(status=response.status, headers=response.headers.copy(), text=text)
        except (ClientError, TimeoutError, ConnectionError):
            return Answer(status=None, headers={}, text="")


@asynccontextmanager
async def target(elsewhere: Elsewhere) -> AsyncIterator[Target]:
    """A fresh sandbox, or, where no simulator is named, the only one of one in memory. Raises `CliExit`."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        place = elsewhere.place
        if place is None:
            async with _in_memory() as origin:
                yield Target(session=session, origin=origin, sandbox="default")
            return
        outside = Target(
            session=session,
            origin=place.url.rstrip("/"),
            sandbox="",
            admin_token=place.admin_token,
            tls=trust(place),
        )
        made = await outside.admin("POST", "/sandboxes", {})
        yield replace(outside, sandbox=made["id"])


@asynccontextmanager
async def _in_memory() -> AsyncIterator[str]:
    from simulator.app import create_app
    from simulator.settings import Settings

    app = create_app(Settings(db=":memory:", host="127.0.0.1"))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    try:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    except OSError as error:
        raise CliExit(f"No port can be opened: {error.strerror}.", status=NO) from error
    finally:
        await runner.cleanup()
