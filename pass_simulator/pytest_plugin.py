"""The pytest plugin: `simulator_server`, `simulator`, `simulator_clock` and `@pytest.mark.scenario`.

It is loaded into every test run of an environment that has pass-simulator, so it imports nothing but
the fixtures and hooks, and they import nothing before a test asks for them.
"""

TYPE_CHECKING = False  # as in `pass_simulator`
if TYPE_CHECKING:
    import pytest

MARKER = (
    "scenario(what): what the sandbox of the fixture `simulator` is made from: the name of a scenario, "
    "a YAML or JSON file (relative to the test's file, or else to the root directory), or a document."
)


def pytest_addoption(parser: "pytest.Parser") -> None:
    """The options and ini settings, which `pytest --help` shows."""
    group = parser.getgroup("pass-simulator", "pass-simulator")
    group.addoption(
        "--pass-simulator-url",
        metavar="URL",
        help="a running simulator to use instead of starting one [PASS_SIMULATOR_URL]",
    )
    group.addoption(
        "--pass-simulator-admin-token",
        metavar="TOKEN",
        help="the token that its admin API asks for [PASS_SIMULATOR_ADMIN_TOKEN]",
    )
    group.addoption(
        "--pass-simulator-coverage",
        metavar="FILE",
        help="write here what the tests showed their apps, for `pass-simulator coverage merge`",
    )
    group.addoption(
        "--pass-simulator-keep",
        action="store_true",
        help="save a bundle of each test that fails, to be run again with `pass-simulator replay`; on a "
        "simulator that was named its sandbox stays for a day as well",
    )
    parser.addini(
        "pass_simulator_require",
        "with --pass-simulator-coverage: what has to be met, axis:name, such as logout:L5",
        type="linelist",
    )
    parser.addini(
        "pass_simulator_scenario",
        "the scenario of tests that are not marked with one [the simulator's own default, demo]",
    )
    parser.addini(
        "pass_simulator_arguments",
        "more flags of `pass-simulator serve` for the simulator that is started, such as --scenarios "
        "DIR",
        type="args",
    )
    parser.addini(
        "pass_simulator_start_timeout",
        "seconds that the simulator that is started may take [60]",
        default="60",
    )
    parser.addini(
        "pass_simulator_journal",
        "how many of the newest journal entries the report of a failed test shows; 0 for none [20]",
        default="20",
    )
    parser.addini(
        "pass_simulator_bundles",
        "the folder for the bundles of --pass-simulator-keep, relative to the root directory "
        "[pass-simulator-bundles]",
        default="pass-simulator-bundles",
    )


def pytest_addhooks(pluginmanager: "pytest.PytestPluginManager") -> None:
    """The hooks that others may implement."""
    from pass_simulator.plugin import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: "pytest.Config") -> None:
    """Announce the marker, and bring the fixtures and hooks in."""
    config.addinivalue_line("markers", MARKER)
    from pass_simulator.plugin import fixtures, hooks

    config.pluginmanager.register(fixtures, "pass-simulator-fixtures")
    config.pluginmanager.register(hooks, "pass-simulator-hooks")
    hooks.check_numbers(config)
    if path := config.getoption("pass_simulator_coverage"):
        from pass_simulator.plugin.coverage import CoverageCollector

        collector = CoverageCollector(
            config.invocation_params.dir / path, config.getini("pass_simulator_require")
        )
        config.pluginmanager.register(collector, "pass-simulator-coverage")
