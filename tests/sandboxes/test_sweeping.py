"""Sweeping: what nobody holds any more goes away by and by, and what somebody holds stays."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from simulator.services.context import AppContext
from simulator.services.control import housekeeping, leases, sandboxes, seeding, snapshots
from simulator.services.control.housekeeping import GRACE, Pace
from simulator.storage import tables
from simulator.storage.worlds import layers as storage_layers
from simulator.storage.worlds import sweeping
from simulator.storage.worlds.sandboxes import SandboxRef
from tests.sandboxes.conftest import OpenSimulator
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


@pytest.fixture
async def simulator(simulator: AppContext) -> AppContext:
    """With the sandbox `a`, which has a small world."""
    await open_sandbox(simulator, "a")
    await seed(simulator, "a", marked("a"))
    await sweep_at_once(simulator)
    return simulator


async def _ref(simulator: AppContext, name: str = "a") -> SandboxRef:
    return await sandboxes.ref(simulator, name)


async def _names(simulator: AppContext) -> set[str]:
    def work(connection: Connection) -> set[str]:
        return set(connection.execute(select(tables.sandbox.c.name)).scalars())

    return await simulator.engine.query(work)


async def _reset(simulator: AppContext, to: str | None = None) -> None:
    await seeding.reset(simulator, await _ref(simulator), to)


async def _take(simulator: AppContext, name: str) -> None:
    await snapshots.take(simulator, await _ref(simulator), name)


async def _discard(simulator: AppContext, name: str) -> None:
    await snapshots.discard(simulator, await _ref(simulator), name)


async def test_what_a_reset_cleared_goes_away(simulator: AppContext) -> None:
    held = await rows(simulator), len(await layers(simulator))
    for number in range(5):
        await log_in(simulator, "a", f"own-{number}")
        await _reset(simulator)
    assert await rows(simulator) == held[0] + 5
    assert await sweep_at_once(simulator) == 5
    assert (await rows(simulator), len(await layers(simulator))) == held
    assert await profile_ids(simulator, "a") == ["home"]
    assert await sweep_at_once(simulator) == 0


async def test_nothing_goes_away_before_its_time(simulator: AppContext, clock: ManualClock) -> None:
    await log_in(simulator, "a", "own")
    await _reset(simulator)
    clock.advance(milliseconds=GRACE)
    assert await sweep_at_once(simulator, before=clock.now() - GRACE) == 0
    clock.advance(milliseconds=1)
    assert await sweep_at_once(simulator, before=clock.now() - GRACE) == 1


async def test_a_large_layer_goes_away_in_small_bites(
    simulator: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seed(simulator, "a", crowded("crowd", 2_000))
    await seed(simulator, "a", marked("a"))
    bites: list[int] = []
    drop = storage_layers.drop_rows
    own = await simulator.engine.transact(lambda connection: connection.engine)

    def counting(connection: Connection, layer_ids: Sequence[int], *, limit: int) -> int:
        dropped = drop(connection, layer_ids, limit=limit)
        if connection.engine is own:  # other instances of this process sweep as well
            bites.append(dropped)
        return dropped

    monkeypatch.setattr(storage_layers, "drop_rows", counting)
    await sweep_at_once(simulator)
    assert sum(bites) > 2_000
    assert 200 <= max(bites) < 400


async def test_many_small_layers_go_away_together(
    simulator: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        await log_in(simulator, "a", f"own-{number}")
        await _reset(simulator)
    transactions = 0
    transact = simulator.engine.transact

    async def counting(work: Callable[[Connection], Any], *, moves: Sequence[str]) -> Any:  # noqa: ANN401
        nonlocal transactions
        transactions += 1
        return await transact(work, moves=moves)

    monkeypatch.setattr(simulator.engine, "transact", counting)
    assert await sweep_at_once(simulator) == 20
    # What they lie on is looked at once more, for it may have lost its last holder.
    assert transactions <= 2


def test_the_more_there_is_the_larger_the_bites_and_the_shorter_the_rests(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that an instance that is seeded as fast as it can be is swept in the end, too."""
    ticks = itertools.count()
    monkeypatch.setattr(clock, "elapsed", lambda: next(ticks) / 1_000)
    pace = Pace(clock)
    assert pace.pause == 0
    limits: list[int] = []
    rests: list[float] = []
    for _ in range(300):
        with pace.bite() as limit:
            limits.append(limit)
        rests.append(round(pace.pause, 6))
    assert limits == sorted(limits)
    assert (limits[0], limits[-1]) == (200, 4_000)
    # A bite takes a millisecond by this clock: a tenth of the time is spent at first, then half of it.
    assert rests == sorted(rests, reverse=True)
    assert (rests[0], rests[-1]) == (0.009, 0.001)


