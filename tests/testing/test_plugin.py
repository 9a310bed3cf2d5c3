"""The pytest plugin, in test runs of its own."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.testing import Simulator
from simulator.testing.serving import serving

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "simulator.testing.pytest_plugin")


Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the tests of `pytester` in a process of their own, with our plugin and no other.

    Those that this environment happens to have take seconds to load.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess(*PLUGIN, *arguments)

    return run


@pytest.fixture
def reused(simulator_server: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """The server of this very run, named to the inner one, which spares it starting its own."""
    monkeypatch.setenv("PASS_SIMULATOR_URL", simulator_server.url)
    return simulator_server


# The server


def test_a_server_is_started_once_and_stopped_at_the_end(
    pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makepyfile("""
        def test_one(simulator_server, simulator):
            print("URL", simulator_server.url)
            assert simulator.url.startswith(simulator_server.url + "/s/")

        def test_two(simulator_server):
            print("URL", simulator_server.url)
    """)
    result = run("-s")
    result.assert_outcomes(passed=2)
    [url] = {found[1] for each in result.outlines if (found := re.search(r"URL (\S+)", each))}
    assert url.startswith("http://127.0.0.1:")
    with Simulator(url) as gone, pytest.raises(Exception, match="refused"):
        gone.version()


def test_under_xdist_every_test_has_a_sandbox_and_every_worker_a_server(
    pytester: pytest.Pytester,
    run: Run,
) -> None:
    # What they would trip over, were anything shared: ids, the clock, the journal of a device.
    pytester.makepyfile("""
        import os
        import pytest

        @pytest.mark.parametrize("number", range(24))
        def test_alone(simulator, simulator_server, number):
            with open("seen", "a") as seen:
                print(os.environ["PYTEST_XDIST_WORKER"], simulator_server.url, simulator.name, file=seen)
            assert [each.id for each in simulator_server.sandboxes()] == sorted(
                ["default", simulator.name]
            )
            simulator.mvpds.create(id="Mine")
            simulator.clock.freeze("2026-01-01T00:00:00Z")
            device = simulator.device("tv")
            assert device.login("Cablevision").mvpd == "Cablevision"
    """)
    run("-p", "xdist", "-n", "4").assert_outcomes(passed=24)
    lines = [line.split() for line in (pytester.path / "seen").read_text().splitlines()]
    workers, urls, names = zip(*lines, strict=True)
    assert len({*names}) == 24
    assert {*workers} == {"gw0", "gw1", "gw2", "gw3"}
    assert len({*urls}) == len({*zip(workers, urls, strict=True)}) == 4


def test_a_running_server_is_reused(pytester: pytest.Pytester, run: Run, reused: Simulator) -> None:
    pytester.makepyfile(f"""
        def test_it(simulator_server, simulator):
            assert simulator_server.url == {reused.url!r}
            lease = simulator.show().lease
            assert lease["on_return"] == "delete"
            print("NAME", simulator.name)
    """)
    result = run("-s")
    result.assert_outcomes(passed=1)
    [name] = [found[1] for each in result.outlines if (found := re.search(r"NAME (\S+)", each))]
    assert name not in [each.id for each in reused.sandboxes()]


def test_a_running_server_is_shared_by_all_workers(
    pytester: pytest.Pytester, run: Run, reused: Simulator
) -> None:
    pytester.makepyfile(f"""
        import pytest

        @pytest.mark.parametrize("number", range(12))
        def test_it(simulator, simulator_server, number):
            assert simulator_server.url == {reused.url!r}
            simulator.device("tv").login("Cablevision")
            assert [each["mvpd"] for each in simulator.profiles.list(device="tv")] == ["Cablevision"]
    """)
    run("-p", "xdist", "-n", "4").assert_outcomes(passed=12)


def test_a_server_with_an_admin_token_is_reused_with_it(
    pytester: pytest.Pytester, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile("def test_it(simulator): assert simulator.show()")
    with serving(["--admin-token", "let me in, please"], log=tmp_path / "log") as url:
        refused = run("--pass-simulator-url", url)
        refused.assert_outcomes(errors=1)
        refused.stdout.fnmatch_lines(["*cannot be made: *401 unauthorized*"])
        monkeypatch.setenv("PASS_SIMULATOR_ADMIN_TOKEN", "let me in, please")
        run("--pass-simulator-url", url).assert_outcomes(passed=1)


def test_a_server_that_does_not_answer_is_named(
    pytester: pytest.Pytester, run: Run, unused_tcp_port: int
) -> None:
    pytester.makepyfile("def test_it(simulator): pass\ndef test_two(simulator): pass")
    url = f"http://127.0.0.1:{unused_tcp_port}"
    short = "pass_simulator_start_timeout=0.1"
    result = run("--pass-simulator-url", url, "-o", short)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines([f"*not ready*{url}*refused*", "*PASS_SIMULATOR_URL*"])


def test_a_server_that_does_not_start_is_told_with_its_log(
    pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makepyfile("def test_it(simulator): pass")
    result = run("-o", "pass_simulator_arguments=--scenarios /nowhere")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*did not start*", "*--scenarios*/nowhere*does not exist*"])


def test_what_the_shell_says_of_another_simulator_is_not_meant(
    pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASS_SIMULATOR_PORT", "nonsense")
    monkeypatch.setenv("PASS_SIMULATOR_SCENARIO", "logout-samples")
    pytester.makepyfile('def test_it(simulator): assert simulator.show().baseline == "demo"')
    # A module of the tests may have the name of one that the server imports.
    pytester.makepyfile(typer="raise AssertionError")
    command = [sys.executable, "-m", "pytest", *PLUGIN]
    subprocess.run(command, cwd=pytester.path, check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="killing is told by signals")
def test_a_test_run_that_is_killed_leaves_no_server_behind(
    pytester: pytest.Pytester, run: Run
) -> None:
    test = pytester.makepyfile("""
        import time

        def test_it(simulator_server):
            print(simulator_server.url, flush=True)
            time.sleep(60)
    """)
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *PLUGIN, "-s", str(test)],
        stdout=subprocess.PIPE,
        text=True,
    ) as killed:
        assert killed.stdout
        url = next(each for each in killed.stdout if "http" in each)
        killed.send_signal(signal.SIGKILL)
    with Simulator(url) as server:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                server.version()
            except Exception:  # noqa: BLE001 - it is gone
                return
            time.sleep(0.05)
    pytest.fail("the server is still there")


# The sandbox


def test_the_marker_takes_a_name_a_file_and_a_document(
    pytester: pytest.Pytester, run: Run, reused: Simulator
) -> None:
    (pytester.path / "deep").mkdir()
    (pytester.path / "deep" / "near.yaml").write_text("name: near\nextends: demo\n")
    (pytester.path / "far.json").write_text(json.dumps({"name": "far"}))
    (pytester.path / "deep" / "test_it.py").write_text(
        """
