"""The client imports nothing of the server: a project may have a folder `simulator` of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

CLIENT: Final = Path(__file__).resolve().parents[2] / "pass_simulator"
SERVER: Final = "simulator"

# A script: it is run in the server's own process, and nobody imports it.
SCRIPT: Final = "child_process"

_DOTTED: Final = re.compile(rf"{SERVER}(\.\w+)+")
_BY_NAME: Final = frozenset(
    {"import_module", "__import__", "find_spec", "resolve_name", "run_module", "import_string"}
)


def imports(source: str, package: str = "pass_simulator") -> Iterator[str]:
    """What `source`, a module of `package`, imports, wherever in it and in whichever way it does so."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{base}.{each.name}".lstrip(".") for each in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in _BY_NAME:
            yield from (text for each in node.args if (text := _text(each)))
        elif isinstance(node, ast.Constant) and _DOTTED.fullmatch(str(node.value)):
            # Whatever is done with it, as with what follows -m.
            yield str(node.value)


def _name(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def _text(argument: ast.expr) -> str:
    """A string, or what one that is put together begins with."""
    if isinstance(argument, ast.JoinedStr) and argument.values:
        argument = argument.values[0]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return ""


def of_server(source: str) -> list[str]:
    """What `source` imports of the server."""
    return [each for each in imports(source) if each.partition(".")[0] == SERVER]


def _modules() -> dict[str, Path]:
    return {
        str(path.relative_to(CLIENT).with_suffix("")): path for path in sorted(CLIENT.rglob("*.py"))
    }


def test_no_module_imports_anything_of_the_server() -> None:
    modules = _modules()
    assert SCRIPT in modules
    found = {name: of_server(path.read_text()) for name, path in modules.items() if name != SCRIPT}
    assert {name: names for name, names in found.items() if names} == {}


def test_nobody_imports_the_script() -> None:
    for name, path in _modules().items():
        package = ".".join(["pass_simulator", *Path(name).parts[:-1]])
        found = [*imports(path.read_text(), package)]
        assert not [each for each in found if SCRIPT in each.split(".")], name


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
        "subprocess.run([sys.executable, '-m', 'simulator.cli.server.worker'])",
        "from .. import simulator",
    ],
)
def test_an_import_is_seen_wherever_it_is(source: str) -> None:
    assert of_server(source)


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
    assert of_server(source) == []
