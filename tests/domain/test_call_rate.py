"""The pace of a device's calls."""

import pytest

from simulator.domain.journal.call_rate import Pace, pace


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([], Pace(calls=0)),
        ([("profiles", 0)], Pace(calls=1)),
        ([("profiles", 0), ("profiles", 9)], Pace(calls=2)),
        ([("a", 0), ("b", 1), ("c", 2)], Pace(calls=3)),
        ([("a", 0), ("a", 5), ("a", 10)], Pace(calls=3, polls="a", every=5)),
        # What comes in between, and one gap that is unlike the others, do not hide the rhythm.
        ([("a", 0), ("b", 1), ("a", 5), ("a", 10), ("a", 95)], Pace(calls=5, polls="a", every=5)),
        ([("a", 7), ("a", 7), ("a", 7)], Pace(calls=3, polls="a", every=0)),
    ],
)
def test_pace(calls: list[tuple[str, int]], expected: Pace) -> None:
    assert pace(calls) == expected
