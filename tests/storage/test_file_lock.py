"""Whose a database file is: one process's at a time, until that ends; and its owner's alone to read."""

import asyncio
import fcntl
import logging
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from simulator.storage.engine import file_lock
from simulator.storage.engine.file_lock import FileLock
from simulator.storage.engine.opening import open_engine
from simulator.storage.errors import StorageError
from simulator.storage.worlds.entity_mapping import PROFILES
from tests.storage.entities import names, profile
from tests.storage.worlds import HandClock, files_in, new_sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")

_HOLD = """
import sys
from pathlib import Path
from simulator.storage.engine import file_lock
file_lock._ON_THE_FILE = sys.argv[2] == "on the file"
held = file_lock.FileLock.take(Path(sys.argv[1]))
print("held" if held else "not held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["on the file", "beside it"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the lock is: as on Linux, and as elsewhere."""
    found: str = request.param
    if found == "on the file" and sys.platform != "linux":
        pytest.skip("only Linux has locks that are not SQLite's")
    monkeypatch.setattr(file_lock, "_ON_THE_FILE", found == "on the file")
    return found


def _held_elsewhere(database: Path, place: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(database), place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


async def test_a_file_that_another_process_has_is_refused_and_says_what_to_do(
    tmp_path: Path, clock: HandClock, place: str
) -> None:
    database = tmp_path / "test.db"
    with _held_elsewhere(database, place) as process:
        with pytest.raises(StorageError) as caught:
            await open_engine(str(database), clock)
        assert f"{database} is in use by another pass-simulator" in caught.value.message
        assert "--db" in caught.value.hint
        assert "PostgreSQL" in caught.value.hint
        process.kill()
    # It was killed, and could not let go of it.
    engine = await open_engine(str(database), clock)
    await engine.close()
    assert files_in(tmp_path) == ["test.db"]


@pytest.mark.parametrize("place", ["on the file"], indirect=True)
async def test_a_hard_link_to_the_file_admits_nobody_else(
    tmp_path: Path, clock: HandClock, place: str
) -> None:
    database, link = tmp_path / "test.db", tmp_path / "link.db"
    database.touch()
    link.hardlink_to(database)
    for held, wanted in ((database, link), (link, database)):
        with _held_elsewhere(held, place) as process:
            with pytest.raises(StorageError, match="in use"):
                await open_engine(str(wanted), clock)
            process.kill()


@pytest.mark.parametrize("place", ["on the file"], indirect=True)
async def test_there_is_no_lock_file_to_take_away(
    tmp_path: Path, clock: HandClock, place: str
) -> None:
    database = tmp_path / "test.db"
    with _held_elsewhere(database, place) as process:
        assert files_in(tmp_path) == ["test.db"]
        (tmp_path / "test.db-lock").touch()
        (tmp_path / "test.db-lock").unlink()
        with pytest.raises(StorageError, match="in use"):
            await open_engine(str(database), clock)
        process.kill()


# What SQLite lets nobody do while somebody else has the file.
_TURN = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0)
try:
    print(*connection.execute("PRAGMA journal_mode=DELETE").fetchone())
except sqlite3.OperationalError as error:
    print(error)
