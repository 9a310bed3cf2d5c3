"""Many sandboxes at work at once, and none sees anything of another."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.conftest import MakeLab
from tests.sandboxes.journeys import journey, lived_in, whole_journey, whole_round_trip
from tests.sandboxes.places import HOME, Place, Replicas, marked, open_place, place, users
from tests.support.lab import Lab

# All of them begin at once, so that many units share a commit and replicas meet at the same rows; more of
# them only take longer. Read at once: the tests themselves run without any such variable.
MANY = int(os.environ.get("PASS_SIMULATOR_TEST_SANDBOXES", "40"))


async def _open_many(lab: Lab) -> list[Place]:
    names = [f"job-{number}" for number in range(MANY)]
    return await asyncio.gather(*(open_place(lab, each, lived_in(each)) for each in names))


async def _drive(lab: Lab) -> None:
    """A whole round in every sandbox, all at once; every second viewer logs in on the pages."""
    await lab.seed(marked("default"))
    before = await lab.state()
    places = await _open_many(lab)
    await asyncio.gather(
        *(
            whole_round_trip(each, each.name, by_hand=number % 2 == 0)
            for number, each in enumerate(places)
        )
    )
    assert await lab.state() == before


@pytest.mark.timeout(300)
async def test_many_whole_journeys_at_once_on_a_database_file(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    await _drive(await make_lab(db=str(tmp_path / "state.db")))


@pytest.mark.timeout(300)
async def test_many_whole_journeys_at_once_over_three_replicas(replicas: Replicas) -> None:
    await _drive(replicas)


async def test_what_one_half_does_does_not_reach_the_other_half(file_lab: Lab) -> None:
    """Some sandboxes are used, reseeded, emptied and deleted while others must not change."""
    places = await _open_many(file_lab)
    still, busy = places[::2], places[1::2]
    before = [await each.state() for each in still]

    async def disturb(at: Place, number: int) -> None:
        await whole_journey(at, at.name, by_hand=number % 2 == 0)
        if number % 4 == 0:
            await at.seed(marked("another"))
        elif number % 4 == 1:
            await at.admin("POST", "reset", {"to": "empty"})
        elif number % 4 == 2:
            await file_lab.admin("DELETE", f"sandboxes/{at.name}")
        else:
            await at.admin("POST", "clock/advance", {"by": "P365D"})

    await asyncio.gather(*(disturb(each, number) for number, each in enumerate(busy)))
    assert [await each.state() for each in still] == before


@pytest.mark.parametrize("name", ["default", "ci-42"])
async def test_sandboxes_that_share_a_baseline_share_nothing_else(file_lab: Lab, name: str) -> None:
    """The same document in all of them, so that they lie on one layer."""
    document = marked("shared")
    await file_lab.seed(document)
    names = [f"job-{number}" for number in range(30)]
    places = [await open_place(file_lab, each, document) for each in names]
    await asyncio.gather(*(journey(each, "shared") for each in places[1:]))
    here = place(file_lab, "default") if name == "default" else places[0]
    assert await users(here) == {HOME: "shared"}
