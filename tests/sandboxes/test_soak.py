"""The soak in short: that it runs, and that rounds leave nothing behind. Times are for the long one."""

from pathlib import Path

from tests.bench.soak import STEPS, figures, laboratory, soak
from tests.sandboxes.places import simulator_of
from tests.sandboxes.stock import layers, rows, sweep_at_once

ROUNDS = 30


async def test_rounds_of_seed_journey_and_reset_leave_nothing_behind(tmp_path: Path) -> None:
    db = tmp_path / "soak.db"
    async with laboratory(db) as lab:
        found = await soak(lab, db, ROUNDS)
        simulator = simulator_of(lab)
        # A layer that the last sweep emptied may have held another one.
        await sweep_at_once(simulator)
        # The baseline and the top of each of the two sandboxes.
        assert len(await layers(simulator)) == 4
        held = await rows(simulator)
    assert {step: len(found.taken[step]) for step in STEPS} == dict.fromkeys(STEPS, ROUNDS)
    assert min(min(times) for times in found.taken.values()) > 0
    assert held < 100
    assert [name for name, *_ in figures(found)] == [
        *(f"{step}, median" for step in STEPS),
        "memory",
        "database",
        "layers to be swept, at most",
    ]
