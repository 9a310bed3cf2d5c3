"""Closing an engine: what is under way is finished, what comes later is refused, no thread is left."""

import asyncio
import threading
from pathlib import Path

import pytest

from simulator.storage.engine import sqlite_connection
from simulator.storage.engine.opening import open_engine
from simulator.storage.errors import DatabaseError, StorageError
from simulator.storage.worlds.entity_mapping import PROFILES
from simulator.storage.worlds.session import SandboxSession
from tests.storage.entities import names, profile
from tests.storage.worlds import HandClock, Sandbox, files_in, new_sandbox


@pytest.fixture(params=["memory", "file"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ":memory:" if request.param == "memory" else str(tmp_path / "test.db")


async def test_closing_waits_for_the_units_under_way(db: str, clock: HandClock) -> None:
    engine = await open_engine(db, clock)
    sandbox = await new_sandbox(engine, clock, "default")
    writes = [asyncio.create_task(sandbox.put(PROFILES, profile(f"{n:03}"))) for n in range(150)]
    reads = [asyncio.create_task(sandbox.all(PROFILES)) for _ in range(10)]
    await asyncio.sleep(0)
    await engine.close()
    assert all(task.done() for task in (*writes, *reads))
    await asyncio.gather(*writes, *reads)


async def test_what_was_acknowledged_is_there_after_closing(
    tmp_path: Path, clock: HandClock
) -> None:
    db = str(tmp_path / "test.db")
    engine = await open_engine(db, clock)
    sandbox = await new_sandbox(engine, clock, "default")
    await sandbox.put(PROFILES, profile("p"))
    await engine.close()
    engine = await open_engine(db, clock)
    assert names(await Sandbox(engine, clock, sandbox.ref).all(PROFILES)) == ["p"]
    await engine.close()
    assert files_in(tmp_path) == ["test.db"]


@pytest.mark.usefixtures("unlocked")
async def test_what_was_acknowledged_is_in_the_file_without_closing(
    tmp_path: Path, clock: HandClock
) -> None:
    """Another process that opens the file finds it, as one would after a crash."""
    db = str(tmp_path / "test.db")
    engine = await open_engine(db, clock)
    sandbox = await new_sandbox(engine, clock, "default")
    await sandbox.put(PROFILES, profile("p"))
    other = await open_engine(db, clock)
    assert names(await Sandbox(other, clock, sandbox.ref).all(PROFILES)) == ["p"]
    await other.close()
    await engine.close()


async def test_a_reader_that_turns_into_a_writer_meanwhile_is_finished(
    db: str, clock: HandClock
) -> None:
    engine = await open_engine(db, clock)
    sandbox = await new_sandbox(engine, clock, "default")

    def claim(world: SandboxSession) -> str:
        world.profiles.put(profile("p"))
        return "claimed"

    task = asyncio.create_task(sandbox.read(claim))
    await asyncio.sleep(0)
    await engine.close()
    assert await task == "claimed"


async def test_a_unit_that_comes_too_late_is_refused(db: str, clock: HandClock) -> None:
    engine = await open_engine(db, clock)
    sandbox = await new_sandbox(engine, clock, "default")
    await engine.close()
    async with asyncio.timeout(60):
        with pytest.raises(DatabaseError, match="closed"):
            await sandbox.put(PROFILES, profile("late"))
        with pytest.raises(DatabaseError, match="closed"):
            await sandbox.all(PROFILES)


async def test_closing_leaves_no_thread(db: str, clock: HandClock) -> None:
    before = set(threading.enumerate())
    engine = await open_engine(db, clock)
    new = set(threading.enumerate()) - before
    assert len(new) == (1 if db == ":memory:" else 2)
    await engine.close()
    _assert_ended(new)


async def test_an_engine_that_cannot_be_opened_leaves_no_thread(
    tmp_path: Path, clock: HandClock
) -> None:
    (tmp_path / "test.db").write_bytes(b"this is no database" * 100)
    before = set(threading.enumerate())
    with pytest.raises(StorageError):
        await open_engine(str(tmp_path / "test.db"), clock)
    _assert_ended(set(threading.enumerate()) - before)


async def test_an_engine_that_cannot_even_connect_has_no_thread_left(
    tmp_path: Path, clock: HandClock
) -> None:
    before = set(threading.enumerate())
    with pytest.raises(StorageError):
        await open_engine(str(tmp_path), clock)
    # At once: the event loop may be closed next, and the thread would still call it.
    assert set(threading.enumerate()) <= before


async def test_an_engine_whose_reader_cannot_be_opened_leaves_no_thread(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = 0
    pragmas = sqlite_connection._pragmas

    def fail_late(*, writes: bool) -> list[str]:
        nonlocal opened
        opened += 1
        if opened == 2:
            raise OSError("too many open files")
        return pragmas(writes=writes)

    monkeypatch.setattr(sqlite_connection, "_pragmas", fail_late)
    before = set(threading.enumerate())
    with pytest.raises(OSError, match="too many"):
        await open_engine(str(tmp_path / "test.db"), clock)
    left = set(threading.enumerate()) - before
    _assert_ended(left)


def _assert_ended(threads: set[threading.Thread]) -> None:
    for each in threads:
        each.join(timeout=60)
    assert not [each for each in threads if each.is_alive()]
