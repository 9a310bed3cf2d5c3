"""From any world and any journey in it: our archive, the world learnt of it, and the verdict, which is that all agrees.

`ROUND_TRIPS=200` takes as many worlds as that; a failing one is named by its number.
"""

import os
from random import Random

import pytest

from tests.support.lab import Lab

from .playing import graded, recorded, shown
from .random_worlds import Journey, world

FIRST = int(os.environ.get("ROUND_TRIPS_FROM", "0"))
MANY = int(os.environ.get("ROUND_TRIPS", "6"))


@pytest.mark.parametrize("number", range(FIRST, FIRST + MANY))
async def test_what_is_learnt_answers_alike(lab: Lab, number: int) -> None:
    chance = Random(number)
    await Journey(lab, chance, world(chance)).go(chance.randint(20, 60))
    grade = await graded(lab, await recorded(lab))
    assert shown(grade) == ""
    assert grade.total
