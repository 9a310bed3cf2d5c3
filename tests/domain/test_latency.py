"""How long things take: three ways to say it."""

from statistics import median

import pytest

from simulator.domain.latency import LONGEST, seconds

STEPS = [number / 1000 for number in range(1000)]


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_a_fixed_time_is_always_the_same(chance: float) -> None:
    assert seconds({"seconds": 2.5}, chance) == 2.5


def test_a_uniform_time_lies_anywhere_between_its_ends() -> None:
    found = [seconds({"at_least": 1.0, "at_most": 3.0}, each) for each in STEPS]
    assert found == sorted(found)
    assert (found[0], found[500]) == (1.0, 2.0)
    assert 2.99 < found[-1] < 3.0


def test_a_lognormal_time_has_its_median_in_the_middle_and_a_long_tail() -> None:
    found = [seconds({"median": 2.0, "sigma": 0.5}, each) for each in STEPS]
    assert found == sorted(found)
    assert median(found) == pytest.approx(2.0, rel=0.01)
    # One standard deviation to either side.
    assert found[841] == pytest.approx(2.0 * 1.6487, rel=0.01)
    assert found[159] == pytest.approx(2.0 / 1.6487, rel=0.01)


@pytest.mark.parametrize("model", [{"median": 0.0, "sigma": 1.0}, {"median": 5.0, "sigma": 0.0}])
def test_a_lognormal_time_without_a_spread_is_its_median(model: dict[str, float]) -> None:
    assert {round(seconds(model, each), 9) for each in STEPS} == {model["median"]}


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_no_time_is_endless(chance: float) -> None:
    assert 0.0 <= seconds({"median": 600.0, "sigma": 5.0}, chance) <= LONGEST
