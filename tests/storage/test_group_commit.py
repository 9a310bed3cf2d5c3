"""Units that wait share one transaction of SQLite, each of them undone for itself."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from simulator.clock import SystemClock
from simulator.domain.sessions.profiles import Profile
from simulator.storage.engine import sqlite_connection
from simulator.storage.engine.base import Engine
from simulator.storage.engine.locations import SqliteLocation
from simulator.storage.engine.sqlite import SqliteEngine
from simulator.storage.errors import ConflictError, DatabaseError, DatabaseUnavailableError
from simulator.storage.worlds.entity_mapping import PROFILES, SERVICE_PROVIDERS
from simulator.storage.worlds.session import SandboxSession
from tests.storage.entities import names, profile, provider
from tests.storage.worlds import Sandbox


class UnitError(Exception):
    """What a unit of these tests raises."""


@pytest.fixture(params=["memory", "file"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ":memory:" if request.param == "memory" else str(tmp_path / "test.db")


async def trace(engine: Engine) -> list[str]:
    """Every statement of the writing connection from now on."""
    assert isinstance(engine, SqliteEngine)
    seen: list[str] = []
    engine._writer._raw.set_trace_callback(seen.append)
    return seen


def put(entity_id: str) -> Callable[[SandboxSession], None]:
    return lambda world: world.profiles.put(profile(entity_id))


def fail(world: SandboxSession) -> None:
    world.profiles.put(profile("of the failing unit"))
    raise UnitError


def doom(world: SandboxSession) -> None:
    """Write what only the commit refuses: a row in a layer that does not exist."""
    world.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    row = PROFILES.row(profile("stray"), layer=999, epoch=0)
    world.connection.execute(PROFILES.table.insert(), row)


async def gather(sandbox: Sandbox, *units: Callable[[SandboxSession], object]) -> list[Any]:
    return await asyncio.gather(*(sandbox.write(each) for each in units), return_exceptions=True)


async def test_units_that_wait_share_a_commit(sandbox: Sandbox, engine: Engine) -> None:
    seen = await trace(engine)
    await gather(sandbox, *(put(f"{number:02}") for number in range(20)))
    assert seen.count("BEGIN IMMEDIATE") == seen.count("COMMIT") == 1
    assert len(await sandbox.all(PROFILES)) == 20


async def test_a_commit_is_shared_by_no_more_than_a_batch(
    sandbox: Sandbox, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_connection, "_BATCH", 8)
    seen = await trace(engine)
    await gather(sandbox, *(put(f"{number:02}") for number in range(20)))
    assert seen.count("COMMIT") == 3
    assert len(await sandbox.all(PROFILES)) == 20


async def test_what_wrote_nothing_does_not_wait_for_the_disk_and_nothing_does_in_memory(
    sandbox: Sandbox, engine: Engine, db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(engine, SqliteEngine)
    in_memory = db == ":memory:"
    with monkeypatch.context() as patch:
        # Nobody is there to wait for it.
        patch.setattr(engine._writer._thread, "hand_over", None)
        assert await gather(sandbox, lambda world: world.profiles.get("p")) == [None]
        (written,) = await gather(sandbox, put("p"))
    assert (written is None) == in_memory


async def test_no_statement_comes_between_reads_and_writes_that_has_others_compiled_anew(
    sandbox: Sandbox, engine: Engine
) -> None:
    seen = await trace(engine)
    for number in range(2):
        await sandbox.read(lambda world: world.profiles.get("p"))
        await gather(sandbox, put(f"{number}"))
    assert not [each for each in seen if each.startswith("PRAGMA")]


def stray(connection: Connection) -> None:
    """Write without leave."""
    connection.execute(SERVICE_PROVIDERS.table.update().values(name="stray"))


def stray_and_fail(connection: Connection) -> None:
    stray(connection)
    raise UnitError


@pytest.mark.parametrize("work", [stray, stray_and_fail])
@pytest.mark.parametrize("after_another", [True, False])
async def test_a_unit_that_only_reads_cannot_write(
    sandbox: Sandbox, engine: Engine, work: Callable[[Connection], None], after_another: bool
) -> None:
    await sandbox.put(SERVICE_PROVIDERS, provider("here"))
    before = await sandbox.all(SERVICE_PROVIDERS)
    if not after_another:
        await sandbox.write(lambda _: None)
    with pytest.raises((DatabaseError, UnitError)):
        await engine.query(work, quick=True)
    await sandbox.write(lambda _: None)
    assert await sandbox.all(SERVICE_PROVIDERS) == before


async def test_units_run_in_the_order_in_which_they_came(sandbox: Sandbox) -> None:
    order: list[int] = []

    def note(number: int) -> Callable[[SandboxSession], None]:
        return lambda _: order.append(number)

    await gather(sandbox, *(note(number) for number in range(100)))
    assert order == list(range(100))


async def test_a_later_unit_of_a_batch_sees_what_an_earlier_one_wrote(sandbox: Sandbox) -> None:
    first, second = await gather(sandbox, put("p"), lambda world: world.profiles.get("p"))
    assert (first, second) == (None, profile("p"))


async def test_a_unit_that_fails_takes_only_its_own_writes_with_it(
    sandbox: Sandbox, engine: Engine
) -> None:
    seen = await trace(engine)
    results = await gather(sandbox, put("a"), fail, put("b"), fail, put("c"))
    assert [type(each) for each in results] == [
        type(None),
        UnitError,
        type(None),
        UnitError,
        type(None),
    ]
    assert seen.count("COMMIT") == 1
    assert names(await sandbox.all(PROFILES)) == ["a", "b", "c"]


async def test_a_commit_that_fails_fails_every_unit_that_shared_it(
    sandbox: Sandbox, engine: Engine
) -> None:
    await sandbox.put(PROFILES, profile("before"))
    results = await gather(sandbox, put("a"), fail, doom, put("b"))
    assert [isinstance(each, Exception) for each in results] == [True] * 4
    assert all("FOREIGN KEY" in str(results[number]) for number in (0, 2, 3))
    assert names(await sandbox.all(PROFILES)) == ["before"]


async def test_work_goes_on_after_a_commit_that_failed(sandbox: Sandbox) -> None:
    await gather(sandbox, doom)
    assert await gather(sandbox, put("a"), put("b")) == [None, None]
    assert names(await sandbox.all(PROFILES)) == ["a", "b"]
    # The foreign keys are heeded at once again.
    with pytest.raises(ConflictError):
        await sandbox.write(
            lambda world: world.connection.execute(
                PROFILES.table.insert(), PROFILES.row(profile("stray"), layer=999, epoch=0)
            )
        )


async def test_a_commit_that_fails_leaves_no_trace_in_the_catalogue(sandbox: Sandbox) -> None:
    def configure(name: str) -> Callable[[SandboxSession], None]:
        return lambda world: world.repository(SERVICE_PROVIDERS).put(provider("REF30", name))

    def name_of(world: SandboxSession) -> str | None:
        found = world.config.service_providers.get("REF30")
        return None if found is None else found.name

    await gather(sandbox, configure("committed"))
    # The second unit reads, and caches, a state of the configuration that is never committed.
    _, seen, _ = await gather(sandbox, configure("lost"), name_of, doom)
    assert isinstance(seen, Exception)
    assert await sandbox.read(name_of) == "committed"
    # The next change of the configuration gives the state that was lost its number again.
    assert await gather(sandbox, configure("changed"), name_of) == [None, "changed"]
    assert await sandbox.read(name_of) == "changed"


async def test_a_unit_that_is_undone_leaves_no_trace_in_the_catalogue(sandbox: Sandbox) -> None:
    def fail_to_configure(world: SandboxSession) -> None:
        world.repository(SERVICE_PROVIDERS).put(provider("lost"))
        assert "lost" in world.config.service_providers
        raise UnitError

    def providers(world: SandboxSession) -> list[str]:
        return list(world.config.service_providers)

    results = await gather(
        sandbox,
        fail_to_configure,
        providers,
        lambda world: world.repository(SERVICE_PROVIDERS).put(provider("kept")),
        providers,
    )
    assert results[1::2] == [[], ["kept"]]
    assert await sandbox.read(providers) == ["kept"]


async def test_a_commit_can_be_refused_to_an_instance_wide_change(
    sandbox: Sandbox, engine: Engine
) -> None:
    def doomed(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.execute(
            PROFILES.table.insert(), PROFILES.row(profile("stray"), layer=999, epoch=0)
        )

    with pytest.raises(Exception, match="FOREIGN KEY"):
        await engine.transact(doomed)
    assert await sandbox.all(PROFILES) == []


async def test_a_cancelled_waiter_does_not_disturb_its_batch(
    sandbox: Sandbox, engine: Engine
) -> None:
    seen = await trace(engine)
    tasks = [asyncio.create_task(sandbox.write(put(f"{number}"))) for number in range(5)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[3].cancel()
    async with asyncio.timeout(60):
        results = await asyncio.gather(*tasks, return_exceptions=True)
    cancelled = [isinstance(each, asyncio.CancelledError) for each in results]
    assert cancelled == [True, False, False, True, False]
    assert seen.count("COMMIT") == 1
    assert {"1", "2", "4"} <= set(names(await sandbox.all(PROFILES)))


async def test_reads_that_wait_share_a_transaction_and_fail_alone(sandbox: Sandbox) -> None:
    await sandbox.put(PROFILES, profile("p"))

    def unit(world: SandboxSession) -> Profile | None:
        world.profiles.get("p")
        raise UnitError

    def look(world: SandboxSession) -> Profile | None:
        return world.profiles.get("p")

    asked = [sandbox.read(unit if number == 10 else look) for number in range(21)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(results.pop(10), UnitError)
    assert results == [profile("p")] * 20


async def test_the_engine_says_how_many_units_wait_and_how_many_shared_a_commit(
    sandbox: Sandbox, engine: Engine
) -> None:
    assert isinstance(engine, SqliteEngine)
    assert engine.batches
    before, go_on = [*engine.batches.counts], threading.Event()
    long = engine.write(sandbox.ref, lambda _: go_on.wait(60), long=True)
    first = asyncio.create_task(long)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert engine.waiting == 1
    others = [asyncio.create_task(sandbox.write(put(name))) for name in ("a", "b", "c")]
    await asyncio.sleep(0)
    assert engine.waiting == 4
    go_on.set()
    await asyncio.gather(first, *others)
    assert engine.waiting == 0
    added = [after - was for after, was in zip(engine.batches.counts, before, strict=True)]
    # One of one unit, one of three: the bounds are 1, 2, 4, …
    assert added == [1, 0, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("db", ["file"], indirect=True)
@pytest.mark.parametrize("quick", [True, False])
async def test_a_file_that_somebody_else_writes_to_is_told_as_every_other_error(
    engine: Engine, db: str, monkeypatch: pytest.MonkeyPatch, quick: bool
) -> None:
    """Whoever tries again later, as housekeeping does, knows the errors of SQLAlchemy alone."""
    monkeypatch.setattr(sqlite_connection, "_PATIENCE", 10)
    with closing(sqlite3.connect(db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailableError, match="locked"):
            await engine.transact(lambda _: None, quick=quick)
        other.execute("ROLLBACK")
    await engine.transact(lambda _: None, quick=quick)


@pytest.mark.parametrize("quick", [True, False])
async def test_what_comes_after_the_end_is_told_so(tmp_path: Path, quick: bool) -> None:
    engine = await SqliteEngine.open(SqliteLocation(path=tmp_path / "a.db"), SystemClock())
    await engine.close()
    with pytest.raises(DatabaseError, match="closed"):
        await engine.transact(
            lambda connection: connection.exec_driver_sql("SELECT 1"), quick=quick
        )
