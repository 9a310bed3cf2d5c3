"""How often a device calls: what the lab board shows of its polling."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

WINDOW: Final = 60_000
"""How far back calls are looked at, in milliseconds."""

# Two calls have a gap, but no rhythm.
_RHYTHM: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How many `calls` came within the window; `every` is the usual gap (ms) between those of `polls`.

    `polls` is the operation that is called over and over, None when none is.
    """

    calls: int
    polls: str | None = None
    every: int | None = None


def pace(calls: Sequence[tuple[str, int]]) -> Pace:
    """The pace of these calls within the window: operation and instant of each, in their order."""
    by_operation: dict[str, list[int]] = {}
    for operation, at in calls:
        by_operation.setdefault(operation, []).append(at)
    if not by_operation:
        return Pace(calls=0)
    polls = max(by_operation, key=lambda name: len(by_operation[name]))
    instants = by_operation[polls]
    if len(instants) < _RHYTHM:
        return Pace(calls=len(calls))
    gaps = [later - earlier for earlier, later in pairwise(instants)]
    return Pace(calls=len(calls), polls=polls, every=round(median(gaps)))
