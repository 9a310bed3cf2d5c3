"""Having the plugin installed costs a foreign test suite nothing: what is imported, and when."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import simulator.testing

from .runs import Run

PACKAGE = Path(simulator.testing.__file__).parent

# What the plugin may load of ours, and what a run that never asks for a fixture may load besides.
PLUGIN = {"simulator", "simulator.testing", "simulator.testing.pytest_plugin"}
FIXTURES = {*PLUGIN, "simulator.testing.fixtures"}
# What is not part of Python or pytest must not come along.
FOREIGN = {
    "aiohttp", "aiosqlite", "alembic", "cryptography", "faker", "jinja2", "jwt", "lxml", "multidict",
    "pydantic", "pydantic_core", "rich", "sqlalchemy", "typer", "typing_extensions", "uvloop", "yaml",
    "yarl",
}  # fmt: skip


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after `code`, beyond those it starts with."""
    script = f"import sys; bare = set(sys.modules); {code}; print(*sorted(set(sys.modules) - bare))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return {*done.stdout.split()}


def test_the_plugin_loads_nothing_but_itself() -> None:
    modules = loaded("import simulator.testing.pytest_plugin")
    assert modules - loaded("import importlib") == PLUGIN


def test_the_fixtures_load_nothing_before_a_test_asks() -> None:
    modules = loaded("import pytest, simulator.testing.fixtures")
    ours = {each for each in modules if each.partition(".")[0] == "simulator"}
    assert ours == FIXTURES - {"simulator.testing.pytest_plugin"}
    assert modules - ours <= loaded("import pytest")


def test_a_run_without_our_fixtures_loads_nothing_of_ours_besides(
    pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makepyfile("""
        import sys

        def test_anything():
            with open("loaded", "w") as file:
                print(*sys.modules, file=file)
    """)
    run().assert_outcomes(passed=1)
    modules = {*(pytester.path / "loaded").read_text().split()}
    assert {each for each in modules if each.partition(".")[0] == "simulator"} == FIXTURES


def test_the_blocking_client_needs_no_package_and_no_event_loop() -> None:
    modules = loaded("from simulator.testing import Simulator; Simulator().default.device('tv')")
    assert {each.partition(".")[0] for each in modules} - sys.stdlib_module_names == {"simulator"}
    assert not {"asyncio", "simulator.testing.awaiting"} & modules


def test_the_package_itself_is_light() -> None:
    modules = loaded("import simulator; simulator.__version__")
    assert {each for each in modules if each.partition(".")[0] == "simulator"} == {"simulator"}
    assert not FOREIGN & {each.partition(".")[0] for each in modules}


def test_every_public_name_is_at_hand_and_listed_once() -> None:
    names = simulator.testing.__all__
    assert len(names) == len(set(names))
    assert sorted(names) == dir(simulator.testing)
    for name in names:
        assert getattr(simulator.testing, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = simulator.testing.nothing  # type: ignore[attr-defined]


def test_types_are_shipped() -> None:
    assert (PACKAGE.parent / "py.typed").is_file()


def test_what_type_checkers_see_is_what_is_loaded() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    block = next(each for each in tree.body if isinstance(each, ast.If))
    seen = {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == simulator.testing._HOME


pytest_plugins = ["pytester"]
