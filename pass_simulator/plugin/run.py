"""What the plugin knows of a test run, and how the workers of pytest-xdist share it with the controller."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import pytest

if TYPE_CHECKING:
    from pass_simulator.client.sandbox import Sandbox


@dataclass(kw_only=True)
class UsedSandbox:
    """The sandbox of a test: whether the test has failed so far, and whether the sandbox is to stay."""

    sandbox: "Sandbox"
    failed: bool = False
    kept: bool = False


_SANDBOXES: Final = pytest.StashKey[dict[pytest.Item, UsedSandbox]]()
_PROBLEM: Final = pytest.StashKey[str]()
_ENDING: Final = pytest.StashKey[set[str]]()
# Members of what a worker hands to the controller at its end.
_PROBLEM_OUTPUT: Final = "pass_simulator_problem"
_FOLDER_OUTPUT: Final = "pass_simulator_folder"


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is a worker of pytest-xdist."""
    return hasattr(config, "workerinput")


def shared_folder(config: pytest.Config, factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share, on this machine, and no other run."""
    given: Mapping[str, Any] | None = getattr(config, "workerinput", None)
    if given is None:
        return factory.mktemp("pass-simulator")
    # Each worker has a folder of its own in the one of the run, which may have been given by --basetemp.
    folder = factory.getbasetemp().parent / f"pass-simulator-{given['testrunuid']}"
    _output(config)[_FOLDER_OUTPUT] = str(folder)
    return folder


def sandboxes(config: pytest.Config) -> dict[pytest.Item, UsedSandbox]:
    """The sandboxes of tests that are not over."""
    return config.stash.setdefault(_SANDBOXES, {})


def end_with(config: pytest.Config, problem: str) -> NoReturn:
    """End the run with a usage error: it is the same for each test, so it is said once."""
    config.stash[_PROBLEM] = problem
    if is_worker(config):
        _output(config)[_PROBLEM_OUTPUT] = problem
    pytest.exit(problem, returncode=pytest.ExitCode.USAGE_ERROR)


def problem(config: pytest.Config) -> str | None:
    """The reason for a usage error, if there is one."""
    return config.stash.get(_PROBLEM, None)


def take_output(config: pytest.Config, output: Mapping[str, Any]) -> None:
    """What the controller does at the end of a worker. Raises `pytest.UsageError`."""
    folder = output.get(_FOLDER_OUTPUT)
    ending = config.stash.setdefault(_ENDING, set())
    if folder is not None and folder not in ending:
        ending.add(folder)
        from pass_simulator.shared_process import wait_until_ended

        # When all workers have gone: nothing of the run is left when pytest returns.
        config.add_cleanup(lambda: wait_until_ended(Path(folder)))
    if found := output.get(_PROBLEM_OUTPUT):
        raise pytest.UsageError(found)


def _output(config: pytest.Config) -> dict[str, Any]:
    found: dict[str, Any] = config.workeroutput  # type: ignore[attr-defined] # pytest-xdist's
    return found
