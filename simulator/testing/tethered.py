"""`pass-simulator` on a leash: it ends when the process that started it ends, however that happens.

That process holds the other end of its stdin. A test run that is killed leaves no server behind.
"""

import os
import signal
import sys
from threading import Thread


def _watch(stdin: int) -> None:
    # Not through sys.stdin, whose lock a thread must not hold when the interpreter ends.
    while os.read(stdin, 1024):
        pass
    signal.raise_signal(signal.SIGTERM)


def main() -> None:
    """Run the command line until it is done, or stdin is closed."""
    from simulator.cli import main as run

    Thread(target=_watch, args=[sys.stdin.fileno()], daemon=True).start()
    run()


if __name__ == "__main__":
    main()
