"""The pytest plugin: the server that is started or reused, in test runs of its own."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pass_simulator import Simulator
from pass_simulator.server_process import running_server
from tests.docs.pages import FOLDER, blocks, read

from .runs import PLUGIN, Run

pytest_plugins = ["pytester"]


def test_a_server_is_started_once_and_stopped_at_the_end(
    pytester: pytest.Pytester, run_here: Run
) -> None:
    pytester.makepyfile("""
        def test_one(simulator_server, simulator):
            print("URL", simulator_server.url)
            assert simulator.url.startswith(simulator_server.url + "/s/")

        def test_two(simulator_server):
            print("URL", simulator_server.url)
    """)
    result = run_here("-s")
    result.assert_outcomes(passed=2)
    [url] = {found[1] for each in result.outlines if (found := re.search(r"URL (\S+)", each))}
    assert url.startswith("http://127.0.0.1:")
    with Simulator(url) as gone, pytest.raises(Exception, match="refused"):
        gone.version()


def test_under_xdist_every_test_has_a_sandbox_and_every_worker_a_server(
    pytester: pytest.Pytester, run: Run
) -> None:
    # What they would trip over, were anything shared: ids, the clock, the journal of a device.
    pytester.makepyfile("""
        import os
        import pytest

        @pytest.mark.parametrize("number", range(12))
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
    run("-p", "xdist", "-n", "2").assert_outcomes(passed=12)
    lines = [line.split() for line in (pytester.path / "seen").read_text().splitlines()]
    workers, urls, names = zip(*lines, strict=True)
    assert len({*names}) == 12
    assert {*workers} == {"gw0", "gw1"}
    assert len({*urls}) == len({*zip(workers, urls, strict=True)}) == 2


def test_a_running_server_is_reused(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makepyfile(f"""
        def test_it(simulator_server, simulator):
            assert simulator_server.url == {reused.url!r}
            lease = simulator.show().lease
            assert lease["on_return"] == "delete"
            print("NAME", simulator.name)
    """)
    result = run_here("-s")
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
    run("-p", "xdist", "-n", "2").assert_outcomes(passed=12)


def test_a_server_with_an_admin_token_is_reused_with_it(
    pytester: pytest.Pytester, run_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile("def test_it(simulator): assert simulator.show()")
    with running_server(["--admin-token", "let me in, please"], log=tmp_path / "log") as url:
        refused = run_here("--pass-simulator-url", url)
        refused.assert_outcomes(errors=1)
        refused.stdout.fnmatch_lines(["*cannot be made: *401 unauthorized*"])
        monkeypatch.setenv("PASS_SIMULATOR_ADMIN_TOKEN", "let me in, please")
        run_here("--pass-simulator-url", url).assert_outcomes(passed=1)


def test_a_server_that_does_not_answer_is_named(
    pytester: pytest.Pytester, run_here: Run, unused_tcp_port: int
) -> None:
    pytester.makepyfile("def test_it(simulator): pass\ndef test_two(simulator): pass")
    url = f"http://127.0.0.1:{unused_tcp_port}"
    short = "pass_simulator_start_timeout=0.1"
    result = run_here("--pass-simulator-url", url, "-o", short)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines([f"*not ready*{url}*refused*", "*PASS_SIMULATOR_URL*"])


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("127.0.0.1:8642", "*127.0.0.1:8642*try http://127.0.0.1:8642*"),
        ("ftp://lab", "*neither http:// nor https://*"),
        ("https://{http}", "*speaks no TLS*"),
    ],
)
def test_a_url_that_cannot_be_right_is_named_at_once(
    pytester: pytest.Pytester, run_here: Run, simulator_server: Simulator, url: str, problem: str
) -> None:
    pytester.makepyfile("def test_it(simulator): pass")
    given = url.format(http=simulator_server.url.removeprefix("http://"))
    # It would be waited for as long as the whole test may take.
    result = run_here("--pass-simulator-url", given, "-o", "pass_simulator_start_timeout=600")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([problem, "*PASS_SIMULATOR_URL*"])


def test_the_example_of_the_documentation_works_on_a_server_that_is_shared(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    [example] = [
        each.text for each in blocks(read(FOLDER / "pytest.md")) if each.file == "test_logout.py"
    ]
    pytester.makepyfile(test_logout=example)
    run_here().assert_outcomes(passed=2)
    assert [each.id for each in reused.sandboxes()] == ["default"]


def test_a_server_that_does_not_start_is_told_with_its_log(
    pytester: pytest.Pytester, run_here: Run
) -> None:
    pytester.makepyfile("def test_it(simulator): pass")
    result = run_here("-o", "pass_simulator_arguments=--scenarios /nowhere")
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


def test_a_number_that_is_none_is_named(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makepyfile("def test_it(simulator): pass")
    result = run_here("-o", "pass_simulator_start_timeout=soon")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*pass_simulator_start_timeout takes a number, found 'soon'*"])


def test_the_help_lists_every_option_fixture_and_marker(
    pytester: pytest.Pytester, run_here: Run
) -> None:
    told = run_here("--help").stdout.str()
    for name in (
        "--pass-simulator-url=URL",
        "--pass-simulator-admin-token=TOKEN",
        "pass_simulator_scenario (string)",
        "pass_simulator_arguments (args)",
        "pass_simulator_start_timeout (string)",
        "pass_simulator_journal (string)",
    ):
        assert name in told
    run_here("--markers").stdout.fnmatch_lines(["@pytest.mark.scenario(what):*"])
    run_here("--fixtures").stdout.fnmatch_lines(
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
