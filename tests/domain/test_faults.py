"""Faults: for which requests, and how often."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.errors import ERRORS
from simulator.domain.faults import ITEM_CODES, Call, Fault, FaultUse, fits, strike
from simulator.scenarios.models.faults import MatchModel

CALL = Call(
    operation="authorize",
    service_provider="LABSP",
    mvpd="LabCable",
    device="tv",
    client="app-1",
    platforms=("tvOS", "TV connected"),
    resources=("one", "two"),
)
ERROR = {"kind": "error", "code": "internal_server_error"}


def _fault(**members: object) -> Fault:
    return replace(Fault(id="f", action=ERROR), **members)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("match", "fitting"),
    [
        ({}, True),
        ({"operation": "authorize"}, True),
        ({"operation": "logout"}, False),
        ({"service_provider": "LABSP", "mvpd": "LabCable"}, True),
        ({"service_provider": "LABSP", "mvpd": "LabDish"}, False),
        ({"device": "tv"}, True),
        ({"device": "TV"}, False),
        ({"client": "app-2"}, False),
        ({"platform": "tvOS"}, True),
        ({"platform": "TV connected"}, True),
        ({"platform": "Roku"}, False),
        ({"resource": "two"}, True),
        ({"resource": "three"}, False),
    ],
)
def test_a_fault_is_for_calls_that_have_all_that_it_asks_for(
    match: dict[str, str], fitting: bool
) -> None:
    assert fits(_fault(match=match), CALL) is fitting


@pytest.mark.parametrize("matcher", MatchModel.model_fields)
def test_what_a_call_does_not_tell_fits_nothing(matcher: str) -> None:
    bare = Call(operation="")
    assert not fits(_fault(match={matcher: "x"}), bare)


def _strikes(fault: Fault, chances: list[float]) -> list[bool]:
    use, found = None, []
    for chance in chances:
        use, hit = strike(fault, use, chance)
        found.append(hit)
    return found


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, [True] * 5),
        ({"skip": 2}, [False, False, True, True, True]),
        ({"times": 2}, [True, True, False, False, False]),
        ({"skip": 1, "times": 2}, [False, True, True, False, False]),
        ({"times": 0}, [False] * 5),
        ({"probability": 0.0}, [False] * 5),
    ],
)
def test_some_pass_some_are_struck(members: dict[str, object], expected: list[bool]) -> None:
    assert _strikes(_fault(**members), [0.0] * 5) == expected


def test_the_chance_decides_and_what_passes_does_not_count_as_struck() -> None:
    fault = _fault(probability=0.5, times=2)
    assert _strikes(fault, [0.9, 0.1, 0.5, 0.49, 0.0]) == [False, True, False, True, False]


@given(
    skip=st.integers(0, 5),
    times=st.none() | st.integers(0, 5),
    chances=st.lists(st.floats(0, 1, exclude_max=True), max_size=20),
)
def test_no_fault_strikes_more_often_than_it_may(
    skip: int, times: int | None, chances: list[float]
) -> None:
    found = _strikes(_fault(skip=skip, times=times, probability=0.7), chances)
    assert not any(found[:skip])
    assert times is None or sum(found) <= times
    if times is None:
        assert found[skip:] == [chance < 0.7 for chance in chances[skip:]]


def test_uses_are_counted() -> None:
    use, _ = strike(_fault(skip=1), None, 0.0)
    assert use == FaultUse(id="f", matched=1, struck=0)
    use, _ = strike(_fault(skip=1), use, 0.0)
    assert use == FaultUse(id="f", matched=2, struck=1)


def test_only_codes_of_decisions_are_told_on_them() -> None:
    assert ERRORS.keys() >= ITEM_CODES
    assert _fault(action={"kind": "error", "code": "network_received_error"}).item_code
    assert _fault(action=ERROR).item_code is None
    assert _fault(action={"kind": "delay", "seconds": 1}).item_code is None
