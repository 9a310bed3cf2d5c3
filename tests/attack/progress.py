"""How far an attack has come, on stderr, for who waits."""

import sys


def progress(attack: str, done: int, of: int) -> None:
    """Say so, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r\033[K{attack}: {done:,} of {of:,}", end="", file=sys.stderr, flush=True)
    elif done == 0:
        print(f"{attack}: {of:,}", file=sys.stderr, flush=True)
