"""The recordings that other tests make anyway, graded: each answer again is the one that was recorded."""

import pytest

from tests.contract.walk import LEGS
from tests.samples.pages import samples
from tests.support.lab import Lab

from .playing import graded, recorded, shown

SAMPLES = samples()


@pytest.mark.parametrize("name", LEGS)
async def test_the_walk_over_every_operation(lab: Lab, name: str) -> None:
    await lab.seed("qa-catalogue")
    await LEGS[name](lab)
    grade = await graded(lab, await recorded(lab))
    assert shown(grade) == ""
    assert grade.total


@pytest.mark.parametrize("name", SAMPLES)
async def test_the_samples_of_adobe_s_pages(default_lab: Lab, name: str) -> None:
    await SAMPLES[name].ask(default_lab)
    grade = await graded(default_lab, await recorded(default_lab))
    assert shown(grade) == ""
    assert grade.total
