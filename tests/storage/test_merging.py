"""Layers that only one other lies on go into that one, unseen by whoever looks through both."""

from dataclasses import replace
from functools import partial

from simulator.domain.configuration import ServiceProvider
from simulator.domain.sessions.profiles import Profile
from simulator.storage.engine.base import Engine
from simulator.storage.worlds import layers, lifecycle, merging, snapshots
from simulator.storage.worlds.entity_mapping import PROFILES, SERVICE_PROVIDERS
from tests.storage.worlds import NOW, Sandbox


def profile(name: str, **members: object) -> Profile:
    made = Profile(
        id=name,
        service_provider="REF30",
        mvpd="Cablevision",
        device="tv",
        not_before=NOW,
        not_after=NOW + 1000,
    )
    return replace(made, **members)  # type: ignore[arg-type]


async def merge_all(engine: Engine, *, limit: int) -> int:
    """Merge what can be merged, and say in how many bites."""
    bites = 0
    while (layer := await engine.query(partial(merging.next_to_merge, before=NOW + 1))) is not None:
        done = False
        while not done:
            done = await engine.transact(partial(merging.merge, layer_id=layer, limit=limit))
            bites += 1
    return bites


async def let_go(engine: Engine, layer: int) -> None:
    await engine.transact(partial(layers.abandon, layer_id=layer, now=NOW))


async def three_layers_and_a_top(sandbox: Sandbox) -> list[int]:
    """Rows that are made, changed and deleted from layer to layer; the frozen ones, lowest first."""
    await sandbox.put(PROFILES, *(profile(f"p{number}") for number in range(10)))
    await sandbox.put(SERVICE_PROVIDERS, ServiceProvider(id="REF30", name="first"))
    await sandbox.lay()
    await sandbox.put(PROFILES, profile("p1", device="box"), profile("new"))
    await sandbox.put(SERVICE_PROVIDERS, ServiceProvider(id="REF30", name="second"))
    await sandbox.delete(PROFILES, "p2")
    await sandbox.lay()
    await sandbox.put(PROFILES, profile("p2", device="back"), profile("p3", device="box"))
    await sandbox.delete(PROFILES, "new", "p4")
    await sandbox.lay()
    await sandbox.delete(PROFILES, "p5")
    return list(sandbox.frozen)


async def test_a_world_reads_the_same_after_its_layers_were_merged(
    engine: Engine, sandbox: Sandbox
) -> None:
    frozen = await three_layers_and_a_top(sandbox)
    before = await sandbox.all(PROFILES)
    for layer in frozen:
        await let_go(engine, layer)
    await merge_all(engine, limit=1000)
    assert await sandbox.all(PROFILES) == before
    assert {each.id for each in await sandbox.find(PROFILES, device="box")} == {"p1", "p3"}
    assert (await sandbox.config()).service_providers["REF30"].name == "second"
    assert len(await sandbox.stack()) == 2


async def test_merging_goes_by_bites_and_every_bite_leaves_the_world_whole(
    engine: Engine, sandbox: Sandbox
) -> None:
    frozen = await three_layers_and_a_top(sandbox)
    before = await sandbox.all(PROFILES)
    await let_go(engine, frozen[0])
    layer = await engine.query(partial(merging.next_to_merge, before=NOW + 1))
    assert layer == frozen[0]
    bites, done = 0, False
    while not done:
        done = await engine.transact(partial(merging.merge, layer_id=layer, limit=2))
        bites += 1
        assert await sandbox.all(PROFILES) == before
    assert bites > 3


async def test_configuration_written_after_a_merge_is_seen(
    engine: Engine, sandbox: Sandbox
) -> None:
    frozen = await three_layers_and_a_top(sandbox)
    for layer in frozen:
        await let_go(engine, layer)
    await merge_all(engine, limit=1000)
    await sandbox.put(SERVICE_PROVIDERS, ServiceProvider(id="REF30", name="third"))
    assert (await sandbox.config()).service_providers["REF30"].name == "third"


async def test_a_layer_stays_while_a_snapshot_or_a_writing_sandbox_needs_it(
    engine: Engine, sandbox: Sandbox
) -> None:
    await sandbox.put(PROFILES, profile("p1"))
    below = await sandbox.lay()
    await let_go(engine, below)
    # Only the top lies on it, and that one is written to.
    assert await merge_all(engine, limit=10) == 0

    await sandbox.put(PROFILES, profile("p2"))
    frozen = await sandbox.lay()

    await engine.alter(sandbox.ref.name, partial(snapshots.take, name="kept"))
    await let_go(engine, frozen)
    await merge_all(engine, limit=10)
    assert frozen in await sandbox.stack()
    assert below not in await sandbox.stack()


async def test_freezing_a_world_that_did_not_change_adds_no_layer(
    engine: Engine, sandbox: Sandbox
) -> None:
    await sandbox.put(PROFILES, profile("p1"))
    first = await engine.alter(sandbox.ref.name, lifecycle.freeze_top)
    depth = len(await sandbox.stack())
    assert await engine.alter(sandbox.ref.name, lifecycle.freeze_top) == first
    assert len(await sandbox.stack()) == depth