import pytest
from pathlib import Path

pytestmark = pytest.mark.scenario("logout-samples")

def test_module(simulator):
    assert simulator.show().baseline == "logout-samples"

@pytest.mark.scenario("near.yaml")
def test_near(simulator):
    assert simulator.show().baseline == "near"

@pytest.mark.scenario("far.json")
def test_far(simulator):
    assert simulator.show().baseline == "far"

@pytest.mark.scenario(Path(__file__).parent / "near.yaml")
def test_absolute(simulator):
    assert simulator.show().baseline == "near"

@pytest.mark.scenario({"name": "mine", "mvpds": [{"id": "Mine"}]})
class TestDocument:
    def test_class(self, simulator):
        assert [each.id for each in simulator.mvpds.list()] == ["Mine"]

    @pytest.mark.scenario("demo")
    def test_closest(self, simulator):
        assert simulator.show().baseline == "demo"
        simulator.reset()
        assert simulator.show().baseline == "demo"
"""
    )
    run("--strict-markers").assert_outcomes(passed=6)


def test_the_ini_file_says_what_unmarked_tests_get(
    pytester: pytest.Pytester, run: Run, reused: Simulator
) -> None:
    pytester.makepyfile("""
        import pytest

        def test_unmarked(simulator):
            assert simulator.show().baseline == "logout-samples"

        @pytest.mark.scenario("demo")
        def test_marked(simulator):
            assert simulator.show().baseline == "demo"
    """)
    scenario = "pass_simulator_scenario=logout-samples"
    run("-o", scenario).assert_outcomes(passed=2)


MISTAKES = {
    "scenario": "takes one thing*found scenario()",
    "scenario()": "takes one thing*found scenario()",
    "scenario('a', 'b')": "takes one thing*found scenario('a', 'b')",
    "scenario(name='a')": "takes one thing*found scenario(name='a')",
    "scenario(42)": "a scenario is a name, a file or a document*found 42*int",
    "scenario(None)": "a scenario is a name, a file or a document*NoneType",
    "scenario('nowhere.yaml')": "there is no file */nowhere.yaml",
    "scenario('dem')": "There is no scenario 'dem'*",
    "scenario({'name': 'x', 'mvpds': [{}]})": "The document has one problem*",
    "scenario({'name': 'x', 'what': object()})": "the document is no JSON*",
}


def test_a_marker_that_cannot_be_meant_is_explained(
    pytester: pytest.Pytester, run: Run, reused: Simulator
) -> None:
    before = len(reused.sandboxes())
    tests = [
        f"@pytest.mark.{marker}\ndef test_{number}(simulator): pass"
        for number, marker in enumerate(MISTAKES)
    ]
    pytester.makepyfile("\n".join(["import pytest", *tests]))
    result = run()
    result.assert_outcomes(errors=len(MISTAKES))
    for number, told in enumerate(MISTAKES.values()):
        line = f"the sandbox of test_{number} cannot be made: *{told}*"
        result.stdout.fnmatch_lines_random([line])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert len(reused.sandboxes()) == before


def test_a_marker_of_the_same_name_does_no_harm_without_the_fixture(
    pytester: pytest.Pytester, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASS_SIMULATOR_URL", "http://127.0.0.1:9")
    pytester.makepyfile("""
        import pytest

        @pytest.mark.scenario("of another tool", 1, two=3)
        def test_it():
            pass
    """)
    run("--strict-markers").assert_outcomes(passed=1)


def test_a_sandbox_is_named_for_its_test_and_may_be_deleted_by_it(
    pytester: pytest.Pytester, run: Run, reused: Simulator
) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("what", ["x" * 200, "ÄÖÜ", "a/b"])
        def test_Some_Thing(simulator, what):
            assert simulator.name.startswith("test-some-thing-")
            assert len(simulator.name) <= 63
            simulator.delete()
    """)
    run().assert_outcomes(passed=3)


