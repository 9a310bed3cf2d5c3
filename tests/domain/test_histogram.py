"""Counting into buckets."""

from simulator.domain.histogram import Histogram


def test_a_value_falls_into_the_bucket_that_ends_with_it_or_after_it() -> None:
    histogram = Histogram((1, 2, 4))
    for value in (0, 1, 1.5, 2, 3, 4, 5, 100):
        histogram.add(value)
    assert histogram.counts == [2, 2, 2, 2]
    assert histogram.total == 116.5


def test_tallies_add_up() -> None:
    one, other = Histogram((1,)), Histogram((1,))
    one.add(1)
    other.add(1)
    other.add(2)
    one.take_in(other)
    assert (one.counts, one.total) == ([2, 1], 4)
    assert (other.counts, other.total) == ([1, 1], 3)
