"""One simulator for several processes: who starts it, who joins, and when it ends."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from pass_simulator import Simulator, SimulatorError

from .processes import none_is_left, servers_of

if sys.platform != "linux":
    pytest.skip("it looks for processes in /proc", allow_module_level=True)

import fcntl

from pass_simulator import shared_process
from pass_simulator.shared_process import shared_server, wait_until_ended

# Starts one, and is killed before it could say where that is.
KILLED = """
import os, sys
from pathlib import Path
from pass_simulator import shared_process

shared_process.read_url = lambda process: os.kill(os.getpid(), 9)
with shared_process.shared_server(Path(sys.argv[1])):
    pass
"""


def answers(url: str) -> bool:
    with Simulator(url) as simulator:
        try:
            return bool(simulator.version())
        except SimulatorError:
            return False


def test_users_share_a_server_that_ends_with_the_last_of_them(tmp_path: Path) -> None:
    with shared_server(tmp_path, to_the_end=True) as url:
        with (
            shared_server(tmp_path) as same,
            shared_server(tmp_path, ["--scenario", "logout-samples"], to_the_end=True) as other,
        ):
            assert same == url
            assert other != url
            assert len(servers_of(tmp_path)) == 2
        assert answers(url)
        assert not answers(other)
        assert len(servers_of(tmp_path)) == 1
    assert not answers(url)
    assert servers_of(tmp_path) == []


def test_who_comes_after_the_end_has_another(tmp_path: Path) -> None:
    with shared_server(tmp_path) as first:
        assert answers(first)
    # It has not ended yet: that is waited for.
    with shared_server(tmp_path, to_the_end=True) as second:
        assert answers(second)
        assert len(servers_of(tmp_path)) == 1


def test_who_comes_at_the_very_end_has_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shared_server(tmp_path, to_the_end=True):
        [file] = tmp_path.glob("*/running")
    # As if the system had taken the lock on `users` from the one that ended, and not yet this one.
    running = os.open(file, os.O_RDWR)
    fcntl.flock(running, fcntl.LOCK_EX)
    waited = []

    def wait(other: Path) -> None:
        waited.append(other)
        os.close(running)

    with shared_server(tmp_path, ["--scenario", "logout-samples"], to_the_end=True):
        monkeypatch.setattr(shared_process, "_wait_for_end", wait)
        with shared_server(tmp_path, to_the_end=True) as url:
            assert answers(url)
    # Not for the other one, which is in use.
    assert waited == [file]


def test_one_that_ends_takes_no_address_from_a_folder_of_the_same_name(tmp_path: Path) -> None:
    place = tmp_path / "shared"
    with ExitStack() as second:
        with shared_server(place, to_the_end=True):
            place.rename(tmp_path / "before")
            second.enter_context(shared_server(place, to_the_end=True))
        assert [*place.glob("*/url")]
        assert not [*tmp_path.glob("before/*/url")]


def test_one_whose_address_cannot_be_taken_away_ends_all_the_same(tmp_path: Path) -> None:
    with shared_server(tmp_path, to_the_end=True):
        [address] = tmp_path.glob("*/url")
        address.unlink()
        address.mkdir()
    assert none_is_left(tmp_path)


def test_one_that_has_died_is_replaced_for_who_comes_then(tmp_path: Path) -> None:
    with shared_server(tmp_path) as first:
        [server] = servers_of(tmp_path)
        os.kill(server, signal.SIGKILL)
        # Its locks go a moment after its memory, by which a process is known to be gone.
        wait_until_ended(tmp_path)
        with shared_server(tmp_path, to_the_end=False) as second:
            assert answers(second)
            assert not answers(first)
    assert none_is_left(tmp_path)


def test_who_is_killed_while_starting_leaves_nothing_behind(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    with shared_server(tmp_path, to_the_end=True) as url:
        assert answers(url)
        assert len(servers_of(tmp_path)) == 1
    assert none_is_left(tmp_path)


def test_a_start_that_fails_is_not_tried_again(tmp_path: Path) -> None:
    problems = []
    for _ in range(2):
        with (
            pytest.raises(SimulatorError, match=r"(?s)did not start:.*does not exist") as caught,
            shared_server(tmp_path, ["--scenarios", "/nowhere"]),
        ):
            pytest.fail("it started")
        problems.append(str(caught.value))
        for log in tmp_path.glob("*/server.log"):
            log.write_text("not written again")
    assert problems[0] == problems[1]
    assert [each.read_text() for each in tmp_path.glob("*/server.log")] == ["not written again"]


def test_a_start_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    with (
        pytest.raises(SimulatorError, match="did not start within 0 s"),
        shared_server(tmp_path, timeout=0),
    ):
        pytest.fail("it started")
    assert none_is_left(tmp_path)
