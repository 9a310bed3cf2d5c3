"""A SQLite file becomes shorter when what was in it is gone."""

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from simulator.storage.engine import sqlite
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.worlds import layers
from simulator.storage.worlds.entity_mapping import PROFILES
from tests.storage.entities import profile
from tests.storage.worlds import HandClock, new_sandbox

LONG = {"note": {"value": "y" * 3_000}}


async def free_pages_after_shrinking(db: str, clock: HandClock) -> tuple[int, int]:
    """Fill and empty the database, and say how many free pages there are before and after."""
    engine = await open_engine(db, clock)
    try:
        sandbox = await new_sandbox(engine, clock, "default")
        await sandbox.put(PROFILES, *(profile(f"{n}", attributes=LONG) for n in range(1_000)))
        await engine.transact(
            partial(layers.drop_rows, layer_ids=[sandbox.ref.layer], limit=1_000_000)
        )
        before = await free_pages(engine)
        async with asyncio.timeout(60):
            while await engine.shrink():
                pass
        return before, await free_pages(engine)
    finally:
        await engine.close()


async def free_pages(engine: Engine) -> int:
    def count(connection: Connection) -> int:
        return int(connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())

    return await engine.transact(count)


async def test_free_pages_are_given_back_but_for_a_few(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "test.db"
    before, after = await free_pages_after_shrinking(str(path), clock)
    assert after <= sqlite._PAGES_KEPT_FREE < before


async def test_a_file_that_somebody_else_began_is_left_as_long_as_it_is(
    tmp_path: Path, clock: HandClock
) -> None:
    path = tmp_path / "shared.db"
    shared = sqlite3.connect(path)
    shared.execute("CREATE TABLE notes (note TEXT)")
    # What is fixed with the first table stays so.
    shared.execute("DROP TABLE notes")
    shared.close()
    before, after = await free_pages_after_shrinking(str(path), clock)
    assert after >= before > sqlite._PAGES_KEPT_FREE


async def test_memory_is_given_back_too(clock: HandClock) -> None:
    before, after = await free_pages_after_shrinking(":memory:", clock)
    assert after <= sqlite._PAGES_KEPT_FREE < before


async def test_a_small_database_has_nothing_to_give(tmp_path: Path, clock: HandClock) -> None:
    engine = await open_engine(str(tmp_path / "test.db"), clock)
    try:
        before = await free_pages(engine)
        assert not await engine.shrink()
        assert await free_pages(engine) == before
    finally:
        await engine.close()
