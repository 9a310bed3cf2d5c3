"""Whose a database file is: one process's at a time, until that ends in whatever way."""

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.storage.engine.file_lock import FileLock
from simulator.storage.engine.opening import open_engine
from simulator.storage.errors import StorageError
from tests.storage.worlds import HandClock, files_in

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")

_HOLD = """
import sys
from pathlib import Path
from simulator.storage.engine.file_lock import FileLock
held = FileLock.take(Path(sys.argv[1]))
print("held" if held else "not held", flush=True)
sys.stdin.read()
"""


def _held_elsewhere(database: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


async def test_a_file_that_another_process_has_is_refused_and_says_what_to_do(
    tmp_path: Path, clock: HandClock
) -> None:
    database = tmp_path / "test.db"
    with _held_elsewhere(database) as process:
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


async def test_a_file_is_the_same_by_whatever_link_it_is_reached(
    tmp_path: Path, clock: HandClock
) -> None:
    database, link = tmp_path / "test.db", tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(database)
    for first, second in ((database, link), (link, database)):
        engine = await open_engine(str(first), clock)
        with pytest.raises(StorageError):
            await open_engine(str(second), clock)
        await engine.close()
    assert files_in(link.parent) == ["link.db"]


def test_what_was_released_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        held = FileLock.take(tmp_path / "test.db")
        assert held is not None
        with pytest.raises(StorageError):
            FileLock.take(tmp_path / "test.db")
        held.release()
    assert files_in(tmp_path) == []


def test_a_lock_on_a_file_that_was_taken_away_meanwhile_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening the file and locking it, its owner may let go of it and take it away."""
    first = FileLock.take(tmp_path / "test.db")
    assert first is not None

    opened: list[int] = []
    lock = fcntl.flock

    def late(descriptor: int, how: int) -> None:
        if not opened:
            first.release()
        opened.append(descriptor)
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    second = FileLock.take(tmp_path / "test.db")
    assert second is not None
    assert len(opened) == 2
    monkeypatch.undo()
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
