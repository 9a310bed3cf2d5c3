"""The command `pass-simulator`."""

import gc
import os
import sys

from simulator import __version__

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    # Scripts ask for it again and again, and for an answer there is nothing to import.
    asked = sys.argv[1:]
    if asked == ["--version"] or (asked == ["version"] and "PASS_SIMULATOR_JSON" not in os.environ):
        print(__version__)
        return
    # Nothing that a start imports is garbage, and to look for some would only take time.
    gc.disable()
    from .commands import main as run

    run()
