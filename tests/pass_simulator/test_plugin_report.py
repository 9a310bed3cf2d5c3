"""The pytest plugin: what the report of a failed test shows, in test runs of its own."""

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
