"""What is remembered of sandboxes is what the database says, whoever moves them and however that ends."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, delete, update

from simulator.clock import SandboxClock
from simulator.domain.access.registration import Client
from simulator.domain.switches import Setting
from simulator.storage import tables
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.engine.sqlite import SqliteEngine
from simulator.storage.worlds import lifecycle
from simulator.storage.worlds.entity_mapping import CLIENTS, PROFILES, SETTINGS
from simulator.storage.worlds.resolution import SandboxHints
from simulator.storage.worlds.sandboxes import EMPTY, SandboxRef, UnknownSandbox
from simulator.storage.worlds.session import SandboxSession
from tests.storage.entities import names, profile
from tests.storage.worlds import NOW, HandClock, Sandbox, new_sandbox

BY_NAME = SandboxHints(named="default")
ON_FILE = pytest.mark.parametrize("db", ["file"], indirect=True)


@pytest.fixture(params=["memory", "file"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ":memory:" if request.param == "memory" else str(tmp_path / "test.db")


def asked(engine: Engine) -> Callable[[], list[str]]:
    """Every statement on sandboxes since the last time this was asked."""
    seen: list[str] = []
    assert isinstance(engine, SqliteEngine)
    reads = engine._immediate_reader._raw if engine._immediate_reader else engine._writer._raw
    for raw in (reads, engine._writer._raw):
        raw.set_trace_callback(seen.append)

    def new() -> list[str]:
        found = [each for each in seen if "sandbox" in each]
        seen.clear()
        return found

    return new


def client(application: str) -> Client:
    return Client(
        id="app-1", application=application, secret="s", registered_at=NOW, redirect_uris=()
    )


async def test_who_asks_again_is_told_without_the_database(
    sandbox: Sandbox, engine: Engine
) -> None:
    await engine.resolve(BY_NAME)
    statements = asked(engine)
    assert await engine.resolve(BY_NAME) == sandbox.ref
    await sandbox.put(PROFILES, profile("p"))
    await sandbox.delete(PROFILES, "p")
    assert await sandbox.find(PROFILES, device="device") == []
    assert await engine.resolve(SandboxHints(token="default")) == sandbox.ref
    assert statements() == []


@pytest.mark.usefixtures("sandbox")
async def test_who_alters_a_sandbox_asks_once_how_it_stands(engine: Engine) -> None:
    statements = asked(engine)
    await engine.alter("default", lambda _: None)
    assert len(statements()) == 1


@pytest.mark.parametrize(
    "clues",
    [
        SandboxHints(named="other"),
        SandboxHints(host="other"),
        SandboxHints(token="other"),
        SandboxHints(host="localhost", token="other", device="box"),
        SandboxHints(host="localhost"),
    ],
)
async def test_both_times_every_clue_leads_to_the_same_sandbox(
    sandbox: Sandbox, engine: Engine, clock: HandClock, clues: SandboxHints
) -> None:
    other = await new_sandbox(engine, clock, "other")
    expected = other.ref if "other" in clues else sandbox.ref
    assert [await engine.resolve(clues) for _ in range(3)] == [expected] * 3


async def test_a_name_that_belonged_to_nobody_may_be_given_later(
    sandbox: Sandbox, engine: Engine, clock: HandClock
) -> None:
    clues = SandboxHints(host="ci-42", token="default")
    assert await engine.resolve(clues) == sandbox.ref
    made = await new_sandbox(engine, clock, "ci-42")
    assert await engine.resolve(clues) == made.ref


async def test_long_names_that_belong_to_nobody_are_not_remembered(
    sandbox: Sandbox, engine: Engine
) -> None:
    for length in (256, 257):
        clues = SandboxHints(host="x" * length, token="default")
        assert [await engine.resolve(clues) for _ in range(2)] == [sandbox.ref] * 2
    assert [len(each) for each in engine._sandbox_cache._absent] == [256]


async def test_what_moves_a_sandbox_is_seen_at_once(sandbox: Sandbox, engine: Engine) -> None:
    async def found() -> SandboxRef:
        return await engine.resolve(BY_NAME)

    assert not (await found()).faulty
    await sandbox.reset()
    assert await found() == sandbox.ref
    assert (await found()).shows_headers
    await sandbox.put(SETTINGS, Setting(id="simulator_headers", value=False))
    assert not (await found()).shows_headers
    await engine.transact(lambda connection: _move_clock(connection, by=5_000))
    assert (await found()).clock.offset == 5_000
    await engine.transact(_drop)
    with pytest.raises(UnknownSandbox):
        await found()


def _set_clock(world: SandboxSession) -> None:
    lifecycle.set_clock(world, SandboxClock(offset=5_000))


async def _alter_clock(other: Sandbox) -> None:
    await other.engine.alter("other", _set_clock)


async def _configure(other: Sandbox) -> None:
    await other.put(SETTINGS, Setting(id="simulator_headers", value=False))


async def _reset(other: Sandbox) -> None:
    await other.reset()


async def _delete(other: Sandbox) -> None:
    await other.engine.alter("other", lifecycle.drop)


async def _clone(other: Sandbox) -> None:
    clone = partial(lifecycle.clone, name="made", keep=None, most=10)
    await other.engine.alter("other", clone, makes=("made",))


async def _make(other: Sandbox) -> None:
    make = partial(lifecycle.create, name="made", baseline=EMPTY, now=NOW)
    await other.engine.transact(make, moves=("made",))


@pytest.mark.parametrize("happens", [_alter_clock, _configure, _reset, _delete, _clone, _make])
async def test_what_happens_to_one_sandbox_leaves_the_others_known(
    sandbox: Sandbox,
    engine: Engine,
    clock: HandClock,
    happens: Callable[[Sandbox], Awaitable[None]],
) -> None:
    other = await new_sandbox(engine, clock, "other")
    clues = SandboxHints(host="nobody", token="default")
    await engine.resolve(clues)
    await happens(other)
    statements = asked(engine)
    assert await engine.resolve(clues) == sandbox.ref
    assert await sandbox.find(PROFILES, device="device") == []
    assert statements() == []


@pytest.mark.parametrize("makes", [_clone, _make])
async def test_a_name_is_found_as_soon_as_it_is_somebody_s(
    sandbox: Sandbox,
    engine: Engine,
    clock: HandClock,
    makes: Callable[[Sandbox], Awaitable[None]],
) -> None:
    other = await new_sandbox(engine, clock, "other")
    clues = SandboxHints(host="made", token="default")
    assert [await engine.resolve(clues) for _ in range(2)] == [sandbox.ref] * 2
    await makes(other)
    assert [(await engine.resolve(clues)).name for _ in range(2)] == ["made"] * 2


@ON_FILE
async def test_until_an_alteration_is_committed_its_sandbox_alone_is_asked_for(
    sandbox: Sandbox, engine: Engine, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(engine, SqliteEngine)
    other = await new_sandbox(engine, clock, "other")
    there = SandboxHints(named="other")
    for clues in (BY_NAME, there):
        await engine.resolve(clues)
    statements = asked(engine)
    thread, held = engine._writer._thread, asyncio.Queue[Any]()
    with monkeypatch.context() as patch:
        patch.setattr(thread, "hand_over", lambda *commit: held.put_nowait(commit))
        altering = asyncio.create_task(engine.alter("other", _set_clock))
        commit = await held.get()
        statements()
        assert await engine.resolve(BY_NAME) == sandbox.ref
        assert await sandbox.find(PROFILES, device="device") == []
        assert statements() == []
        assert await engine.resolve(there) == other.ref
        assert len(statements()) == 1
    thread.hand_over(*commit)
    await altering
    assert (await engine.resolve(there)).clock.offset == 5_000


def _move_clock(connection: Connection, *, by: int) -> None:
    connection.execute(update(tables.sandbox).values(clock_offset=by))


def _drop(connection: Connection) -> None:
    connection.execute(delete(tables.sandbox))


async def test_a_registration_leaves_known_how_the_sandbox_stands(
    sandbox: Sandbox, engine: Engine
) -> None:
    await engine.resolve(BY_NAME)
    statements = asked(engine)
    await sandbox.put(CLIENTS, client("first"))
    assert await engine.resolve(BY_NAME) == sandbox.ref
    assert await sandbox.find(PROFILES, device="device") == []
    assert statements() == []


async def test_units_that_share_a_commit_with_one_that_moves_see_what_it_did(
    sandbox: Sandbox, engine: Engine
) -> None:
    await engine.resolve(BY_NAME)

    def freeze(world: SandboxSession) -> int:
        assert lifecycle.freeze_top(world) == world.layer
        return world.layer

    def put(world: SandboxSession) -> int:
        world.profiles.put(profile("after"))
        return world.layer

    await sandbox.put(PROFILES, profile("before"))
    await engine.resolve(BY_NAME)
    frozen, layer = await asyncio.gather(
        engine.alter("default", freeze),
        # A world on what was remembered would write into the layer that was frozen just now.
        sandbox.write(put),
    )
    assert layer > frozen
    assert names(await sandbox.all(PROFILES)) == ["after", "before"]


async def test_whoever_gives_up_waiting_for_a_move_leaves_nothing_old_behind(
    sandbox: Sandbox, engine: Engine
) -> None:
    await engine.resolve(BY_NAME)
    begun, go_on = Event(), Event()

    def work(connection: Connection) -> None:
        begun.set()
        go_on.wait(10)
        _move_clock(connection, by=7_000)

    mover = asyncio.ensure_future(engine.transact(work))
    await asyncio.to_thread(begun.wait, 10)
    mover.cancel()
    with pytest.raises(asyncio.CancelledError):
        await mover
    meanwhile = asyncio.create_task(engine.resolve(BY_NAME))
    await asyncio.sleep(0)
    go_on.set()
    await meanwhile
    # It was under way already, and comes to its end.
    await engine.transact(lambda _: None, quick=True, moves=())
    assert (await engine.resolve(BY_NAME)).clock.offset == 7_000


async def test_a_move_that_fails_is_forgotten(sandbox: Sandbox, engine: Engine) -> None:
    def fail(connection: Connection) -> None:
        _move_clock(connection, by=9_000)
        raise LookupError

    await engine.resolve(BY_NAME)
    with pytest.raises(LookupError):
        await engine.transact(fail, quick=True)
    assert await engine.resolve(BY_NAME) == sandbox.ref


@pytest.mark.usefixtures("unlocked")
async def test_nothing_is_remembered_of_a_file_that_others_may_write_to(
    tmp_path: Path, clock: HandClock
) -> None:
    db = str(tmp_path / "shared.db")
    ours, theirs = await open_engine(db, clock), await open_engine(db, clock)
    here = await new_sandbox(ours, clock, "default")
    there = Sandbox(theirs, clock, here.ref)
    await ours.resolve(BY_NAME)
    await there.put(PROFILES, profile("p"))
    assert names(await here.find(PROFILES, device="device")) == ["p"]
    await there.reset()
    assert await ours.resolve(BY_NAME) == there.ref
    await ours.close()
    await theirs.close()


async def test_reads_between_writes_do_not_keep_the_log_from_being_written_over(
    tmp_path: Path, clock: HandClock
) -> None:
    """A transaction that goes on reading would: then the log grows for as long as there are readers."""
    engine = await open_engine(str(tmp_path / "busy.db"), clock)
    sandbox = await new_sandbox(engine, clock, "default")
    sizes = []
    for number in range(1_500):
        await sandbox.put(PROFILES, profile(f"{number:04}"))
        assert len(await sandbox.find(PROFILES, id=f"{number:04}")) == 1
        sizes.append((tmp_path / "busy.db-wal").stat().st_size)
    await engine.close()
    assert sizes[-1] < 2 * sizes[500]
    assert max(sizes) < 8 * 2**20


@ON_FILE
async def test_a_long_read_of_an_older_state_leaves_nothing_behind(
    sandbox: Sandbox, engine: Engine
) -> None:
    """Long reads that share a transaction see what the first of them saw, whatever comes meanwhile."""
    await sandbox.put(CLIENTS, client("first"))
    begun, go_on = Event(), Event()

    def application(world: SandboxSession) -> object:
        return world.application_of("app-1")

    def first(world: SandboxSession) -> None:
        world.clients.get("app-1")
        begun.set()
        go_on.wait(10)

    reads = [
        asyncio.create_task(engine.read(sandbox.ref, unit, long=True))
        for unit in (first, application)
    ]
    await asyncio.to_thread(begun.wait, 10)
    await sandbox.put(CLIENTS, client("second"))
    await engine.resolve(BY_NAME)
    go_on.set()
    assert await asyncio.gather(*reads) == [None, "first"]
    assert await sandbox.read(application) == "second"


@ON_FILE
async def test_a_read_whose_transaction_broke_off_does_not_hold_up_those_who_write(
    sandbox: Sandbox, engine: Engine
) -> None:
    """SQLite takes back the transaction by itself where a disk fails."""

    def break_off(connection: Connection) -> None:
        connection.exec_driver_sql("ROLLBACK")

    await engine.query(break_off, quick=True)
    await asyncio.wait_for(sandbox.put(PROFILES, profile("p")), 10)
    assert names(await sandbox.all(PROFILES)) == ["p"]
