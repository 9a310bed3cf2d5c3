"""The client imports nothing of the server: a project may have a folder `simulator` of its own."""

from typing import Final

import pytest

from tests.support.source import Import, all_imports, imports_of, modules

# A script: it is run in the server's own process, and nobody imports it.
SCRIPT: Final = "pass_simulator.child_process"


def is_of_server(found: Import) -> bool:
    """Whether what is imported belongs to the server."""
    return found.target.partition(".")[0] == "simulator"


def _of_client() -> list[Import]:
    found = [each for each in all_imports() if each.module.startswith("pass_simulator")]
    assert SCRIPT in {each.module for each in found}
    return found


def test_no_module_imports_anything_of_the_server() -> None:
    assert [each for each in _of_client() if is_of_server(each) and each.module != SCRIPT] == []


def test_nobody_imports_the_script() -> None:
    assert [each for each in _of_client() if each.target == SCRIPT] == []


def _reaches_server(source: str) -> bool:
    found = imports_of(source, "pass_simulator.module", "pass_simulator", modules())
    return any(map(is_of_server, found))


@pytest.mark.parametrize(
    "source",
    [
        "import simulator",
        "import os, simulator.clock as clock",
        "from simulator import __version__",
        "from simulator.cli.exits import Ended",
        "if TYPE_CHECKING:\n    from simulator.settings import Settings",
        "def call():\n    from simulator import create_app",
        "async def call():\n    if True:\n        import simulator.app",
        "import_module('simulator')",
        "importlib.import_module(f'simulator.{name}')",
        "__import__('simulator')",
        "runpy.run_module('simulator.cli')",
        "subprocess.run([sys.executable, '-m', 'simulator.cli'])",
        "from .. import simulator",
    ],
)
def test_an_import_is_seen_wherever_it_is(source: str) -> None:
    assert _reaches_server(source)


@pytest.mark.parametrize(
    "source",
    [
        "from pass_simulator.client.simulator import Simulator",
        "from .client import simulator",
        "simulator = Simulator('http://simulator')",
        "'''The fixture simulator; see simulator.asynchronous and simulator.py.'''",
        "import_module(f'.{name}', __name__)",
        "import pytest_simulator, simulators",
    ],
)
def test_what_only_sounds_like_it_is_left_alone(source: str) -> None:
    assert not _reaches_server(source)
