"""The pytest plugin: what the report of a failed test shows, in test runs of its own."""

import re
from xml.etree import ElementTree as ET

import pytest

from pass_simulator import Simulator

from .runs import Run

pytest_plugins = ["pytester"]


JOURNEY = """
    def test_it(simulator):
        device = simulator.device("living-room-tv", platform="Roku")
        device.login("Cablevision")
        simulator.faults.add("internal_server_error", operation="profiles", times=1, id="flaky")
        device.request("GET", "/api/v2/REF30/profiles")
        device.logout("Cablevision")
        assert device.profiles(), "lost it"
"""
TITLE = "*pass-simulator journal of test-it-*"


@pytest.mark.parametrize("parallel", [(), ("-p", "xdist", "-n", "2")], ids=["alone", "xdist"])
def test_the_report_of_a_failed_test_shows_the_journal(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator, parallel: tuple[str, ...]
) -> None:
    pytester.makepyfile(JOURNEY)
    result = run_here(*parallel)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*lost it*",
            TITLE,
            "??:??:??.??? register → 201",
            "??:??:??.??? create_session → 200 * from living-room-tv",
            "    created: sessions *",
            "??:??:??.??? profiles → 500 internal_server_error* from living-room-tv",
            "    struck by the fault flaky",
            "??:??:??.??? logout → 200 (L5) from living-room-tv",
            "    deleted: profiles *",
        ]
    )
    result.stdout.no_fnmatch_line("*Bearer ey*")
    # Nothing of a test that failed stays where nobody wants it.
    assert not [each for each in reused.sandboxes() if each.id.startswith("test-it-")]
    assert not [*pytester.path.glob("pass-simulator-bundles")]


@pytest.mark.parametrize("parallel", [(), ("-p", "xdist", "-n", "1")], ids=["alone", "xdist"])
def test_what_a_failed_test_leaves_is_kept_if_wanted_and_named(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator, parallel: tuple[str, ...]
) -> None:
    pytester.makepyfile(
        JOURNEY
        + """
    def test_passed(simulator):
        assert simulator.show()
"""
    )
    result = run_here("--pass-simulator-keep", "--junit-xml=junit.xml", *parallel)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        [
            "*pass-simulator keeps of test-it-*",
            "bundle   */pass-simulator-bundles/test-it-*.zip: pass-simulator replay *.zip",
            f"sandbox  {reused.url}/s/test-it-*, until ????-??-?? ??:?? UTC",
            f"console  {reused.url}/s/test-it-*/console",
        ]
    )
    tree = ET.parse(pytester.path / "junit.xml")  # noqa: S314 - pytest has written it
    properties = {each.get("name"): each.get("value") or "" for each in tree.iter("property")}
    assert "logout → 200 (L5) from living-room-tv" in properties["pass_simulator_journal"]
    kept = reused.sandbox(properties["pass_simulator_sandbox"])
    assert properties["pass_simulator_console"] == f"{kept.url}/console"
    lease = kept.show().lease or {}
    assert (lease["owner"], lease["on_return"]) == ("pytest", "delete")
    assert "lost it" not in str(kept.requests.list())
    kept.delete()
    [bundle] = pytester.path.glob("pass-simulator-bundles/*.zip")
    assert properties["pass_simulator_bundle"] == str(bundle)
    assert bundle.read_bytes().startswith(b"PK")
    assert (bundle.parent / ".gitignore").read_text() == "*\n"
    assert [each.id for each in reused.sandboxes() if each.id.startswith("test-passed-")] == []


def test_of_a_server_that_ends_with_the_run_the_bundle_is_kept(
    pytester: pytest.Pytester, run_here: Run
) -> None:
    pytester.makepyfile(JOURNEY)
    result = run_here("--pass-simulator-keep", "-o", "pass_simulator_bundles=out/bundles")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["bundle   */out/bundles/test-it-*.zip*"])
    result.stdout.no_fnmatch_line("console *")
    assert [*pytester.path.glob("out/bundles/test-it-*.zip")]


def test_what_cannot_be_kept_is_explained(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    (pytester.path / "file").write_text("")
    pytester.makepyfile(JOURNEY)
    result = run_here("--pass-simulator-keep", "-o", "pass_simulator_bundles=file")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["It cannot be kept: *file*"])


