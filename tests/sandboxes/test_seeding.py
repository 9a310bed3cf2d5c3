"""Seeding lays a document down once, whoever seeds it, and all of it or nothing."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from simulator.services.context import AppContext
from simulator.services.control import sandboxes, seeding
from simulator.storage.worlds import layers as storage_layers
from simulator.storage.worlds import lifecycle, sweeping
from tests.sandboxes.places import marked
from tests.sandboxes.stock import (
    crowded,
    layer_of,
    layers,
    log_in,
    open_sandbox,
    profile_ids,
    rows,
    seed,
    sweep_at_once,
)
from tests.support.clock import ManualClock

MANY = 2_500
"""Logins that go in by three bites."""


@pytest.fixture
async def simulator(simulator: AppContext) -> AppContext:
    """With the sandboxes `a` and `b`, of which `a` has a world that is in use."""
    for name in ("a", "b"):
        await open_sandbox(simulator, name)
    await seed(simulator, "a", marked("a"))
    await log_in(simulator, "a", "own")
    await sweep_at_once(simulator)
    return simulator


async def test_the_same_document_is_laid_once_for_all(simulator: AppContext) -> None:
    counts = (await seed(simulator, "b", marked("a")))["seeded"]
    assert counts["profiles"] == 1
    assert await layer_of(simulator, "a") == await layer_of(simulator, "b")
    held = await rows(simulator)
    for _ in range(3):
        assert (await seed(simulator, "b", marked("a")))["seeded"] == counts
    assert await rows(simulator) == held
    # What lies on top is each sandbox's own.
    assert await profile_ids(simulator, "a") == ["home", "own"]
    assert await profile_ids(simulator, "b") == ["home"]


async def test_a_document_is_the_same_in_whatever_order_it_is_written(
    simulator: AppContext,
) -> None:
    document = marked("a")
    turned: dict[str, Any] = dict(reversed(document.items()))
    turned["profiles"] = [dict(reversed(each.items())) for each in document["profiles"]]
    turned["settings"] = {}
    await seed(simulator, "b", turned)
    assert await layer_of(simulator, "a") == await layer_of(simulator, "b")


async def test_another_document_is_another_layer(simulator: AppContext) -> None:
    await seed(simulator, "b", marked("b"))
    assert await layer_of(simulator, "a") != await layer_of(simulator, "b")


async def test_a_document_that_many_seed_at_once_is_laid_once(simulator: AppContext) -> None:
    names = [f"job-{number}" for number in range(8)]
    for name in names:
        await open_sandbox(simulator, name)
    held = await rows(simulator)
    document = crowded("crowd", 300)
    await asyncio.gather(*(seed(simulator, name, document) for name in names))
    assert len({await layer_of(simulator, name) for name in names}) == 1
    for name in names:
        assert len(await profile_ids(simulator, name)) == 300
    # What the others had laid down meanwhile goes away.
    await sweep_at_once(simulator)
    assert held + 300 < await rows(simulator) < held + 350


def _crash(error: Exception, *, after: int) -> Callable[..., None]:
    """Something to put in the place of `layers.insert_rows`, that fails after so many bites."""
    insert, left = storage_layers.insert_rows, [after]

    def work(*given: Any, **named: Any) -> None:  # noqa: ANN401 - as `insert_rows`
        if not left[0]:
            raise error
        left[0] -= 1
        insert(*given, **named)

    return work


@pytest.mark.parametrize("after", [0, 2])
async def test_a_crash_in_the_middle_of_seeding_leaves_the_old_world(
    simulator: AppContext, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    before = await profile_ids(simulator, "a"), await sandboxes.show(simulator, "a")
    held = await rows(simulator), await layers(simulator)
    with monkeypatch.context() as patch:
        patch.setattr(storage_layers, "insert_rows", _crash(RuntimeError(), after=after))
        with pytest.raises(RuntimeError):
            await seed(simulator, "a", crowded("crowd", MANY))
    assert (await profile_ids(simulator, "a"), await sandboxes.show(simulator, "a")) == before
    # What had been laid down goes away, and the next try is whole.
    await sweep_at_once(simulator)
    assert (await rows(simulator), await layers(simulator)) == held
    await seed(simulator, "a", crowded("crowd", MANY))
    assert len(await profile_ids(simulator, "a")) == MANY


async def test_a_seeding_that_is_given_up_leaves_the_old_world(
    simulator: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when whoever asked for it hangs up."""
    before = await profile_ids(simulator, "a"), await sandboxes.show(simulator, "a")
    held = await rows(simulator), await layers(simulator)
    insert, loop, began = storage_layers.insert_rows, asyncio.get_running_loop(), asyncio.Event()

    def telling(*given: Any, **named: Any) -> None:  # noqa: ANN401 - as `insert_rows`
        insert(*given, **named)
        loop.call_soon_threadsafe(began.set)

    monkeypatch.setattr(storage_layers, "insert_rows", telling)
    seeding_it = asyncio.create_task(seed(simulator, "a", crowded("crowd", MANY)))
    await began.wait()
    seeding_it.cancel()
    with pytest.raises(asyncio.CancelledError):
        await seeding_it
    assert (await profile_ids(simulator, "a"), await sandboxes.show(simulator, "a")) == before
    await sweep_at_once(simulator)
    assert (await rows(simulator), await layers(simulator)) == held


