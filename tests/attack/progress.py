"""How far an attack has come, on stderr, for who waits."""

import sys
import time
from typing import Final

# Seconds between two lines, where nobody looks at a terminal.
_EVERY: Final = 30.0
_said: dict[str, float] = {}


def progress(attack: str, done: int, of: int) -> None:
    """Say so: in place on a terminal, else in a line now and then."""
    if sys.stderr.isatty():
        print(f"\r\033[K{attack}: {done:,} of {of:,}", end="", file=sys.stderr, flush=True)
        return
    now = time.monotonic()
    if now - _said.get(attack, -_EVERY) >= _EVERY:
        _said[attack] = now
        print(f"{attack}: {done:,} of {of:,}", file=sys.stderr, flush=True)
