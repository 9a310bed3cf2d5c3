"""Instants and durations as the admin API and the device API write them."""

from datetime import UTC, datetime, timedelta
from typing import Any

Length = timedelta | str
"""How long: a `timedelta`, or an ISO 8601 duration such as "PT6H" or "P30D"."""

Instant = datetime | str
"""When: an aware `datetime`, or ISO 8601 with an offset such as "2026-01-01T00:00:00Z"."""


def duration(length: Length) -> str:
    """`length` in ISO 8601."""
    if isinstance(length, str):
        return length
    sign, span = ("-", -length) if length < timedelta() else ("", length)
    seconds, micros = divmod(span // timedelta(microseconds=1), 1_000_000)
    fraction = f".{micros // 1000:03}" if micros >= 1000 else ""  # noqa: PLR2004 - milliseconds
    return f"{sign}PT{seconds}{fraction}S"


def instant(moment: Instant) -> str:
    """`moment` in ISO 8601. Raises `ValueError` for a `datetime` that does not say its offset."""
    if isinstance(moment, str):
        return moment
    if moment.tzinfo is None:
        message = f"{moment!r} does not say which time zone it is in; add tzinfo=datetime.UTC"
        raise ValueError(message)
    return moment.isoformat()


def read_instant(value: Any) -> datetime | None:  # noqa: ANN401 - a member of JSON
    """An instant of the admin API (ISO 8601) or of the device API (epoch milliseconds, also as text)."""
    if value is None:
        return None
    if isinstance(value, str) and not value.isdecimal():
        return datetime.fromisoformat(value)
    return datetime.fromtimestamp(int(value) // 1000, UTC) + timedelta(
        milliseconds=int(value) % 1000
    )
