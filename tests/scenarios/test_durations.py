"""Durations: the notations that are accepted, the one that is written, and why not others."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.validation.durations import LIMIT, format_ms, parse

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("PT0S", 0),
        ("P0D", 0),
        ("-PT0S", 0),
        ("PT0.25S", 250),
        ("PT0.5S", 500),
        ("PT0.001S", 1),
        ("PT90S", 90 * SECOND),
        ("-PT5M", -5 * MINUTE),
        ("PT1H30M", 90 * MINUTE),
        ("P1W", 7 * DAY),
        ("P30D", 30 * DAY),
        ("P1DT12H", 36 * HOUR),
        ("P1W2DT3H4M5.678S", 9 * DAY + 3 * HOUR + 4 * MINUTE + 5678),
        ("PT36H", 36 * HOUR),
    ],
)
def test_a_duration_is_read(text: str, ms: int) -> None:
    assert parse(text) == ms


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "PT0S"),
        (250, "PT0.25S"),
        (1, "PT0.001S"),
        (-5 * MINUTE, "-PT5M"),
        (90 * MINUTE, "PT1H30M"),
        (30 * DAY, "P30D"),
        (7 * DAY, "P7D"),
        (DAY - 1, "PT23H59M59.999S"),
        (DAY + HOUR + MINUTE + SECOND, "P1DT1H1M1S"),
        (-DAY, "-P1D"),
    ],
)
def test_a_duration_is_written_in_one_way(ms: int, text: str) -> None:
    assert format_ms(ms) == text


@given(st.integers(-LIMIT, LIMIT))
@example(LIMIT)
@example(-LIMIT)
def test_what_is_written_is_read_back(ms: int) -> None:
    assert parse(format_ms(ms)) == ms


@given(st.text(alphabet="-P0123456789WDTHMS.", max_size=12))
def test_reading_never_fails_in_another_way(text: str) -> None:
    try:
        ms = parse(text)
    except ValueError:
        return
    assert parse(format_ms(ms)) == ms


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "found an empty text"),
        ("P", "found 'P'"),
        ("PT", "found 'PT'"),
        ("P1DT", "found 'P1DT'"),
        ("1:00:00", "such as PT5M"),
        ("30", "such as PT5M"),
        ("pt5m", "did you mean PT5M?"),
        (" PT5M", "found ' PT5M'"),
        ("PT5M\n", "found"),
        ("+PT5M", "found '+PT5M'"),
        ("PT5", "found 'PT5'"),
        ("PT1.5H", "found 'PT1.5H'"),
        ("PT1M1H", "found"),
        ("PT٣M", "found"),
        ("P1Y", "years and months differ in length"),
        ("P1M", "years and months differ in length"),
        ("-P1Y2M3D", "years and months differ in length"),
        ("PT0.0001S", "milliseconds are the smallest step"),
        ("P400000D", "at most P365000D"),
        ("P" + "9" * 5000 + "D", "such as PT5M"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match="expected") as refusal:
        parse(text)
    assert reason in str(refusal.value)
    assert len(str(refusal.value)) < 250
