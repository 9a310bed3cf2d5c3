"""How the console puts numbers and instants; `console.js` says it in the same words as time goes on."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

_SECOND: Final = 1_000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def ago(milliseconds: int) -> str:
    """How long ago something was."""
    if milliseconds < _SECOND:
        return "now"
    if milliseconds < _MINUTE:
        return f"{milliseconds // _SECOND} s ago"
    if milliseconds < _HOUR:
        return f"{milliseconds // _MINUTE} min ago"
    if milliseconds < _DAY:
        return f"{milliseconds // _HOUR} h ago"
    return f"{milliseconds // _DAY} d ago"


def left(milliseconds: int) -> str:
    """How long something still lasts."""
    if milliseconds <= 0:
        return "over"
    if milliseconds < _HOUR:
        minutes, rest = divmod(milliseconds, _MINUTE)
        return f"{minutes}:{rest // _SECOND:02}"
    if milliseconds < _DAY:
        hours, rest = divmod(milliseconds, _HOUR)
        return f"{hours} h {rest // _MINUTE} min"
    days, rest = divmod(milliseconds, _DAY)
    return f"{days} d {rest // _HOUR} h"


def every(milliseconds: int) -> str:
    """The gap between two calls."""
    return f"{milliseconds / _SECOND:.1f} s"


def instant(milliseconds: int) -> str:
    """An instant for reading."""
    return datetime.fromtimestamp(milliseconds / _SECOND, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def duration(microseconds: int | None) -> str:
    """How long a request took."""
    return "" if microseconds is None else f"{microseconds / _SECOND:.1f} ms"


def tone(status: int | None) -> str:
    """The class that colours a status; the number says it as well, so that nobody needs the colour."""
    if status is None:
        return "broken"
    return {2: "good", 3: "good", 4: "warned", 5: "broken"}.get(status // 100, "")


def slug(text: str) -> str:
    """An id for an element that stands for `text`, whatever that is made of."""
    return hashlib.blake2s(text.encode(errors="replace"), digest_size=6).hexdigest()


def spelled(code: str) -> str:
    """A code for being read aloud."""
    return " ".join(code)


def pretty(body: str) -> str:
    """A body on several lines where it is JSON, else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def some(names: Sequence[str], most: int = 6) -> str:
    """The first of a list, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def changed(changes: Mapping[str, int]) -> str:
    """How many entities of each kind differ; what only counts calls is no news."""
    told = [
        f"{count} {kind[:-1] if count == 1 else kind}".replace("_", " ")
        for kind, count in changes.items()
        if kind not in _COUNTERS
    ]
    return ", ".join(told) or "Nothing"


_COUNTERS: Final = frozenset({"fault_uses", "throttle_windows"})


def one_line(value: Any) -> str:  # noqa: ANN401 - whatever a document holds
    """A value on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
