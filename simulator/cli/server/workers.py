"""Several workers on one port: processes that serve the same PostgreSQL, started and stopped as one.

The system spreads connections over them. Whichever of them a request reaches, the state is the same:
a worker keeps none of its own that another one may change. SQLite has one writer, which one process
serves best.
"""

import asyncio
import json
import logging
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from typing import Final

from simulator.app import admin_token
from simulator.settings import Settings
from simulator.storage.engine.locations import SqliteLocation, locate

from .listening import Unopened, shown_host

log: Final = logging.getLogger("simulator")

READY: Final = "ready"
"""What a worker's only line says once it listens; else it is a problem, as JSON."""

Problem = tuple[str, str]


async def lead(settings: Settings) -> Problem | None:
    """Serve with `settings.workers` processes until a signal; what to tell the user when that fails."""
    if isinstance(locate(settings.db), SqliteLocation):
        message = f"{settings.workers} workers need PostgreSQL: SQLite has one writer"
        return message, "Leave --workers out, or give --db postgresql+asyncpg://…"
    if settings.admin_token is None and (token := admin_token(settings)):
        settings = settings.model_copy(update={"admin_token": token})
        print(f"admin token: {token}", file=sys.stderr, flush=True)
    try:
        held = [_held(settings, "port", settings.port)]
        if settings.tls == "auto" or settings.tls_cert:
            held.append(_held(settings, "tls-port", settings.tls_port))
    except Unopened as error:
        return error.message, error.hint
    ports = dict(zip(("port", "tls_port"), (each.getsockname()[1] for each in held), strict=False))
    workers = _Workers(settings.model_copy(update=ports))
    try:
        return await workers.serve()
    finally:
        await workers.end()
        for each in held:
            each.close()


def _held(settings: Settings, flag: str, port: int) -> socket.socket:
    """A port that nobody else listens on, and that the workers can share. Raises `Unopened`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            # Without sharing: whoever is there already has to be noticed.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, port))
            port = probe.getsockname()[1]
        held = socket.socket(family)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((settings.host, port))
    except OSError as error:
        raise Unopened(flag, settings.host, port, error) from error
    return held


class _Workers:
    """The workers, and the signals that stop them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workers: list[Process] = []
        self._stopping = asyncio.Event()

    async def serve(self) -> Problem | None:
        """Start everybody, say so once, and wait for a signal, or for one of them to fail."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self._stop)
        # The first one makes what they share: the tables, the keys and the scenario's world.
        for few in (1, self._settings.workers - 1):
            problems = await asyncio.gather(*(self._start() for _ in range(few)))
            if found := next((each for each in problems if each), None):
                return None if self._stopping.is_set() else found
        where = f"http://{shown_host(self._settings.host)}:{self._settings.port}"
        print(f"pass-simulator ready on {where}", flush=True)
        ends = {asyncio.create_task(each.wait()) for each in self._workers}
        ended, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if self._stopping.is_set():
            await asyncio.wait(ends)
            return None
        status = next(iter(ended)).result()
        return (
            f"a worker ended with status {status}, so the others are stopped",
            "See its log above.",
        )

    def _stop(self) -> None:
        """Pass a signal on: the first asks for a stop in good order, the second for one at once."""
        self._stopping.set()
        for each in self._workers:
            if each.returncode is None:
                each.terminate()

    async def _start(self) -> Problem | None:
        """Start a worker and wait until it listens; its problem, when it cannot."""
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "simulator.cli.server.worker"),
            stdin=PIPE,
            stdout=PIPE,
            # Whoever interrupts us from a terminal would otherwise tell each of them as well.
            start_new_session=True,
        )
        self._workers.append(worker)
        if worker.stdin is None or worker.stdout is None:
            raise RuntimeError("a worker without pipes")
        # Not closed: that it is open tells the worker that we live.
        worker.stdin.write(self._settings.model_dump_json(exclude_unset=True).encode() + b"\n")
        line = (await worker.stdout.readline()).decode().strip()
        if line == READY:
            return None
        message, hint = json.loads(line) if line else ("a worker ended before it was ready", "")
        return str(message), str(hint)

    async def end(self) -> None:
        """Wait until nobody is left."""
        self._stop()
        await asyncio.gather(*(each.wait() for each in self._workers))
