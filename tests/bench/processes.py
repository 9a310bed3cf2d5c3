"""Processes under measurement: their processor time, their memory and their files."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
# How Linux numbers the processor clock of another process: see clock_getcpuclockid(3).
_CPUCLOCK_SCHED: Final = 2


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A server under measurement: where it answers, and its processes."""

    origin: str
    processes: tuple[int, ...]

    def cpu(self) -> float:
        """The seconds of processor time that it has used, in all its threads."""
        return sum(cpu_seconds(each) for each in self.processes)

    def memory(self) -> int:
        """The bytes of its resident sets."""
        return sum(resident(each) for each in self.processes)


def cpu_seconds(process: int) -> float:
    """The seconds of processor time that a process has used, those of its ended threads included."""
    return time.clock_gettime((~process << 3) | _CPUCLOCK_SCHED)


def resident(process: int) -> int:
    """The resident set of a process in bytes; 0 where the system does not tell."""
    file = Path(f"/proc/{process}/statm")
    return int(file.read_text().split()[1]) * _PAGE if file.exists() else 0


def descendants(process: int) -> tuple[int, ...]:
    """A process and all that it started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return (process, *(each for child in children for each in descendants(int(child))))


def database_size(db: Path) -> int:
    """The bytes of a database with the files that SQLite keeps beside it."""
    return sum(each.stat().st_size for each in db.parent.glob(f"{db.name}*"))
