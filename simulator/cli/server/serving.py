"""Running the server: settings in, one ready line out, a clean stop."""

import asyncio
import gc
import logging
import os
import sys
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from pydantic import ValidationError

from simulator.app import create_app, is_loopback
from simulator.certificates.errors import CertificateError
from simulator.cli.addresses import shown_host
from simulator.cli.exits import CliExit
from simulator.clock import SystemClock
from simulator.http.connections import Runner
from simulator.http.endpoint import ADMIN_TOKEN
from simulator.scenarios.library import UnknownScenario
from simulator.settings import Settings, load_settings, service_links
from simulator.storage.engine.locations import SqliteLocation, locate
from simulator.storage.engine.opening import explained, open_engine
from simulator.storage.errors import DatabaseError, StorageError
from simulator.validation.problems import ScenarioError

from . import logs
from .listening import Ports, Unopened
from .setting_problems import setting_problems
from .stopping import CUT, Stop

log: Final = logging.getLogger("simulator")


async def run(flags: dict[str, Any], config: Path | None) -> None:
    """Serve until a signal. Raises `CliExit` when it cannot start."""
    settings = settings_from(flags, config)
    logs.set_up(settings)
    _warn_of_service_links()
    stop, ports = Stop(), Ports(settings, SystemClock())
    app = create_app(settings, trust=ports.trust)
    runner = Runner(app, settings, shutdown_timeout=CUT)
    try:
        if settings.reuse_port:
            _check_shareable(settings)
        await asyncio.to_thread(ports.prepare)
        await runner.setup()
        port = await ports.open(runner)
    except (StorageError, CertificateError, Unopened) as error:
        raise CliExit(error.message, error.hint) from error
    except DatabaseError as error:
        unusable = explained(settings.db, error)
        raise CliExit(unusable.message, unusable.hint) from error
    except UnknownScenario as error:
        raise CliExit(str(error), "Give one of them with --scenario.") from error
    except ScenarioError as error:
        raise CliExit(f"the scenario '{settings.scenario}' cannot be used:\n{error}") from error
    else:
        # What a start imports and makes is there to stay: later collections leave it out.
        gc.freeze()
        gc.enable()
        # Whoever waits for the ready line may stop us at once.
        stop.listen()
        _announce(settings, app, port)
        logs.ready()
        ports.announce()
        await stop.asked()
        await stop.drain(app, runner, settings.drain_seconds)
    finally:
        await ports.close()
        await runner.cleanup()


def _check_shareable(settings: Settings) -> None:
    """Raise `CliExit` or `StorageError` where several processes cannot share these settings' port."""
    if isinstance(locate(settings.db), SqliteLocation):
        raise CliExit(
            "--reuse-port needs PostgreSQL: a SQLite database belongs to one process at a time",
            "Leave --reuse-port out, or give --db postgresql+asyncpg://…",
        )
    if settings.admin_token is None and not is_loopback(settings.host):
        raise CliExit(
            "--reuse-port needs an --admin-token: each process would make one of its own",
            "Give all of them the same one, as PASS_SIMULATOR_ADMIN_TOKEN.",
        )


def settings_from(flags: dict[str, Any], config: Path | None) -> Settings:
    """The settings that come to hold. Raises `CliExit` with everything that is wrong with them."""
    try:
        return load_settings(flags, config)
    except ValidationError as error:
        problems = "\n".join(setting_problems(error, flags, config))
        hint = "See pass-simulator serve --help."
        raise CliExit(f"a setting has a bad value:\n{problems}", hint) from error
    except (OSError, ValueError) as error:
        raise CliExit(
            f"the configuration file {config} cannot be read: {error}",
            "It is TOML, with a line such as port = 8642 for each setting.",
        ) from error


def _warn_of_service_links() -> None:
    for name in service_links(os.environ):
        log.warning(
            "%s=%s is ignored: Kubernetes sets it for a service of that name (enableServiceLinks)",
            name,
            os.environ[name],
        )


def _announce(settings: Settings, app: web.Application, port: int) -> None:
    if not is_loopback(settings.host) and settings.admin_token is None:
        print(f"admin token: {app[ADMIN_TOKEN]}", file=sys.stderr, flush=True)
    print(f"pass-simulator ready on http://{shown_host(settings.host)}:{port}", flush=True)


async def migrate_database(db: str | None) -> None:
    """Open and close the database, which brings it to the current schema. Raises `CliExit`."""
    _warn_of_service_links()
    settings = settings_from({"db": db}, None)
    try:
        engine = await open_engine(settings.db, SystemClock())
    except StorageError as error:
        raise CliExit(error.message, error.hint) from error
    await engine.close()
