"""The throttle: the worked example of its page call by call, and what always holds.

(Adobe: throttling, THR1)
"""

from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.access.throttle import BURST, SLOT, ThrottleWindow, count

FORGET = 600_000


def _admitted(moments: list[int]) -> list[bool]:
    window: ThrottleWindow | None = None
    found = []
    for moment in moments:
        window, admitted = count(window, "tv", moment, forget_after=FORGET)
        found.append(admitted)
    return found


def test_one_call_a_second_is_always_admitted() -> None:
    assert all(_admitted([second * SLOT for second in range(60)]))


def test_the_burst_is_spent_once() -> None:
    first = [0] * 12
    assert _admitted(first) == [True] * 11 + [False]
    # The next second has its own call, and no more.
    assert _admitted([*first, SLOT, SLOT, 2 * SLOT]) == [True] * 11 + [False, True, False, True]


def test_the_burst_may_be_spread_over_many_seconds() -> None:
    pairs = [second * SLOT + part for second in range(12) for part in (0, 500)]
    assert _admitted(pairs) == [True] * 20 + [True, False, True, False]


def test_an_address_that_was_silent_for_long_is_new() -> None:
    assert _admitted([*[0] * 12, FORGET - 1, FORGET - 1]) == [True] * 11 + [False, True, False]
    assert _admitted([*[0] * 12, FORGET, FORGET]) == [True] * 11 + [False, True, True]


def test_a_clock_that_is_set_back_begins_anew() -> None:
    assert _admitted([5_000, *[5_000] * 11, 0]) == [True] * 11 + [False, True]


@given(st.lists(st.integers(0, 30_000)).map(sorted))
def test_never_more_than_a_call_in_each_second_and_the_burst(moments: list[int]) -> None:
    admitted = [moment for moment, fine in zip(moments, _admitted(moments), strict=True) if fine]
    slots = {(moment - moments[0]) // SLOT for moment in moments}
    assert len(admitted) <= len(slots) + BURST
    assert {(moment - moments[0]) // SLOT for moment in admitted} == slots
