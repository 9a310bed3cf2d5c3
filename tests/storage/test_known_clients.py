"""Which application a client is of is asked once, and not known any more when it is changed or gone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from simulator.clock import SandboxClock
from simulator.domain.access.registration import Application, Client
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.engine.sqlite import SqliteEngine
from simulator.storage.worlds import lifecycle
from simulator.storage.worlds.entity_mapping import APPLICATIONS, CLIENTS, PROFILES
from simulator.storage.worlds.repository import Repository
from simulator.storage.worlds.resolution import SandboxHints
from simulator.storage.worlds.sandboxes import Baseline
from simulator.storage.worlds.session import SandboxSession
from tests.storage.conftest import NewSandbox
from tests.storage.entities import profile
from tests.storage.worlds import NOW, HandClock, Sandbox

ON_SQLITE = pytest.mark.parametrize("db", ["memory", "file"], indirect=True)
ON_FILE = pytest.mark.parametrize("db", ["file"], indirect=True)

Asked = Callable[[], int]


def client(application: str = "first") -> Client:
    return Client(id="app-1", application=application, secret="s", registered_at=NOW)


def application(world: SandboxSession) -> str | None:
    return world.application_of("app-1")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """How often clients were looked for since this was asked last."""
    find, count = Repository[Client].find, 0

    def counting(self: Repository[Client], **equals: object) -> list[Client]:
        nonlocal count
        count += self._kind is CLIENTS
        return find(self, **equals)

    def since() -> int:
        nonlocal count
        found, count = count, 0
        return found

    monkeypatch.setattr(Repository, "find", counting)
    return since


@dataclass
class Process:
    """Another process on the same database, or on SQLite, which belongs to one, the same."""

    engine: Engine

    async def write(self, unit: Callable[[SandboxSession], object]) -> None:
        at = await self.engine.resolve(SandboxHints(named="default"))
        await self.engine.write(at, unit)

    async def alter(self, unit: Callable[[SandboxSession], object]) -> None:
        await self.engine.alter("default", unit)


@pytest.fixture
async def elsewhere(db: str, engine: Engine, clock: HandClock) -> AsyncIterator[Process]:
    if not engine.shared:
        yield Process(engine)
        return
    again = await open_engine(db, clock)
    yield Process(again)
    await again.close()


async def _now(sandbox: Sandbox) -> str | None:
    sandbox.ref = await sandbox.engine.resolve(SandboxHints(named="default"))
    return await sandbox.read(application)


async def test_a_client_is_looked_for_once(sandbox: Sandbox, asked: Asked) -> None:
    await sandbox.put(CLIENTS, client())
    asked()
    assert await _now(sandbox) == "first"
    assert asked() == 1
    assert await _now(sandbox) == await sandbox.write(application) == "first"
    assert asked() == 0


async def test_what_a_unit_that_writes_has_found_is_known_as_well(
    sandbox: Sandbox, asked: Asked
) -> None:
    await sandbox.put(CLIENTS, client())
    assert await sandbox.write(application) == "first"
    asked()
    assert await _now(sandbox) == "first"
    assert asked() == 0


async def _move_clock(elsewhere: Process) -> None:
    def unit(world: SandboxSession) -> None:
        lifecycle.set_clock(world, SandboxClock(frozen_at=world.now + 1))

    await elsewhere.alter(unit)


async def _freeze(elsewhere: Process) -> None:
    await elsewhere.write(lambda world: world.profiles.put(profile("p")))
    await elsewhere.alter(lifecycle.freeze_top)


async def _register_another(elsewhere: Process) -> None:
    other = Client(id="app-2", application="second", secret="s", registered_at=NOW)
    await elsewhere.write(lambda world: world.clients.put(other))


@pytest.mark.parametrize("happens", [_move_clock, _freeze, _register_another])
async def test_what_changes_no_client_leaves_them_known(
    sandbox: Sandbox,
    elsewhere: Process,
    asked: Asked,
    happens: Callable[[Process], Awaitable[None]],
) -> None:
    await sandbox.put(CLIENTS, client())
    assert await _now(sandbox) == "first"
    await happens(elsewhere)
    asked()
    assert await _now(sandbox) == "first"
    assert asked() == 0


@pytest.mark.parametrize("frozen", [False, True])
async def test_who_is_deleted_or_changed_wherever_is_no_longer_known(
    sandbox: Sandbox, elsewhere: Process, *, frozen: bool
) -> None:
    await sandbox.put(CLIENTS, client())
    if frozen:
        await sandbox.lay()
    assert await _now(sandbox) == "first"
    await elsewhere.write(lambda world: world.clients.put(client("second")))
    # A request that has found its sandbox before is in the same generation still.
    assert await sandbox.read(application) == await sandbox.write(application) == "second"
    await elsewhere.write(lambda world: world.clients.delete("app-1"))
    assert await sandbox.read(application) is await sandbox.write(application) is None
    await elsewhere.write(lambda world: world.clients.put(client("third")))
    assert await sandbox.read(application) == await sandbox.write(application) == "third"


async def test_who_was_not_there_at_a_reset_is_no_longer_known(
    sandbox: Sandbox, elsewhere: Process
) -> None:
    before = sandbox.ref
    await sandbox.put(CLIENTS, client())
    assert await _now(sandbox) == "first"
    await elsewhere.alter(partial(lifecycle.restart, on=Baseline(layer=None, name="empty")))
    assert await _now(sandbox) is None
    assert await sandbox.engine.read(before, application) == "first"


async def test_who_is_kept_at_a_reset_comes_back_by_a_write(
    sandbox: Sandbox, elsewhere: Process
) -> None:
    await sandbox.put(APPLICATIONS, Application(id="first", name="First"))
    frozen = await sandbox.lay()
    await sandbox.put(CLIENTS, client())
    assert await _now(sandbox) == "first"
    below = Baseline(layer=frozen, name="below")
    await elsewhere.alter(partial(lifecycle.restart, on=below, keep=("clients",)))
    sandbox.ref = await sandbox.engine.resolve(SandboxHints(named="default"))
    assert await sandbox.all(CLIENTS) == []
    assert await sandbox.read(application) == "first"
    assert await sandbox.all(CLIENTS) != []


async def test_a_sandbox_in_the_same_state_has_clients_of_its_own(
    sandbox: Sandbox, make_sandbox: NewSandbox
) -> None:
    beside = await make_sandbox("beside")
    await sandbox.put(CLIENTS, client())
    assert await sandbox.read(application) == "first"
    assert await beside.read(application) is None
    await beside.put(CLIENTS, client("second"))
    assert await beside.read(application) == "second"
    assert await sandbox.read(application) == "first"


async def test_what_is_undone_teaches_nothing(sandbox: Sandbox, engine: Engine) -> None:
    old = await sandbox.reset()

    def register(world: SandboxSession) -> str | None:
        world.clients.put(client())
        return world.application_of("app-1")

    def fail(world: SandboxSession) -> None:
        register(world)
        raise LookupError

    assert await engine.write(old, register) == "first"
    assert await engine.read(old, application) is None
    with pytest.raises(LookupError):
        await sandbox.write(fail)
    assert await sandbox.read(application) is None


async def test_a_unit_that_changes_a_client_knows_it_as_it_has_made_it(sandbox: Sandbox) -> None:
    def change(world: SandboxSession) -> list[str | None]:
        found = [world.application_of("app-1")]
        world.clients.put(client("second"))
        found.append(world.application_of("app-1"))
        world.clients.delete("app-1")
        return [*found, world.application_of("app-1")]

    await sandbox.put(CLIENTS, client())
    assert await sandbox.read(application) == "first"
    assert await sandbox.write(change) == ["first", "second", None]
    assert await sandbox.read(application) is None


async def test_only_so_many_clients_are_known(
    sandbox: Sandbox, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.storage.worlds.sandbox_config._CLIENTS_KEPT", 3)
    many = [
        Client(id=f"app-{number}", application="first", secret="s", registered_at=NOW)
        for number in range(10)
    ]
    await sandbox.put(CLIENTS, *many)
    for each in many:
        found = await sandbox.read(partial(SandboxSession.application_of, client=each.id))
        assert found == "first"
    assert len(engine._configs.applications) <= 3


async def test_the_application_of_a_client_is_remembered_until_a_client_changes(
    sandbox: Sandbox, engine: Engine
) -> None:
    async def application() -> object:
        return await sandbox.read(lambda world: world.application_of("app-1"))

    await engine.resolve(SandboxHints(named="default"))
    assert await application() is None
    await sandbox.put(CLIENTS, client())
    await engine.resolve(SandboxHints(named="default"))
    assert [await application(), await application()] == ["first", "first"]

    def change(world: SandboxSession) -> object:
        world.clients.put(client("second"))
        return world.application_of("app-1")

    assert await sandbox.write(change) == "second"
    assert await application() == "second"
    await engine.resolve(SandboxHints(named="default"))
    await sandbox.delete(CLIENTS, "app-1")
    assert await application() is None


@ON_SQLITE
async def test_the_client_of_a_commit_that_fails_is_not_known(
    sandbox: Sandbox, engine: Engine
) -> None:
    def doom(world: SandboxSession) -> None:
        world.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        row = PROFILES.row(profile("stray"), layer=999, epoch=0)
        world.connection.execute(PROFILES.table.insert(), row)

    await engine.resolve(SandboxHints(named="default"))
    outcomes = await asyncio.gather(
        sandbox.put(CLIENTS, client()),
        # It sees the client, and what it found out goes with the commit.
        sandbox.write(application),
        sandbox.write(doom),
        return_exceptions=True,
    )
    assert [isinstance(each, Exception) for each in outcomes] == [True] * 3
    assert await sandbox.read(application) is None


@ON_FILE
async def test_who_reads_during_the_commit_of_a_registration_does_not_know_of_it_yet(
    sandbox: Sandbox, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(engine, SqliteEngine)
    await engine.resolve(SandboxHints(named="default"))
    thread, held = engine._writer._thread, asyncio.Queue[Any]()
    with monkeypatch.context() as patch:
        patch.setattr(thread, "hand_over", lambda *commit: held.put_nowait(commit))
        registered = asyncio.create_task(sandbox.put(CLIENTS, client()))
        seen = asyncio.create_task(sandbox.write(application))
        commit = await held.get()
        assert await sandbox.read(application) is None
    thread.hand_over(*commit)
    await registered
    assert await seen == await sandbox.read(application) == "first"
