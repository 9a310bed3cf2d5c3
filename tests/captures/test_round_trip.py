"""From any world and any journey in it: our archive, the world learnt of it, and the verdict: all agrees.

`ROUND_TRIPS=200` takes as many worlds as that, `ROUND_TRIPS_FROM` says from which number on; a failing one is
named by its number, and `ROUND_TRIPS_KEPT` names a folder to leave the archives in.
"""

import json
import os
from pathlib import Path
from random import Random  # noqa: TID251 - a world is made of a number

import pytest

from tests.support.lab import Lab

from .playing import graded, learnt, recorded, redacted, shown
from .random_worlds import Journey, world
from .rare_events import EventfulJourney

FIRST = int(os.environ.get("ROUND_TRIPS_FROM", "0"))
MANY = int(os.environ.get("ROUND_TRIPS", "6"))


@pytest.mark.parametrize("number", range(FIRST, FIRST + MANY))
async def test_what_is_learnt_answers_alike(lab: Lab, number: int) -> None:
    chance = Random(number)  # noqa: S311 - no secret
    await Journey(lab, chance, world(chance)).go(chance.randint(20, 60))
    await _agrees(lab, str(number))


@pytest.mark.parametrize("number", range(FIRST, FIRST + MANY))
async def test_what_seldom_happens_is_learnt_alike(lab: Lab, number: int) -> None:
    chance = Random(number)  # noqa: S311 - no secret
    await EventfulJourney(lab, chance, world(chance)).go(chance.randint(20, 60))
    await _agrees(lab, f"rare-{number}")


async def _agrees(lab: Lab, name: str) -> None:
    archive = await recorded(lab)
    if (kept := os.environ.get("ROUND_TRIPS_KEPT")) is not None:
        (Path(kept) / f"{name}.har").write_text(json.dumps(archive))
    grade = await graded(lab, archive)
    assert shown(grade) == ""
    assert grade.total
    worlds = [dict(learnt(each).document) for each in (archive, redacted(archive))]
    for each in worlds:
        # It says how many entries there were, also of those that are left out.
        del each["description"]
    assert worlds[0] == worlds[1]
