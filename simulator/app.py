"""Wiring: from settings to an application that serves the routes."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from simulator.certificates.trust import Trust
from simulator.edge.handling import compose, refusing
from simulator.http.admission import ADMISSION, Admission
from simulator.http.bodies import LARGEST
from simulator.http.endpoint import ADMIN_TOKEN, CONTEXT, ENDPOINTS, SETTINGS, STOPPING, TRUST
from simulator.http.request_context import SANDBOX_SEGMENT
from simulator.http.request_counts import REQUEST_COUNTS, RequestCounts
from simulator.http.router import Router
from simulator.http.server_log import ServerLog
from simulator.scenarios.library import Library
from simulator.services.context import AppContext
from simulator.services.control import readiness
from simulator.services.control.housekeeping import run_housekeeping
from simulator.services.device import sso_service
from simulator.services.observe.journal import Journal
from simulator.storage.engine.opening import open_engine

from . import routes
from .clock import SystemClock
from .ids import Ids
from .keys import Keys
from .settings import Settings

# Tokens and SAML answers travel in headers; anything longer than this is a mistake of the sender.
LONGEST_HEADER: Final = 64 * 1024
_HOUR: Final = 3_600_000
# Seconds in which the database has to take some of what is still to be written at the end.
_LAST: Final = 0.5


def create_app(
    settings: Settings, *, clock: SystemClock | None = None, trust: Trust | None = None
) -> web.Application:
    """An application with these settings; it opens its database when it starts.

    `trust` is what whoever listens for it shows on HTTPS.

    Starting raises `StorageError`, `DatabaseError`, `UnknownScenario` or `ScenarioError`.
    """
    counts = RequestCounts()
    app = web.Application(
        client_max_size=LARGEST,
        handler_args={
            "max_field_size": LONGEST_HEADER,
            "max_line_size": LONGEST_HEADER,
            # Else all of a body is unpacked, also where nobody reads it.
            "auto_decompress": False,
            "logger": ServerLog(counts),
        },
    )
    app[SETTINGS] = settings
    app[ENDPOINTS] = routes.ENDPOINTS
    app[REQUEST_COUNTS] = counts
    app[STOPPING] = asyncio.Event()
    app[TRUST] = trust or Trust()
    token = admin_token(settings)
    if token is not None:
        app[ADMIN_TOKEN] = token
    app[ADMISSION] = Admission(settings, token)
    app.router.register_resource(_routed(app))

    async def running(app: web.Application) -> AsyncIterator[None]:
        time = clock or SystemClock()
        engine = await open_engine(settings.db, time)
        try:
            ids = Ids()
            library = Library([settings.scenarios] if settings.scenarios else [])
            # Where the database is new, other threads make the keys while the scenario is read.
            loading = asyncio.create_task(Keys.load(engine, time, ids))
            try:
                await readiness.prepare(engine, time, library, settings.scenario)
            finally:
                # Nobody may be at work on the database when it is closed.
                await asyncio.gather(loading, return_exceptions=True)
            keys = loading.result()
            sso_service.introduce(engine, keys)
            simulator = AppContext(
                engine=engine,
                keys=keys,
                clock=time,
                ids=ids,
                journal=Journal(
                    engine,
                    time,
                    most=settings.journal_entries,
                    longest=settings.journal_hours * _HOUR,
                ),
                library=library,
                default_scenario=settings.scenario,
                most_sandboxes=settings.max_sandboxes,
            )
            app[CONTEXT] = simulator
            housekeeping = asyncio.create_task(run_housekeeping(simulator))
            journal_writer = asyncio.create_task(simulator.journal.run())
            yield
            housekeeping.cancel()
            simulator.journal.end()
            ending = [housekeeping, journal_writer]
            left = -1
            while not all(each.done() for each in ending) and left != simulator.journal.waiting:
                left = simulator.journal.waiting
                await asyncio.wait(ending, timeout=_LAST)
            journal_writer.cancel()
        finally:
            await engine.close()

    app.cleanup_ctx.append(running)
    app.on_shutdown.append(_stop_waiting)
    return app


async def _stop_waiting(app: web.Application) -> None:
    """End what would otherwise last for ever: streams of events, and requests that wait for one."""
    app[CONTEXT].journal.stop_waiting()


def _routed(app: web.Application) -> Router:
    """Every endpoint at its path, and where it works within a sandbox also below that one's."""
    router = Router(refusing(app))
    for endpoint in app[ENDPOINTS]:
        handle = compose(app, endpoint)
        router.add(endpoint.method, endpoint.path, handle)
        if endpoint.sandboxed:
            router.add(endpoint.method, f"/s/{{{SANDBOX_SEGMENT}}}{endpoint.path}", handle)
    for endpoint in routes.BELOW:
        handle = compose(app, endpoint)
        router.add_below(endpoint.path, handle)
        router.add_below(f"/s/{{{SANDBOX_SEGMENT}}}{endpoint.path}", handle)
    return router


def admin_token(settings: Settings) -> str | None:
    """The token that the admin API asks for; None on loopback, where it is open.

    Anywhere else there always is one: the configured, or else a fresh one.
    """
    if settings.admin_token or is_loopback(settings.host):
        return settings.admin_token
    return Ids().secret()


def is_loopback(host: str) -> bool:
    """Whether `host` is reachable from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
