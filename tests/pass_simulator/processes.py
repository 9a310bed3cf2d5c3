"""Which simulators a test run has started, and whether they are still there."""

import time
from pathlib import Path
from typing import Final

PATIENCE: Final = 40.0


def servers_of(folder: Path) -> list[int]:
    """The process ids of the shared simulators whose locks are somewhere in `folder`; Linux tells."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_text().split("\0")
        except OSError:
            # It has ended just now.
            continue
        if "--users" in arguments and arguments[arguments.index("--users") + 1].startswith(
            f"{folder}/"
        ):
            found.append(int(process.name))
    return found


def none_is_left(folder: Path) -> bool:
    """Whether all of them end before long."""
    deadline = time.monotonic() + PATIENCE
    while servers_of(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
