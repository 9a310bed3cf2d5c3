"""What is PostgreSQL's own: units that wait for a lock, commits that fail, several processes."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection

from simulator.storage import signing_keys
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.errors import ConflictError
from simulator.storage.signing_keys import SigningKey
from simulator.storage.worlds import codes, layers, lifecycle, sandboxes, sweeping
from simulator.storage.worlds.entity_mapping import PROFILES, SERVICE_PROVIDERS
from simulator.storage.worlds.resolution import SandboxHints
from simulator.storage.worlds.sandboxes import EMPTY
from simulator.storage.worlds.session import SandboxSession
from tests.storage.entities import names, profile, provider
from tests.storage.postgres import Session
from tests.storage.trips import Trips
from tests.storage.worlds import NOW, HandClock, Sandbox, new_sandbox

LOCK = "SELECT 1 FROM sandbox WHERE name = 'default' FOR UPDATE"


@pytest.fixture
def db(postgres: str) -> str:
    return postgres


def providers(world: SandboxSession) -> list[str]:
    return list(world.config.service_providers)


async def test_a_commit_that_fails_leaves_nothing_behind(sandbox: Sandbox, other: Session) -> None:
    await other.execute(
        "ALTER TABLE profile ALTER CONSTRAINT fk_profile_layer DEFERRABLE INITIALLY DEFERRED"
    )

    def doomed(world: SandboxSession) -> None:
        world.repository(SERVICE_PROVIDERS).put(provider("lost"))
        world.profiles.put(profile("lost"))
        assert providers(world) == ["lost"]
        stray = PROFILES.row(profile("stray"), layer=999, epoch=0)
        world.connection.execute(PROFILES.table.insert(), stray)

    results = await asyncio.gather(
        sandbox.write(doomed),
        sandbox.put(PROFILES, profile("kept")),
        sandbox.write(doomed),
        return_exceptions=True,
    )
    assert [type(each) for each in results] == [ConflictError, type(None), ConflictError]
    assert names(await sandbox.all(PROFILES)) == ["kept"]
    assert await sandbox.read(providers) == []
    await sandbox.put(SERVICE_PROVIDERS, provider("kept"))
    assert await sandbox.read(providers) == ["kept"]


async def test_two_processes_see_what_the_other_configures(
    sandbox: Sandbox, db: str, clock: HandClock
) -> None:
    again = await open_engine(db, clock)
    try:
        pair = (sandbox, Sandbox(again, clock, sandbox.ref))
        for number in range(4):
            await pair[number % 2].put(SERVICE_PROVIDERS, provider(f"{number}"))
            for each in pair:
                assert await each.read(providers) == [f"{n}" for n in range(number + 1)]
    finally:
        await again.close()


async def test_of_processes_that_start_together_one_makes_the_schema(
    db: str, clock: HandClock
) -> None:
    engines = await asyncio.gather(*(open_engine(db, clock) for _ in range(4)))
    try:
        assert (await new_sandbox(engines[0], clock, "default")).ref.generation == 1
    finally:
        for each in engines:
            await each.close()


async def test_of_two_processes_together_none_makes_one_sandbox_too_many(
    engine: Engine, db: str, clock: HandClock, other: Session
) -> None:
    # Which every instance has.
    key = SigningKey("tokens", "k", "pem", None, NOW)
    await engine.transact(partial(signing_keys.add, key=key))
    again = await open_engine(db, clock)

    def make(connection: Connection, name: str) -> None:
        lifecycle.create(connection, name, baseline=EMPTY, now=NOW, most=6)

    try:
        # They get there together, and go on one after another.
        async with other.holding("SELECT 1 FROM signing_key FOR UPDATE"):
            making = [
                asyncio.ensure_future(each.transact(partial(make, name=f"s{number}")))
                for number, each in enumerate([engine, again] * 10)
            ]
            await other.until_waiting(20)
        made = await asyncio.gather(*making, return_exceptions=True)
    finally:
        await again.close()
    assert sum(isinstance(each, lifecycle.TooManySandboxes) for each in made) == 14
    assert await engine.query(sandboxes.count) == 6


async def test_a_document_that_two_lay_at_once_ends_up_in_one_layer(
    engine: Engine, other: Session
) -> None:
    def made(connection: Connection) -> int:
        return layers.new_layer(connection, parent=None, now=NOW)

    theirs, ours = await engine.transact(made), await engine.transact(made)

    async def freeze() -> int:
        return await engine.transact(lambda connection: layers.freeze_as(connection, ours, "sha"))

    async with other.holding("UPDATE layer SET digest = 'sha' WHERE id = $1", theirs):
        task = asyncio.create_task(freeze())
        await other.until_waiting()
    assert await task == theirs


async def test_what_another_process_sweeps_is_left_to_it(engine: Engine, other: Session) -> None:
    def made(connection: Connection) -> list[int]:
        found = [layers.new_layer(connection, parent=None, now=NOW) for _ in range(2)]
        for each in found:
            layers.abandon(connection, each, NOW)
        return found

    theirs, ours = await engine.transact(made)
    bite = partial(sweeping.next_to_sweep, before=NOW + 1)
    async with other.holding("SELECT 1 FROM layer WHERE id = $1 FOR UPDATE", theirs):
        assert await engine.transact(bite) == [ours]
    assert await engine.transact(bite) == [theirs, ours]


async def test_a_layer_goes_when_nobody_holds_the_row_of_the_one_below(
    engine: Engine, other: Session
) -> None:
    """Whoever drops a sandbox holds some and may wait for others, so the sweeper must not wait."""

    def made(connection: Connection) -> tuple[int, int]:
        below = layers.new_layer(connection, parent=None, now=NOW)
        above = layers.new_layer(connection, parent=below, now=NOW)
        layers.abandon(connection, above, NOW)
        return below, above

    below, _ = await engine.transact(made)
    bite = partial(sweeping.bite, before=NOW + 1, limit=100, now=NOW)
    async with other.holding("SELECT 1 FROM layer WHERE id = $1 FOR UPDATE", below):
        assert await engine.transact(bite) == (1, 0)
    assert await engine.transact(bite) == (1, 1)
    assert await engine.transact(bite) == (1, 1)
    assert await engine.transact(bite) == (0, 0)


async def test_a_document_whose_layer_is_just_being_swept_needs_another_one(
    engine: Engine, other: Session
) -> None:
    def made(connection: Connection) -> int:
        found = layers.new_layer(connection, parent=None, now=NOW)
        return layers.freeze_as(connection, found, "sha")

    swept = await engine.transact(made)

    async def found() -> int | None:
        return await engine.transact(partial(layers.find_by_digest, digest="sha"))

    async with other.holding("DELETE FROM layer WHERE id = $1", swept):
        task = asyncio.create_task(found())
        await other.until_waiting()
    assert await task is None


async def test_units_that_are_cancelled_while_they_wait_give_their_connections_back(
    sandbox: Sandbox, other: Session
) -> None:
    async with other.holding(LOCK):
        for _ in range(3):
            # Together more than the pool has, if they were lost.
            tasks = [
                asyncio.create_task(sandbox.put(PROFILES, profile(f"{number}")))
                for number in range(8)
            ]
            await other.until_waiting(8)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(each, asyncio.CancelledError) for each in results)
    assert await sandbox.all(PROFILES) == []
    await asyncio.gather(*(sandbox.put(PROFILES, profile(f"{n}")) for n in range(25)))
    assert len(await sandbox.all(PROFILES)) == 25


async def test_closing_leaves_no_session(db: str, clock: HandClock, other: Session) -> None:
    engine = await open_engine(db, clock)
    sandbox = await new_sandbox(engine, clock, "default")
    await asyncio.gather(*(sandbox.all(PROFILES) for _ in range(15)))
    await engine.close()
    await other.until_alone()


async def test_a_request_waits_for_the_server_no_oftener_than_it_must(
    db: str, clock: HandClock
) -> None:
    async with Trips.counted(db) as trips:
        engine = await open_engine(trips.url, clock)
        sandbox = await new_sandbox(engine, clock, "default")
        await sandbox.put(PROFILES, profile("p"))

        async def resolve() -> None:
            assert await engine.resolve(SandboxHints(named="default")) == sandbox.ref

        async def read() -> None:
            assert await sandbox.get(PROFILES, "p") == profile("p")

        async def write() -> None:
            await sandbox.put(PROFILES, profile("p"))

        async def alter() -> None:
            await engine.alter("default", lambda _: None)

        found = {}
        for step in (resolve, read, write, alter):
            # The first time, statements are prepared and the configuration is read.
            await step()
            before = trips.count
            await step()
            found[step.__name__] = trips.count - before
        await engine.close()
    # One statement; two within a transaction; the turn and what a put takes within one; the turn within one.
    assert found == {"resolve": 1, "read": 4, "write": 5, "alter": 3}


async def test_a_request_is_told_of_a_configuration_that_another_process_has_changed(
    sandbox: Sandbox, engine: Engine, other: Session
) -> None:
    clues = SandboxHints(named="default")
    assert (await engine.resolve(clues)).shows_headers
    await other.execute("""
        INSERT INTO setting (layer, id, deleted, value)
            SELECT layer, 'simulator_headers', false, 'false' FROM sandbox""")
    await other.execute(
        "UPDATE layer SET configuration_layer = id, "
        "configuration_revision = configuration_revision + 1"
    )
    assert not (await engine.resolve(clues)).shows_headers
    assert sandbox.ref.name == "default"


async def test_connections_are_kept_rather_than_opened_again(
    sandbox: Sandbox, other: Session
) -> None:
    sessions = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() ORDER BY pid"
    found = []
    for _ in range(3):
        await asyncio.gather(*(sandbox.all(PROFILES) for _ in range(40)))
        found.append(await other.column(sessions))
    assert found[0] == found[1] == found[2]


async def test_a_code_that_another_process_gives_out_just_now_is_not_given_twice(
    sandbox: Sandbox, engine: Engine, clock: HandClock, other: Session
) -> None:
    theirs = await new_sandbox(engine, clock, "theirs")
    give_out = partial(codes.give_out, code="ABC2345")
    given = "INSERT INTO authentication_code (id, sandbox, created) VALUES ($1, $2, $3)"
    async with other.holding(given, "ABC2345", theirs.ref.id, NOW):
        giving = asyncio.ensure_future(sandbox.write(give_out))
        await other.until_waiting(1)
    assert await giving is False
    assert await sandbox.read(partial(codes.holder_of, code="ABC2345")) == "theirs"
