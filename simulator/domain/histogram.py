"""Counting into buckets, as histograms are made of: an addition costs a fraction of a microsecond."""

from bisect import bisect_left
from collections.abc import Sequence


class Histogram:
    """How many values fell into which bucket, and their sum.

    A bucket ends with its bound; the last one, which has none, takes the rest.
    """

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count `value`."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def take_in(self, other: "Histogram") -> None:
        """Count what `other`, with the same bounds, has counted."""
        self.counts = [one + two for one, two in zip(self.counts, other.counts, strict=True)]
        self.total += other.total
