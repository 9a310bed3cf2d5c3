"""The pytest plugin: a sandbox for each test, in test runs of its own."""

import json

import pytest

from pass_simulator import Simulator

from .runs import Run

pytest_plugins = ["pytester"]


def test_the_marker_takes_a_name_a_file_and_a_document(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    (pytester.path / "deep").mkdir()
    (pytester.path / "deep" / "near.yaml").write_text("name: near\nextends: demo\n")
    (pytester.path / "far.json").write_text(json.dumps({"name": "far", "mvpds": [{"id": "Far"}]}))
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
    run_here("--strict-markers").assert_outcomes(passed=6)


def test_the_ini_file_says_what_unmarked_tests_get(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
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
    run_here("-o", scenario).assert_outcomes(passed=2)


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
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    tests = [
        f"@pytest.mark.{marker}\ndef test_{number}(simulator): pass"
        for number, marker in enumerate(MISTAKES)
    ]
    pytester.makepyfile("\n".join(["import pytest", *tests]))
    result = run_here()
    result.assert_outcomes(errors=len(MISTAKES))
    for number, told in enumerate(MISTAKES.values()):
        line = f"the sandbox of test_{number} cannot be made: *{told}*"
        result.stdout.fnmatch_lines_random([line])
    result.stdout.no_fnmatch_line("*Traceback*")
    # Not even where a document was refused only after its sandbox was there.
    left = [each.id for each in reused.sandboxes() if each.id.startswith("test-8-")]
    assert left == []


def test_a_marker_of_the_same_name_does_no_harm_without_the_fixture(
    pytester: pytest.Pytester, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASS_SIMULATOR_URL", "http://127.0.0.1:9")
    pytester.makepyfile("""
        import pytest

        @pytest.mark.scenario("of another tool", 1, two=3)
        def test_it():
            pass
    """)
    run_here("--strict-markers").assert_outcomes(passed=1)


def test_a_sandbox_is_named_for_its_test_and_may_be_deleted_by_it(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("what", ["x" * 200, "ÄÖÜ", "a/b"])
        def test_Some_Thing(simulator, what):
            assert simulator.name.startswith("test-some-thing-")
            assert len(simulator.name) <= 63
            simulator.delete()
    """)
    run_here().assert_outcomes(passed=3)


def test_the_clock_is_that_of_the_sandbox(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makepyfile("""
        def test_it(simulator_clock, simulator):
            simulator_clock.freeze("2026-01-01T00:00:00Z")
            assert simulator.clock.now().isoformat() == "2026-01-01T00:00:00+00:00"
    """)
    run_here().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "plugin",
    [
        ("-p", "pytest_asyncio.plugin"),
        ("-p", "pytest_asyncio.plugin", "-p", "pytest_aiohttp.plugin"),
    ],
    ids=["pytest-asyncio", "pytest-aiohttp"],
)
def test_tests_that_await_have_the_same_sandbox(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator, plugin: tuple[str, ...]
) -> None:
    pytester.makepyfile("""
        import asyncio

        async def test_it(simulator):
            sandbox = simulator.asynchronous
            devices = [sandbox.device(f"tv-{number}") for number in range(3)]
            await asyncio.gather(*(each.login("Cablevision") for each in devices))
            assert len(simulator.clients.list()) == 3
    """)
    settings = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
    run_here("-W", "error", *plugin, *settings).assert_outcomes(passed=1)