def test_a_test_that_fails_in_the_teardown_of_a_fixture_is_a_failed_one(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makeconftest("""
        def pytest_pass_simulator_teardown(item, sandbox, failed):
            print("HOOK", item.name, failed, sandbox.show().id)
    """)
    pytester.makepyfile("""
        import pytest

        @pytest.fixture
        def app(simulator):
            yield simulator.device("tv")
            simulator.requests.verify(operation="logout", exactly=1)

        def test_app(app):
            app.login("Cablevision")

        def test_good(simulator):
            pass
    """)
    result = run_here("-s", "--pass-simulator-keep", "-o", "pass_simulator_bundles=out")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "*HOOK test_app True test-app-*",
            "*HOOK test_good False test-good-*",
            "*pass-simulator journal of test-app-*",
            "??:??:??.??? create_session → 200 * from tv",
        ]
    )
    [kept] = [each.id for each in reused.sandboxes() if each.id.startswith("test-app-")]
    reused.delete_sandbox(kept)


def test_what_a_hook_raises_is_an_error_and_the_sandbox_goes_all_the_same(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makeconftest("""
        def pytest_pass_simulator_teardown(sandbox):
            raise RuntimeError("no report of this one")
    """)
    pytester.makepyfile("def test_hooked(simulator): pass")
    result = run_here()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*RuntimeError: no report of this one"])
    result.stdout.fnmatch_lines(["*journal of test-hooked-*", "No device has called."])
    assert not [each for each in reused.sandboxes() if each.id.startswith("test-hooked-")]


def test_a_traceback_ends_in_the_test(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makepyfile("""
        import pytest
        from pass_simulator import Simulator

        def test_verify(simulator):
            simulator.requests.verify(operation="logout", exactly=1)

        def test_refused(simulator):
            simulator.device("tv").login("Nobody")

        async def test_awaited(simulator):
            await simulator.asynchronous.device("tv").login("Nobody")

        def test_unreachable():
            Simulator("http://127.0.0.1:9").version()

        def test_helper(simulator):
            def helper():
                simulator.mvpds.get("Nobody")
            helper()
    """)
    arguments = ("-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=auto")
    quiet = ("-W", "ignore", "-o", "pass_simulator_journal=0")
    result = run_here(*arguments, *quiet)
    result.assert_outcomes(failed=5)
    places = re.findall(r"^(\S+\.py):\d+: (?!in )", result.stdout.str(), re.MULTILINE)
    [test] = {*places}
    assert test.startswith("test_a_traceback_ends_in_the_test")
    assert "pass_simulator/" not in result.stdout.str().replace("/pass_simulator/plugin", "")
    result.stdout.no_fnmatch_line("*direct cause*")
    # In full where somebody wants that.
    run_here(*arguments, *quiet, "--full-trace").stdout.fnmatch_lines(["*direct cause*"])


def test_the_report_of_a_passed_test_shows_nothing(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makepyfile(JOURNEY.replace("assert device", "assert not device"))
    result = run_here("-rA")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line(TITLE)


def test_the_report_shows_so_many_entries_as_are_wanted(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makepyfile(JOURNEY)
    few = run_here("-o", "pass_simulator_journal=1")
    few.stdout.fnmatch_lines([TITLE, "… and 6 earlier ones", "* profiles → 200 from *"])
    few.stdout.no_fnmatch_line("* logout →*")
    run_here("-o", "pass_simulator_journal=0").stdout.no_fnmatch_line(TITLE)


def test_a_journal_that_is_empty_or_gone_is_no_trouble(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makepyfile("""
        import pytest

        def test_empty(simulator):
            assert not simulator

        def test_gone(simulator):
            simulator.delete()
            assert not simulator

        @pytest.fixture
        def broken(simulator):
            raise AssertionError("in another fixture")

        def test_fixture(broken):
            pass
    """)
    result = run_here("-p", "no:randomly")
    result.assert_outcomes(failed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*in another fixture*",
            "*pass-simulator journal of test-fixture-*",
            "No device has called.",
            "*pass-simulator journal of test-empty-*",
            "No device has called.",
            "*pass-simulator journal of test-gone-*",
            "The journal cannot be read: There is no sandbox *",
        ]
    )