async def test_a_crash_at_the_very_end_of_seeding_leaves_the_old_world(
    simulator: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    restart = lifecycle.restart

    def crash(*given: Any, **named: Any) -> int:  # noqa: ANN401 - as `restart`
        restart(*given, **named)
        raise RuntimeError

    before = await profile_ids(simulator, "a"), await sandboxes.show(simulator, "a")
    with monkeypatch.context() as patch:
        patch.setattr(lifecycle, "restart", crash)
        with pytest.raises(RuntimeError):
            await seed(simulator, "a", crowded("crowd", 10))
        with pytest.raises(RuntimeError):
            await seeding.reset(simulator, await sandboxes.ref(simulator, "a"))
    assert (await profile_ids(simulator, "a"), await sandboxes.show(simulator, "a")) == before


async def test_what_a_process_laid_down_when_it_died_is_remembered_and_goes_away(
    simulator: AppContext, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await rows(simulator), await layers(simulator)
    with monkeypatch.context() as patch:
        # Dead processes tell no tales: nobody lets go of the layer.
        patch.setattr(storage_layers, "insert_rows", _crash(RuntimeError(), after=2))
        patch.setattr(storage_layers, "abandon", lambda *_given, **_named: None)
        with pytest.raises(RuntimeError):
            await seed(simulator, "b", crowded("crowd", MANY))
    assert await rows(simulator) > held[0] + 1_500

    async def remember() -> None:
        now = clock.now()
        await simulator.engine.transact(
            lambda connection: sweeping.remember_forgotten(connection, now)
        )
        await sweep_at_once(simulator, before=now + 1)

    # As long as somebody could still be at it, it is left alone.
    clock.advance(minutes=59)
    await remember()
    assert await rows(simulator) > held[0] + 1_500
    clock.advance(minutes=2)
    await remember()
    assert (await rows(simulator), await layers(simulator)) == held
    assert await profile_ids(simulator, "a") == ["home", "own"]


async def test_a_half_laid_document_is_not_taken_for_the_whole(
    simulator: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(storage_layers, "insert_rows", _crash(RuntimeError(), after=2))
        patch.setattr(storage_layers, "abandon", lambda *_given, **_named: None)
        with pytest.raises(RuntimeError):
            await seed(simulator, "b", crowded("crowd", MANY))
    counts = (await seed(simulator, "b", crowded("crowd", MANY)))["seeded"]
    assert counts["profiles"] == len(await profile_ids(simulator, "b")) == MANY