def test_the_clock_is_that_of_the_sandbox(
    pytester: pytest.Pytester, run: Run, reused: Simulator
) -> None:
    pytester.makepyfile("""
        def test_it(simulator_clock, simulator):
            simulator_clock.freeze("2026-01-01T00:00:00Z")
            assert simulator.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"
    """)
    run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "plugin",
    [
        ("-p", "pytest_asyncio.plugin"),
        ("-p", "pytest_asyncio.plugin", "-p", "pytest_aiohttp.plugin"),
    ],
    ids=["pytest-asyncio", "pytest-aiohttp"],
)
def test_tests_that_await_have_the_same_sandbox(
    pytester: pytest.Pytester, run: Run, reused: Simulator, plugin: tuple[str, ...]
) -> None:
    pytester.makepyfile("""
        import asyncio

        async def test_it(simulator):
            sandbox = simulator.asynchronous
            devices = [sandbox.device(f"tv-{number}") for number in range(3)]
            await asyncio.gather(*(each.login("Cablevision") for each in devices))
            assert len(simulator.clients.list()) == 3
    """)
    run("-W", "error", "--asyncio-mode=auto", *plugin).assert_outcomes(passed=1)


# The report


FAILING = """
    def test_it(simulator):
        device = simulator.device("living-room-tv")
        device.login("Cablevision")
        device.logout("Cablevision")
        assert device.profiles()
"""


def test_a_number_that_is_none_is_named(
    pytester: pytest.Pytester, run: Run, reused: Simulator
) -> None:
    pytester.makepyfile("def test_it(simulator): pass")
    result = run("-o", "pass_simulator_start_timeout=soon")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*pass_simulator_start_timeout takes a number, found 'soon'*"])


def test_the_help_lists_every_option_fixture_and_marker(
    pytester: pytest.Pytester, run: Run
) -> None:
    told = run("--help").stdout.str()
    for name in (
        "--pass-simulator-url=URL",
        "--pass-simulator-admin-token=TOKEN",
        "pass_simulator_scenario (string)",
        "pass_simulator_arguments (args)",
        "pass_simulator_start_timeout (string)",
        "pass_simulator_journal (string)",
    ):
        assert name in told
    run("--markers").stdout.fnmatch_lines(["@pytest.mark.scenario(what):*"])
    run("--fixtures").stdout.fnmatch_lines(
        [
            "simulator_clock -- *",
            "*The clock of the test's sandbox*",
            "simulator_server [[]session scope[]] -- *",
            "*The running simulator*",
            "simulator -- *",
            "*A sandbox of its own*",
        ]
    )


def test_installing_the_package_is_all_it_takes(
    pytester: pytest.Pytester, reused: Simulator
) -> None:
    pytester.makepyfile("def test_it(simulator): assert simulator.show()")
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
