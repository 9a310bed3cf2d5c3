"""Clients that resets keep: found beside the world, brought into it, and swept away with their layers."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from simulator.domain.access.registration import Application, Client
from simulator.storage import tables
from simulator.storage.engine.base import Engine
from simulator.storage.worlds import layers, lifecycle, merging, sandboxes, snapshots, sweeping
from simulator.storage.worlds.entity_mapping import APPLICATIONS, CLIENTS, PROFILES
from simulator.storage.worlds.repository import Repository
from simulator.storage.worlds.sandboxes import Baseline
from simulator.storage.worlds.session import SandboxSession
from tests.storage.entities import HOUR, names, profile
from tests.storage.worlds import NOW, HandClock, Sandbox, new_sandbox


def client(name: str, application: str = "app") -> Client:
    return Client(id=name, application=application, secret=f"secret of {name}", registered_at=NOW)


@pytest.fixture
async def sandbox(sandbox: Sandbox) -> Sandbox:
    """On a layer with the application `app`, as of a scenario."""
    await sandbox.put(APPLICATIONS, Application(id="app", name="App"))
    frozen = await sandbox.lay()
    await sandbox.engine.transact(partial(layers.freeze_as, layer_id=frozen, digest="d"))
    await sandbox.restart(frozen)
    return sandbox


async def _keep(sandbox: Sandbox, on: int | None = None) -> None:
    """Reset the sandbox to its lowest layer, or to another, and keep its clients."""
    baseline = Baseline(layer=sandbox.frozen[0] if on is None else on, name="below")
    restart = partial(lifecycle.restart, on=baseline, keep=("clients",))
    await sandbox.engine.alter(sandbox.ref.name, restart)
    found = partial(sandboxes.ref, name=sandbox.ref.name)
    sandbox.ref = await sandbox.engine.query(found)


async def _kept(sandbox: Sandbox) -> list[str]:
    def unit(world: SandboxSession) -> list[str]:
        return [each.id for each in world.clients.listed(after="", limit=100)]

    return await sandbox.read(unit)


async def _sweep(engine: Engine) -> None:
    def work(connection: Connection) -> None:
        while sweeping.bite(connection, before=NOW + 1, limit=100, now=NOW) != (0, 0):
            pass

    await engine.transact(work)


async def _present(engine: Engine) -> set[int]:
    def work(connection: Connection) -> set[int]:
        return set(connection.execute(select(tables.layer.c.id)).scalars())

    return await engine.query(work)


async def test_a_kept_client_is_beside_the_world_until_it_comes_back(sandbox: Sandbox) -> None:
    await sandbox.put(CLIENTS, client("a"), client("b"))
    await _keep(sandbox)
    assert await sandbox.all(CLIENTS) == []
    assert await _kept(sandbox) == ["a", "b"]
    epoch = sandbox.ref.epoch
    admitted = await sandbox.write(lambda world: world.clients.admitted("a"))
    assert admitted == client("a")
    assert admitted.registered_at == epoch
    assert names(await sandbox.all(CLIENTS)) == ["a"]
    assert await sandbox.write(lambda world: world.clients.admitted("nobody")) is None
    await sandbox.put(CLIENTS, client("c"))
    await _keep(sandbox)
    assert await _kept(sandbox) == ["a", "b", "c"]


async def test_who_looks_changes_nothing(sandbox: Sandbox) -> None:
    await sandbox.put(CLIENTS, client("a"))
    await _keep(sandbox)
    found = await sandbox.read(lambda world: (world.clients.kept("a"), world.clients.get("a")))
    assert found == (client("a"), None)
    assert await sandbox.all(CLIENTS) == []


async def test_only_an_application_of_the_world_has_kept_clients(sandbox: Sandbox) -> None:
    await sandbox.put(APPLICATIONS, Application(id="own", name="Own"))
    await sandbox.put(CLIENTS, client("a"), client("b", "own"))
    await _keep(sandbox)
    assert await _kept(sandbox) == ["a"]
    assert await sandbox.write(lambda world: world.clients.admitted("b")) is None
    await sandbox.put(APPLICATIONS, Application(id="own", name="Own"))
    assert await _kept(sandbox) == ["a", "b"]
    await sandbox.put(APPLICATIONS, Application(id="own", name="Own", revoked=True))
    assert await _kept(sandbox) == ["a"]


async def test_a_client_that_was_deleted_is_not_kept_wherever_it_lay(sandbox: Sandbox) -> None:
    await sandbox.put(CLIENTS, client("frozen"), client("below"), client("stays"))
    await sandbox.lay()
    await sandbox.delete(CLIENTS, "frozen")
    await _keep(sandbox)
    await sandbox.put(CLIENTS, client("above"))
    assert await _kept(sandbox) == ["above", "below", "stays"]
    await sandbox.delete(CLIENTS, "below", "above")
    assert await _kept(sandbox) == ["stays"]
    await _keep(sandbox)
    assert await _kept(sandbox) == ["stays"]


async def test_a_sandbox_without_clients_of_its_own_gets_no_layer_for_them(
    sandbox: Sandbox, engine: Engine
) -> None:
    await _sweep(engine)
    before = len(await _present(engine))
    await _keep(sandbox)
    await _sweep(engine)
    assert len(await _present(engine)) == before


async def test_kept_clients_outlive_sweeping_and_merging(sandbox: Sandbox, engine: Engine) -> None:
    await sandbox.put(CLIENTS, client("a"))
    await engine.alter("default", partial(snapshots.take, name="s"))
    await sandbox.put(CLIENTS, client("b"))
    await sandbox.put(PROFILES, profile("p"))
    await _keep(sandbox)

    def discard(world: SandboxSession) -> None:
        found = snapshots.find(world, "s")
        assert found is not None
        snapshots.discard(world, found)

    await engine.alter("default", discard)
    for _ in range(3):
        await _sweep(engine)
        while (
            found := await engine.query(partial(merging.next_to_merge, before=NOW + 1))
        ) is not None:
            await engine.transact(partial(merging.merge, layer_id=found, limit=100))
        assert await _kept(sandbox) == ["a", "b"]
        await _keep(sandbox)


async def test_what_kept_clients_held_goes_with_the_sandbox(
    sandbox: Sandbox, engine: Engine, clock: HandClock
) -> None:
    other = await new_sandbox(engine, clock, "other")
    await sandbox.put(CLIENTS, client("a"))
    await _keep(sandbox)
    await engine.alter("default", lifecycle.drop)
    for layer in await _present(engine):
        await engine.transact(partial(layers.abandon, layer_id=layer, now=NOW))
    await _sweep(engine)
    assert await _present(engine) == {other.ref.layer}


async def test_a_layer_of_kept_clients_takes_no_other_in_while_it_is_written_to(
    sandbox: Sandbox, engine: Engine
) -> None:
    await sandbox.put(CLIENTS, client("a"))
    first = sandbox.ref.layer
    await _keep(sandbox)
    waiting = partial(merging.next_to_merge, before=NOW + 1)
    assert await engine.query(waiting) is None
    await _sweep(engine)
    assert first in await _present(engine)


async def test_kept_clients_are_not_taken_for_what_a_dead_process_left(
    sandbox: Sandbox, engine: Engine
) -> None:
    await sandbox.put(CLIENTS, client("a"))
    await _keep(sandbox)
    await engine.transact(partial(sweeping.remember_forgotten, now=NOW + 2 * HOUR))

    def work(connection: Connection) -> None:
        for _ in range(3):
            sweeping.bite(connection, before=NOW + 3 * HOUR, limit=100, now=NOW)

    await engine.transact(work)
    assert await _kept(sandbox) == ["a"]


async def test_a_page_is_not_looked_for_where_it_cannot_be(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many have come back, whom the list shows among the others."""
    everybody = [f"c{number:03}" for number in range(200)]
    await sandbox.put(CLIENTS, *map(client, everybody))
    await _keep(sandbox)
    await sandbox.write(lambda world: [world.clients.admitted(each) for each in everybody])
    read, page = 0, Repository.page

    def counting(self: Any, **named: Any) -> list[Any]:  # noqa: ANN401 - of any kind
        nonlocal read
        read += 1
        return page(self, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Repository, "page", counting)
        found = await sandbox.read(lambda world: world.clients.listed(after="c099", limit=3))
    assert names(found) == ["c100", "c101", "c102"]
    assert read == 2
