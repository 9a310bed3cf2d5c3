"""The simulator of a test run: one that is named, or one that is started for all of its workers."""

import os
import sys
from contextlib import ExitStack, suppress
from typing import Final

import pytest

from pass_simulator import __version__, errors
from pass_simulator.client.simulator import Simulator

from . import run

_NAMED: Final = (
    "It was named by --pass-simulator-url or PASS_SIMULATOR_URL; "
    "without them a simulator is started."
)


def open_server(config: pytest.Config, factory: pytest.TempPathFactory) -> Simulator:
    """The simulator, open until the run ends. A reason why there is none ends the run."""
    stack = ExitStack()
    config.add_cleanup(stack.close)
    problem = ""
    try:
        if url := named_url(config):
            server = _named(url, _option(config, "admin_token"), stack, config)
        else:
            server = _started(config, factory, stack)
    except errors.SimulatorError as error:
        problem = str(error)
    if problem:
        # Not within the handler: pytest makes a report of all that led there.
        run.end_with(config, problem)
    return server


def named_url(config: pytest.Config) -> str | None:
    """The url of a running simulator that was named."""
    return _option(config, "url")


def _started(config: pytest.Config, factory: pytest.TempPathFactory, stack: ExitStack) -> Simulator:
    arguments: list[str] = config.getini("pass_simulator_arguments")
    timeout = float(config.getini("pass_simulator_start_timeout"))
    if sys.platform == "win32":
        # Without locks that several processes hold, each worker has its own.
        from pass_simulator.server_process import running_server

        log = factory.mktemp("pass-simulator") / "server.log"
        url = stack.enter_context(running_server(arguments, log=log, timeout=timeout))
    else:
        from pass_simulator.shared_process import shared_server

        url = stack.enter_context(
            shared_server(
                run.shared_folder(config, factory),
                arguments,
                timeout=timeout,
                to_the_end=not run.is_worker(config),
            )
        )
    return stack.enter_context(Simulator(url))


def _named(url: str, token: str | None, stack: ExitStack, config: pytest.Config) -> Simulator:
    """One that others use, too. Raises `SimulatorError` when it cannot be used."""
    server = stack.enter_context(Simulator(url, admin_token=token))
    try:
        version = server.version()
    except errors.SimulatorError as error:
        message = f"{_explain(server.url, token, error)}\n{_NAMED}"
        raise errors.SimulatorError(message) from error
    if _compatible(version) != _compatible(__version__):
        raise errors.SimulatorError(
            f"{server.url} is pass-simulator {version}, and the one that is installed here is {__version__}: "
            f"install that one (pip install pass-simulator=={version}), or name another.\n{_NAMED}"
        )
    # A run that is interrupted in the middle of a test.
    stack.callback(_delete_what_is_left, config)
    return server


def _explain(url: str, token: str | None, error: errors.SimulatorError) -> str:
    """Why it cannot be used, and what to try."""
    match error:
        case errors.AdminError(code="unauthorized"):
            which = "another one than was given" if token else "one"
            return (
                f"{url} asks for an admin token, {which}: give it with --pass-simulator-admin-token or "
                "PASS_SIMULATOR_ADMIN_TOKEN."
            )
        case errors.InvalidAddress():
            return f"{url} is no URL: {error.reason}."
        case errors.NotTls():
            plain = url.replace("https:", "http:", 1)
            return f"{url} is not HTTPS: what answers there speaks no TLS; give {plain}."
        case errors.Untrusted():
            return (
                f"{url} cannot be trusted: {error.reason}; let SSL_CERT_FILE name the certificate of its "
                "authority, which it has at /certs/ca.pem."
            )
        case errors.NoResponse():
            return (
                f"{url} cannot be reached: {error.reason}; is it running? "
                f"`pass-simulator wait --url {url}` waits for one that is starting."
            )
        case errors.UnexpectedResponse():
            return (
                f"{url} is no pass-simulator: its answer (HTTP {error.status}) is something else."
            )
        case _:
            return f"{url} cannot be used: {error}"


def _compatible(version: str) -> str:
    """What versions that understand each other have in common: before 1.0 two numbers, then one."""
    parts = version.split(".")
    return ".".join(parts[: 2 if parts[0] == "0" else 1])


def _delete_what_is_left(config: pytest.Config) -> None:
    for used in run.sandboxes(config).values():
        with suppress(errors.SimulatorError):
            used.sandbox.delete()


def _option(config: pytest.Config, name: str) -> str | None:
    given: str | None = config.getoption(f"pass_simulator_{name}")
    return given or os.environ.get(f"PASS_SIMULATOR_{name.upper()}") or None
