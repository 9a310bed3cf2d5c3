"""The pytest plugin: the server that is started or reused, in test runs of its own."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

import pytest

from pass_simulator import Simulator
from pass_simulator.server_process import running_server

from .processes import none_is_left, servers_of
from .runs import PLUGIN, Run
from .servers import answering

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


def test_workers_share_one_server_which_a_crash_of_theirs_does_not_end(
    pytester: pytest.Pytester, run: Run
) -> None:
    # What they would trip over, were anything shared: ids, the clock, the journal of a device.
    pytester.makepyfile("""
        import os
        import signal
        import time
        import pytest

        @pytest.mark.parametrize("number", range(12))
        def test_alone(simulator, simulator_server, number):
            worker = os.environ["PYTEST_XDIST_WORKER"]
            with open("seen", "a") as seen:
                print(worker, simulator_server.url, simulator.name, file=seen)
            simulator.mvpds.create(id="Mine")
            simulator.clock.freeze("2026-01-01T00:00:00Z")
            device = simulator.device("tv")
            assert device.login("Cablevision").mvpd == "Cablevision"
            deadline = time.monotonic() + 60
            # Nobody ends before the one that comes for the crashed one is there.
            workers = 2 if number == 0 else 3
            while len({each.split()[0] for each in open("seen")}) < workers:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            if number == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    """)
    base = pytester.path / "base"
    result = run("-p", "xdist", "-n", "2", f"--basetemp={base}")
    result.assert_outcomes(passed=11, failed=1)
    result.stdout.fnmatch_lines(["*worker 'gw?' crashed*"])
    assert servers_of(base) == []
    lines = [line.split() for line in (pytester.path / "seen").read_text().splitlines()]
    workers, urls, names = zip(*lines, strict=True)
    assert len({*names}) == 12
    assert {*workers} >= {"gw0", "gw1"}
    assert len({*urls}) == 1


def test_two_runs_at_once_have_a_server_each(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makepyfile("""
        import subprocess
        import sys
        import pytest

        def test_inner(simulator_server):
            with open("inner", "w") as file:
                print(simulator_server.url, file=file)

        def test_outer(simulator_server):
            inner = [sys.executable, "-m", "pytest", "-p", "pass_simulator.pytest_plugin", "-n", "1"]
            subprocess.run([*inner, "-p", "xdist", "-k", "test_inner"], check=True)
            assert open("inner").read().strip() not in {"", simulator_server.url}
            assert simulator_server.version()
    """)
    run("-p", "xdist", "-n", "1", "-k", "test_outer").assert_outcomes(passed=1)


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


def test_a_run_that_is_broken_off_leaves_nothing_on_a_running_server(
    pytester: pytest.Pytester, run_here: Run, reused: Simulator
) -> None:
    pytester.makepyfile("""
        import pytest

        def test_broken_off(simulator):
            assert simulator.show()
            pytest.exit("enough", returncode=7)
    """)
    assert run_here().ret == 7
    assert not [each for each in reused.sandboxes() if each.id.startswith("test-broken-off-")]


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
        assert usage_error(refused).startswith(f"{url} asks for an admin token, one: give it with")
        wrong = run_here("--pass-simulator-url", url, "--pass-simulator-admin-token", "guessed it")
        assert "another one than was given" in usage_error(wrong)
        monkeypatch.setenv("PASS_SIMULATOR_ADMIN_TOKEN", "let me in, please")
        run_here("--pass-simulator-url", url).assert_outcomes(passed=1)


@pytest.fixture
def places(simulator_server: Simulator, unused_tcp_port: int) -> Iterator[Mapping[str, str]]:
    """Where something is, by name."""
    with answering(body=b"<html>") as (page, _), answering(body=b'{"version":"9.1.0"}') as (new, _):
        yield {
            "nobody": f"127.0.0.1:{unused_tcp_port}",
            "http": simulator_server.url.removeprefix("http://"),
            "page": page,
            "new": new,
        }


@pytest.mark.parametrize("parallel", [(), ("-p", "xdist", "-n", "2")], ids=["alone", "xdist"])
def test_a_url_that_cannot_be_right_ends_the_run_at_once_with_one_sentence(
    pytester: pytest.Pytester, run_here: Run, places: Mapping[str, str], parallel: tuple[str, ...]
) -> None:
    tests = "def test_one(simulator): pass\ndef test_two(simulator): pass\ndef test_plain(): pass"
    pytester.makepyfile(tests)
    wrong = {
        "127.0.0.1:8642": "*is no URL: *try http://127.0.0.1:8642.",
        "ftp://lab": "ftp://lab is no URL: it begins with neither http:// nor https://.",
        "https://{http}": "https://* is not HTTPS: what answers there speaks no TLS; give http://{http}.",
        "http://{nobody}": "http://{nobody} cannot be reached: Connection refused; is it running? *",
        "http://{page}": "http://{page} is no pass-simulator: *",
        "http://{new}": "http://{new} is pass-simulator 9.1.0, and the one that is installed here is *",
    }
    for url, problem in wrong.items() if not parallel else [*wrong.items()][:1]:
        given = url.format(**places)
        # It would be waited for as long as the whole test may take.
        result = run_here(
            "--pass-simulator-url", given, "-o", "pass_simulator_start_timeout=600", *parallel
        )
        sentence = usage_error(result)
        assert fnmatch(sentence, problem.format(**places)), sentence
        assert "crashed" not in result.stdout.str()


def usage_error(result: pytest.RunResult) -> str:
    """The first line of the one error that has ended a run, which no test has failed with."""
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert not re.search(r"\d (failed|error)", result.stdout.str())
    [error] = [each for each in result.errlines if each.startswith("ERROR: ")]
    return error.removeprefix("ERROR: ")


@pytest.mark.parametrize("parallel", [(), ("-p", "xdist", "-n", "2")], ids=["alone", "xdist"])
def test_a_server_that_does_not_start_is_an_error_once_with_its_log(
    pytester: pytest.Pytester,
    run_here: Run,
    simulator_server: Simulator,
    parallel: tuple[str, ...],
) -> None:
    pytester.makepyfile("def test_one(simulator): pass\ndef test_two(simulator): pass")
    port = simulator_server.url.rpartition(":")[2]
    result = run_here("-o", f"pass_simulator_arguments=--port {port}", *parallel)
    assert "did not start" in usage_error(result)
    result.stderr.fnmatch_lines([f"*cannot listen on 127.0.0.1:{port}: *address already in use*"])


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


def test_a_controller_that_is_killed_leaves_no_server_behind(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    test = pytester.makepyfile("""
        import time
        import pytest

        @pytest.mark.parametrize("number", range(2))
        def test_it(simulator, number):
            open(f"running-{number}", "w").close()
            time.sleep(60)
    """)
    base = pytester.path / "base"
    command = [sys.executable, "-m", "pytest", *PLUGIN, "-p", "xdist", "-n", "2"]
    with subprocess.Popen(
        [*command, f"--basetemp={base}", str(test)], stdout=subprocess.DEVNULL
    ) as killed:
        while len([*pytester.path.glob("running-*")]) < 2:
            assert killed.poll() is None
            time.sleep(0.05)
        assert len(servers_of(base)) == 1
        killed.send_signal(signal.SIGKILL)
    # pytest-xdist's workers notice within some seconds that they have been left alone.
    assert none_is_left(base)


def test_a_number_that_is_none_is_named(pytester: pytest.Pytester, run_here: Run) -> None:
    pytester.makepyfile("def test_it(): pass")
    for name in ("pass_simulator_start_timeout", "pass_simulator_journal"):
        error = usage_error(run_here("-o", f"{name}=soon"))
        assert error == f"the ini setting {name} takes a number, found 'soon'"


def test_the_help_lists_every_option_fixture_and_marker(
    pytester: pytest.Pytester, run_here: Run
) -> None:
    told = run_here("--help").stdout.str()
    for name in (
        "--pass-simulator-url=URL",
        "--pass-simulator-admin-token=TOKEN",
        "--pass-simulator-keep",
        "pass_simulator_scenario (string)",
        "pass_simulator_arguments (args)",
        "pass_simulator_start_timeout (string)",
        "pass_simulator_journal (string)",
        "pass_simulator_bundles (string)",
    ):
        assert name in told
    run_here("--markers").stdout.fnmatch_lines(["@pytest.mark.scenario(what):*"])
    run_here("--fixtures").stdout.fnmatch_lines_random(
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