def test_no_rest_is_longer_than_a_second(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One slow bite must not keep everything else from being swept."""
    ticks = itertools.count()
    monkeypatch.setattr(clock, "elapsed", lambda: next(ticks) * 60.0)
    pace = Pace(clock)
    with pace.bite():
        pass
    assert pace.pause == 1


async def test_leases_end_while_there_is_more_tosweep_at_once(
    simulator: AppContext, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def without_end(*_args: object, **_options: object) -> int:
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(housekeeping, "sweep", without_end)
    monkeypatch.setattr(housekeeping, "_PAUSE", 0.001)
    keeping = asyncio.create_task(housekeeping.run_housekeeping(simulator))
    try:
        for name in ("first", "second"):
            at = await open_sandbox(simulator, name)
            await leases.lease(simulator, at, owner="ann", duration=1_000, on_return="delete")
            clock.advance(seconds=1)
            async with asyncio.timeout(30):
                while name in await _names(simulator):
                    pass
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])


async def test_between_two_bites_others_have_their_turn(simulator: AppContext) -> None:
    await seed(simulator, "a", crowded("crowd", 2_000))
    await seed(simulator, "a", marked("a"))
    sweeping_up = asyncio.create_task(sweep_at_once(simulator))
    meanwhile = 0
    while not sweeping_up.done():
        await log_in(simulator, "a", f"own-{meanwhile}")
        meanwhile += 1
    assert meanwhile > 2
    assert await sweeping_up >= 1
    assert len(await profile_ids(simulator, "a")) == meanwhile + 1


async def test_a_layer_that_several_share_stays_until_the_last_lets_go(
    simulator: AppContext,
) -> None:
    shared = crowded("shared", 50)
    for name in ("b", "c"):
        await open_sandbox(simulator, name)
        await seed(simulator, name, shared)
    layer = await layer_of(simulator, "b")
    await seed(simulator, "b", marked("b"))
    await sweep_at_once(simulator)
    assert layer in await layers(simulator)
    assert len(await profile_ids(simulator, "c")) == 50
    await sandboxes.delete(simulator, "c")
    await sweep_at_once(simulator)
    assert layer not in await layers(simulator)


async def test_a_snapshot_and_a_clone_hold_what_they_came_from(simulator: AppContext) -> None:
    await seed(simulator, "a", crowded("old", 20))
    await log_in(simulator, "a", "own")
    await _take(simulator, "s")
    await open_sandbox(simulator, "clone", sandbox="a")
    await seed(simulator, "a", marked("a"))
    await sweep_at_once(simulator)
    assert len(await profile_ids(simulator, "clone")) == 21
    await sandboxes.delete(simulator, "clone")
    await sweep_at_once(simulator)
    await _reset(simulator, "snapshot:s")
    assert len(await profile_ids(simulator, "a")) == 21
    await _reset(simulator)
    await _discard(simulator, "s")
    await sweep_at_once(simulator)
    assert await rows(simulator) < 30


async def test_a_whole_tower_of_layers_goes_away(simulator: AppContext) -> None:
    await open_sandbox(simulator, "tower")
    held = await rows(simulator), await layers(simulator)
    await seed(simulator, "tower", crowded("tower", 10))
    for number in range(20):
        await log_in(simulator, "tower", f"own-{number}")
        await snapshots.take(simulator, await _ref(simulator, "tower"), f"s{number}")
    await open_sandbox(simulator, "branch", snapshot=("tower", "s10"))
    await sandboxes.delete(simulator, "tower")
    await sweep_at_once(simulator)
    assert len(await profile_ids(simulator, "branch")) == 21
    await sandboxes.delete(simulator, "branch")
    await sweep_at_once(simulator)
    assert await rows(simulator) == held[0]
    assert await layers(simulator) < held[1]


async def test_discarded_snapshots_leave_no_layers_to_look_through(simulator: AppContext) -> None:
    held = len(await layers(simulator))
    for number in range(30):
        await log_in(simulator, "a", f"own-{number}")
        await _take(simulator, f"s{number}")
    for number in range(29):
        await _discard(simulator, f"s{number}")
    await sweep_at_once(simulator)
    assert len(await layers(simulator)) <= held + 2
    assert len(await profile_ids(simulator, "a")) == 31
    await _reset(simulator, "snapshot:s29")
    assert len(await profile_ids(simulator, "a")) == 31
    await _reset(simulator)
    assert await profile_ids(simulator, "a") == ["home"]


async def _bite_into(simulator: AppContext, layer: int) -> None:
    """Sweep until a first bite of `layer` is gone, and no further."""
    engine, now = simulator.engine, simulator.clock.now()
    while True:
        chosen = await engine.transact(partial(sweeping.next_to_sweep, before=now + 1, most=1))
        assert chosen, "the layer is not to be swept"
        limit = 10 if chosen == [layer] else 1_000
        done = await engine.transact(
            partial(sweeping.sweep, layer_ids=chosen, limit=limit, now=now)
        )
        if chosen == [layer]:
            assert not done
            return


async def test_a_layer_that_is_being_swept_is_not_found_again(simulator: AppContext) -> None:
    document = crowded("crowd", 500)
    await seed(simulator, "a", document)
    old = await layer_of(simulator, "a")
    await seed(simulator, "a", marked("a"))
    assert old is not None
    await _bite_into(simulator, old)
    # Half of it is gone, so whoever seeds the document now needs another one.
    await seed(simulator, "a", document)
    assert await layer_of(simulator, "a") != old
    await sweep_at_once(simulator)
    assert len(await profile_ids(simulator, "a")) == 500


async def test_a_layer_that_was_let_go_of_can_be_taken_up_again(simulator: AppContext) -> None:
    document = crowded("crowd", 50)
    await seed(simulator, "a", document)
    layer = await layer_of(simulator, "a")
    await seed(simulator, "a", marked("a"))
    await seed(simulator, "a", document)
    await sweep_at_once(simulator)
    assert await layer_of(simulator, "a") == layer
    assert len(await profile_ids(simulator, "a")) == 50


async def test_the_layers_of_a_sandbox_whose_lease_is_over_go_away(
    simulator: AppContext, clock: ManualClock
) -> None:
    await open_sandbox(simulator, "lent")
    held = await rows(simulator)
    await seed(simulator, "lent", crowded("lent", 100))
    at = await _ref(simulator, "lent")
    await leases.lease(simulator, at, owner="ann", duration=1_000, on_return="delete")
    clock.advance(seconds=1)
    assert await leases.give_back_due(simulator) == 1
    await sweep_at_once(simulator)
    assert await rows(simulator) == held


async def test_two_can_sweep_one_database_at_once(
    open_simulator: OpenSimulator, postgres: str
) -> None:
    both = [await open_simulator(postgres) for _ in range(2)]
    first = both[0]
    await open_sandbox(first, "a")
    await seed(first, "a", marked("a"))
    for number in range(10):
        await seed(first, "a", crowded(f"crowd-{number}", 300))
        await log_in(first, "a", "own")
        await _take(first, f"s{number}")
    for number in range(10):
        await _discard(first, f"s{number}")
    await seed(first, "a", marked("a"))
    await asyncio.gather(*(sweep_at_once(each) for each in both))
    await sweep_at_once(first)
    assert len(await layers(first)) == 2
    for each in both:
        assert await profile_ids(each, "a") == ["home"]


async def _pages(simulator: AppContext) -> int:
    def work(connection: Connection) -> int:
        return int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())

    return await simulator.engine.query(work)


async def test_a_database_file_does_not_grow_with_the_rounds(
    open_simulator: OpenSimulator, tmp_path: Path
) -> None:
    """Each round seeds a world of its own, uses it, takes a snapshot and resets."""

    async def rounds(simulator: AppContext, numbers: range, *, run_housekeeping: bool) -> int:
        for number in numbers:
            await seed(simulator, "a", crowded(f"world-{number}", 400))
            await log_in(simulator, "a", "own")
            await _take(simulator, "s")
            await log_in(simulator, "a", "more")
            await _reset(simulator)
            await _discard(simulator, "s")
            if run_housekeeping:
                await sweep_at_once(simulator)
        return await _pages(simulator)

    kept = await open_simulator(str(tmp_path / "kept.db"))
    left = await open_simulator(str(tmp_path / "left.db"))
    for each in (kept, left):
        await open_sandbox(each, "a")
    early = await rounds(kept, range(5), run_housekeeping=True)
    late = await rounds(kept, range(5, 20), run_housekeeping=True)
    assert late <= early * 1.1
    # What it would be like if nobody swept.
    grown = await rounds(left, range(25), run_housekeeping=False)
    assert grown > 2 * late
    # And that can be made good for: what is left free, new rows will fill.
    await sweep_at_once(left)
    assert await _pages(left) < grown / 2
