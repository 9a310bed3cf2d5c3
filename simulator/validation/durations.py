"""ISO-8601 durations as documents write them, and the milliseconds that the code works with."""

import re
from typing import Annotated, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from .problems import describe

LIMIT: Final = 365_000 * 24 * 60 * 60 * 1000
"""About a thousand years: adding it to any present moment stays within what a calendar can show."""

_BODY: Final = (
    r"P(?=[0-9T])(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,12})(?:\.([0-9]{1,3}))?S)?)?"
)
_EXPECTED: Final = "expected an ISO-8601 duration such as PT5M or -P30D"
_DURATION: Final = re.compile(rf"(-?){_BODY}")
_CALENDAR: Final = re.compile(r"-?P[0-9.]*[YM]|-?P[^T]*[0-9][YM]")
_TOO_FINE: Final = re.compile(r"\.[0-9]{4,}S$")

# Milliseconds of a week, a day, an hour, a minute and a second.
_UNITS: Final = (604_800_000, 86_400_000, 3_600_000, 60_000, 1000)


def parse(text: str) -> int:
    """The milliseconds that an ISO-8601 duration such as `PT1H30M`, `-P30D` or `PT0.25S` means.

    Raises ValueError with a sentence on what is wrong.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(_complaint(text))
    sign, *counts, fraction = found.groups()
    total = sum(int(count or 0) * unit for count, unit in zip(counts, _UNITS, strict=True))
    total += int((fraction or "0").ljust(3, "0"))
    if total > LIMIT:
        raise ValueError(f"expected at most {format_ms(LIMIT)} (1000 years), found {text!r}")
    return -total if sign else total


def format_ms(ms: int) -> str:
    """The canonical way to write `ms` milliseconds: `P30D`, `-PT5M`, `PT0.25S`; zero is `PT0S`."""
    sign, rest = ("-", -ms) if ms < 0 else ("", ms)
    days, rest = divmod(rest, 86_400_000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds, fraction = divmod(rest, 1000)
    date = f"{days}D" if days else ""
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if fraction:
        time += f"{seconds}.{fraction:03d}".rstrip("0") + "S"
    elif seconds or not (date or time):
        time += f"{seconds}S"
    return f"{sign}P{date}{'T' if time else ''}{time}"


def _complaint(text: str) -> str:
    if _CALENDAR.match(text):
        return (
            f"expected weeks, days, hours, minutes and seconds only, found {text!r}: years and "
            "months differ in length, so write P365D or P30D"
        )
    if _TOO_FINE.search(text):
        return (
            f"expected at most three decimals, found {text!r}: milliseconds are the smallest step"
        )
    hint = f"; did you mean {text.upper()}?" if _DURATION.fullmatch(text.upper()) else ""
    return f"{_EXPECTED}, found {describe(text)}{hint}"


def _read(value: object) -> int:
    if not isinstance(value, str):
        raise _error(f"{_EXPECTED}, found {describe(value)}")
    try:
        return parse(value)
    except ValueError as error:
        raise _error(str(error)) from None


def _read_length(value: object) -> int:
    ms = _read(value)
    if ms < 0:
        raise _error(f"expected a length of time, which cannot be negative, found {value!r}")
    return ms


def _error(text: str) -> PydanticCustomError:
    return PydanticCustomError("duration", "{text}", {"text": text})


def _schema(sign: str, *examples: str) -> WithJsonSchema:
    # Plain groups instead of capturing ones: nobody reads what they hold.
    pattern = re.sub(r"\((?!\?)", "(?:", _BODY)
    return WithJsonSchema(
        {"type": "string", "pattern": f"^{sign}{pattern}$", "examples": [*examples]}
    )


Duration = Annotated[
    int,
    PlainValidator(_read),
    PlainSerializer(format_ms, return_type=str, when_used="json"),
    _schema("-?", "P30D", "-PT5M", "PT0.25S"),
]
"""A member that says how far from the moment of seeding something lies; milliseconds inside."""

Length = Annotated[
    int,
    PlainValidator(_read_length),
    PlainSerializer(format_ms, return_type=str, when_used="json"),
    _schema("", "P30D", "PT5M", "PT0.25S"),
]
"""A member that says how long something lasts, which is never negative; milliseconds inside."""
