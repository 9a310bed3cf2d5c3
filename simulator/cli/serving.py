"""Running the server: settings in, one ready line out, a clean stop."""

import sys
import tomllib
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from pydantic import ValidationError

from simulator.app import create_app, is_loopback
from simulator.clock import SystemClock
from simulator.middleware.endpoints import ADMIN_TOKEN
from simulator.scenarios.library import UnknownScenario
from simulator.scenarios.problems import ScenarioError
from simulator.settings import Settings, load_settings
from simulator.storage.engine import open_engine
from simulator.storage.errors import StorageError

from . import logs
from .stopping import CUT, Stop

Problem = tuple[str, str]


async def run(flags: dict[str, Any], config: Path | None) -> Problem | None:
    """Serve until a signal; what to tell the user when it could not start, else None."""
    try:
        settings = load_settings(flags, config)
    except ValidationError as error:
        return "a setting has a bad value:\n" + "\n".join(_setting_problems(error)), _SETTINGS_HINT
    except (OSError, tomllib.TOMLDecodeError) as error:
        return f"the configuration file {config} cannot be read: {error}", ""
    logs.set_up(settings)
    app = create_app(settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=CUT)
    try:
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
    except StorageError as error:
        return error.message, error.hint
    except UnknownScenario as error:
        return str(error), "Give one of them with --scenario."
    except ScenarioError as error:
        return f"the scenario '{settings.scenario}' cannot be used:\n{error}", ""
    except OSError as error:
        hint = "Give another port with --port, or 0 for a free one."
        return f"cannot listen on {settings.host}:{settings.port}: {error.strerror}", hint
    else:
        # Whoever waits for the ready line may stop us at once.
        stop = Stop()
        stop.listen()
        _announce(settings, app, runner)
        logs.ready()
        await stop.asked()
        await stop.drain(app, runner, settings.drain_seconds)
    finally:
        await runner.cleanup()
    return None


_SETTINGS_HINT: Final = "See pass-simulator serve --help."


def _setting_problems(error: ValidationError) -> list[str]:
    problems = []
    for each in error.errors():
        name = str(each["loc"][0]) if each["loc"] else "settings"
        flag, variable = "--" + name.replace("_", "-"), f"PASS_SIMULATOR_{name.upper()}"
        problems.append(f"  {flag} ({variable}): {each['msg']}, found {each['input']!r}")
    return problems


def _announce(settings: Settings, app: web.Application, runner: web.AppRunner) -> None:
    port = runner.addresses[0][1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if not is_loopback(settings.host) and settings.admin_token is None:
        print(f"admin token: {app[ADMIN_TOKEN]}", file=sys.stderr, flush=True)
    print(f"pass-simulator ready on http://{host}:{port}", flush=True)


async def migrate_database(db: str | None) -> Problem | None:
    """Open and close the database, which brings it to the current schema."""
    try:
        settings = load_settings({"db": db})
        engine = await open_engine(settings.db, SystemClock())
    except ValidationError as error:
        return "a setting has a bad value:\n" + "\n".join(_setting_problems(error)), _SETTINGS_HINT
    except StorageError as error:
        return error.message, error.hint
    await engine.close()
    return None
