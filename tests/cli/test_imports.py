"""What a start loads: a server is ready before anything that only some requests or verbs need."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from simulator import __version__
from tests.support.server import environment

# Runs the command line, and says with the ready line what has been imported by then.
_TELLING: Final = """
import sys

class Telling:
    def __init__(self, real):
        self.real = real

    def write(self, text):
        if "ready on" in text:
            text = " ".join(name for name, module in sys.modules.items() if module)
        return self.real.write(text)

    def flush(self):
        self.real.flush()

sys.stdout = Telling(sys.stdout)
from simulator.cli import main
main()
"""

# The server, the database, settings and tokens, with what each of them is made of.
ALLOWED: Final = frozenset(
    {
        "simulator",
        # HTTP
        "aiohttp", "aiohappyeyeballs", "aiosignal", "aiodns", "attr", "brotli", "frozenlist", "idna",
        "multidict", "orjson", "propcache", "pycares", "uvloop", "yarl", "zstandard",
        # State
        "aiosqlite", "greenlet", "sqlalchemy",
        # Settings, and the bodies of requests
        "annotated_types", "dotenv", "pydantic", "pydantic_core", "pydantic_settings",
        "typing_extensions", "typing_inspection",
        # Tokens
        "_cffi_backend", "bcrypt", "cffi", "cryptography", "jwt",
        # The command line
        "annotated_doc", "click", "shellingham", "typer",
    }
)  # fmt: skip

# Only where there is a database to be filled, for which a scenario is read.
FIRST: Final = frozenset({"yaml", "_yaml"})

# What an interpreter brings along by itself: the hooks of its environment.
_HOOKS: Final = frozenset(
    {"__main__", "__mp_main__", "_distutils_hack", "sitecustomize", "usercustomize"}
)
# What compiled modules make up, and how hooks of editable installs and of the interpreter begin.
_HELPERS: Final = (
    "_cython_",
    "cython_runtime",
    "_openssl",
    "_sysconfigdata",
    "__editable__",
    "_virtualenv",
)


def _loaded(directory: Path) -> set[str]:
    with subprocess.Popen(
        [sys.executable, "-c", _TELLING, "serve", "--port", "0", "--db", "state.db"],
        cwd=directory,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout
        found = server.stdout.readline().split()
        server.terminate()
        assert server.wait(60) == 0
    return {*found}


def _packages(modules: set[str]) -> set[str]:
    """What `modules` belong to, but for what comes with the interpreter."""
    found = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - _HOOKS
    return {name for name in found if not name.startswith(_HELPERS)}


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """The modules that the first start in a directory loads, and those that a second one does."""
    directory = tmp_path_factory.mktemp("state")
    return _loaded(directory), _loaded(directory)


@pytest.fixture(scope="module")
def places(starts: tuple[set[str], set[str]]) -> tuple[set[str], set[str]]:
    """What they come from."""
    return _packages(starts[0]), _packages(starts[1])


def test_a_start_with_a_database_loads_only_what_serving_needs(
    places: tuple[set[str], set[str]],
) -> None:
    assert "aiohttp" in places[1]
    assert places[1] - ALLOWED == set()


def test_a_first_start_loads_what_its_scenario_needs_besides(
    places: tuple[set[str], set[str]],
) -> None:
    assert places[0] - ALLOWED - FIRST == set()


@pytest.mark.parametrize(
    "name",
    [
        "alembic",
        "asyncpg",
        "faker",
        "jinja2",
        "lxml",
        "markdown_it",
        "prometheus_client",
        "rich",
        "segno",
        "structlog",
    ],
)
def test_what_one_verb_or_page_needs_is_left_to_it(
    places: tuple[set[str], set[str]], name: str
) -> None:
    assert name not in places[0] | places[1]


@pytest.mark.parametrize(
    "part",
    [
        "simulator.admin",
        "simulator.api.openapi",
        "simulator.scenarios.models",
        "simulator.services.control.entities",
        "simulator.services.control.seeding",
        "simulator.storage.engine.postgresql",
        "simulator.web.console",
        "simulator.web.documentation",
        "sqlalchemy.ext.asyncio",
    ],
)
def test_what_devices_never_ask_for_is_left_to_whoever_does(
    starts: tuple[set[str], set[str]], part: str
) -> None:
    assert "simulator.api.logout" in starts[1]
    assert part not in starts[1]


def test_a_first_start_reads_its_scenario_without_the_admin_api(
    starts: tuple[set[str], set[str]],
) -> None:
    assert "simulator.scenarios.models" in starts[0]
    assert "simulator.admin" not in starts[0]


def test_asking_for_the_version_loads_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; bare = {*sys.modules}; sys.argv[1:] = ['version']; from simulator.cli import main; "
        "main(); print(*{*sys.modules} - bare)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    printed, loaded = done.stdout.splitlines()
    assert printed == __version__
    assert _packages({*loaded.split()}) == {"simulator"}


def test_asking_a_simulator_takes_neither_the_server_nor_its_packages(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv[1:] = ['clock', 'show', '--url', 'http://127.0.0.1:9']\n"
        "from simulator.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print(end.code, *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    status, *loaded = done.stdout.split()
    assert status == "2"
    assert "pass_simulator" in loaded
    assert not {"aiohttp", "asyncio", "sqlalchemy", "simulator.app"} & {*loaded}
