"""Having the plugin installed costs a foreign test suite nothing: what is imported, and when."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

import pass_simulator
from pass_simulator import public

from .runs import Run

PACKAGE = Path(pass_simulator.__file__).parent

OURS = {"pass_simulator", "simulator"}
# What the plugin may load of ours, and what a run that never asks for a fixture may load besides.
PLUGIN = {"pass_simulator", "pass_simulator.pytest_plugin"}
FIXTURES = {
    *PLUGIN,
    "pass_simulator.plugin",
    "pass_simulator.plugin.fixtures",
    "pass_simulator.plugin.hooks",
    "pass_simulator.plugin.hookspecs",
    "pass_simulator.plugin.run",
}
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
    modules = loaded("import pass_simulator.pytest_plugin")
    assert modules - loaded("import importlib") == PLUGIN


def test_the_fixtures_load_nothing_before_a_test_asks() -> None:
    names = sorted(FIXTURES - {*PLUGIN, "pass_simulator.plugin"})
    modules = loaded(f"import pytest, {', '.join(names)}")
    ours = {each for each in modules if each.partition(".")[0] in OURS}
    assert ours == FIXTURES - {"pass_simulator.pytest_plugin"}
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
    assert {each for each in modules if each.partition(".")[0] in OURS} == FIXTURES


def test_the_blocking_client_needs_no_package_and_no_event_loop() -> None:
    modules = loaded("from pass_simulator import Simulator; Simulator().default.device('tv')")
    assert {each.partition(".")[0] for each in modules} - sys.stdlib_module_names == {
        "pass_simulator"
    }
    assert not {"asyncio", "pass_simulator.transport.async_transport"} & modules


def test_the_package_itself_is_light() -> None:
    modules = loaded("import simulator; simulator.__version__")
    assert {each for each in modules if each.partition(".")[0] == "simulator"} == {"simulator"}
    assert not FOREIGN & {each.partition(".")[0] for each in modules}


def test_every_public_name_is_at_hand_and_listed_once() -> None:
    names = public.__all__
    assert len(names) == len(set(names))
    assert sorted(names) == dir(pass_simulator)
    for name in names:
        assert getattr(pass_simulator, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = pass_simulator.nothing  # type: ignore[attr-defined]


def test_the_version_is_that_of_the_distribution() -> None:
    assert pass_simulator.__version__ == importlib.metadata.version("pass-simulator")
    assert "simulator" not in loaded("import pass_simulator; pass_simulator.__version__")


def test_types_are_shipped() -> None:
    assert (PACKAGE / "py.typed").is_file()


pytest_plugins = ["pytester"]