"""


async def test_who_is_refused_leaves_sqlites_own_locks_alone(
    tmp_path: Path, clock: HandClock, place: str
) -> None:
    """To close a descriptor of a file ends all locks by `fcntl` that the process has on it."""
    del place
    database, link = tmp_path / "test.db", tmp_path / "link.db"
    engine = await open_engine(str(database), clock)
    link.hardlink_to(database)

    try:
        for each in (database, link):
            if each == database or file_lock._ON_THE_FILE:
                with pytest.raises(StorageError):
                    FileLock.take(each)
        command = [sys.executable, "-c", _TURN, str(database)]
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, check=True
        )
        assert "locked" in done.stdout
    finally:
        await engine.close()


async def test_a_file_is_the_same_by_whatever_link_it_is_reached(
    tmp_path: Path, clock: HandClock, place: str
) -> None:
    del place
    database, link = tmp_path / "test.db", tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(database)
    for first, second in ((database, link), (link, database)):
        engine = await open_engine(str(first), clock)
        with pytest.raises(StorageError):
            await open_engine(str(second), clock)
        await engine.close()
    assert files_in(link.parent) == ["link.db"]


def test_what_was_released_can_be_taken_again(tmp_path: Path, place: str) -> None:
    for _ in range(2):
        held = FileLock.take(tmp_path / "test.db")
        assert held is not None
        with pytest.raises(StorageError):
            FileLock.take(tmp_path / "test.db")
        with _other(tmp_path / "test.db", place) as process:
            assert process.stdout
            assert process.stdout.read() == ""
        held.release()
    assert files_in(tmp_path) == (["test.db"] if place == "on the file" else [])


def _other(database: Path, place: str) -> "subprocess.Popen[str]":
    """Another process that tries to take it."""
    command = [sys.executable, "-c", _HOLD, str(database), place]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_a_lock_on_a_file_that_was_taken_away_meanwhile_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Between opening the file and locking it, its owner may let go of it and take it away."""
    first = FileLock.take(tmp_path / "test.db")
    assert first is not None
    # As if another process had it.
    monkeypatch.setattr(file_lock, "_taken", set())

    opened: list[int] = []
    lock = fcntl.flock

    def late(descriptor: int, how: int) -> None:
        if not opened:
            first.release()
            if place == "on the file":
                (tmp_path / "test.db").unlink()
        opened.append(descriptor)
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    second = FileLock.take(tmp_path / "test.db")
    assert second is not None
    assert len(opened) == 2
    monkeypatch.setattr(fcntl, "flock", lock)
    with pytest.raises(StorageError):
        FileLock.take(tmp_path / "test.db")
    second.release()


async def test_a_file_system_without_locks_will_do(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:

    def refuse(_descriptor: int, _how: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    engine = await open_engine(str(tmp_path / "test.db"), clock)
    other = await open_engine(str(tmp_path / "test.db"), clock)
    await other.close()
    await engine.close()


def _modes(directory: Path) -> dict[str, int]:
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in directory.iterdir()}


@pytest.fixture
def _wide() -> object:
    """Whatever is made may be read by all, unless its maker says else."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_wide")
async def test_what_is_made_is_its_owners_alone(
    tmp_path: Path, clock: HandClock, place: str
) -> None:
    engine = await open_engine(str(tmp_path / "test.db"), clock)
    await new_sandbox(engine, clock, "default")
    made = {"test.db", "test.db-shm", "test.db-wal"}
    made |= set() if place == "on the file" else {"test.db-lock"}
    assert _modes(tmp_path) == dict.fromkeys(made, 0o600)
    await engine.close()


@pytest.mark.usefixtures("_wide")
async def test_what_others_could_read_is_narrowed_with_a_line_in_the_log(
    tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    database = tmp_path / "test.db"
    engine = await open_engine(str(database), clock)
    sandbox = await new_sandbox(engine, clock, "default")
    await sandbox.put(PROFILES, profile("p"))
    # As after a crash: all three are left.
    for name in ("test.db", "test.db-wal", "test.db-shm"):
        (tmp_path / f"of-{name}").write_bytes((tmp_path / name).read_bytes())
        (tmp_path / f"of-{name}").chmod(0o644)
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "of-test.db")
    engine_of_copy = await open_engine(str(link), clock)
    assert {
        name: mode for name, mode in _modes(tmp_path).items() if name.startswith("of-")
    } == dict.fromkeys(("of-test.db", "of-test.db-wal", "of-test.db-shm"), 0o600)
    told = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    for name in ("of-test.db", "of-test.db-wal", "of-test.db-shm"):
        assert f"others could read {tmp_path / name}: its mode was 644, is 600" in told
    sandbox.engine = engine_of_copy
    assert names(await sandbox.all(PROFILES)) == ["p"]
    await engine_of_copy.close()
    await engine.close()


async def test_a_file_that_cannot_be_narrowed_is_used_all_the_same(
    tmp_path: Path,
    clock: HandClock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = tmp_path / "test.db"
    with closing(sqlite3.connect(database)):
        database.touch()
    database.chmod(0o644)

    def refuse(_path: Path, _mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    engine = await open_engine(str(database), clock)
    await engine.close()
    assert "others may read" in caplog.text
