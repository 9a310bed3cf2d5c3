"""The command `pass-simulator`."""

import os
import sys

from simulator import __version__
from simulator.cli.server import memory

__all__ = ["main"]


def main() -> None:
    """Run the command line."""
    # Scripts ask for it again and again, and for an answer there is nothing to import.
    if sys.argv[1:] == ["version"] and "PASS_SIMULATOR_JSON" not in os.environ:
        print(__version__)
        return
    memory.disable()
    from .commands import main as run

    run()
