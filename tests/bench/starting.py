"""How long a start takes, beside importing the libraries that it cannot do without."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tests.support.server import READY, ask, command, environment

from .load import CLOCK
from .report import Section, times

ROUNDS: Final = 15
IMPORTS: Final = "import aiohttp, sqlalchemy, aiosqlite"
# Whoever tells Python to write no bytecode would measure how long it takes to compile our source,
# which an installation has compiled, and a checkout has after its first start.
_COMPILED: Final = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True, kw_only=True)
class Start:
    """Milliseconds by the clock, and of processor time where that is known."""

    wall: float
    cpu: float


def imported() -> Start:
    """Importing the libraries alone."""
    began, before = CLOCK.elapsed(), _of_children()
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)
    return Start(wall=(CLOCK.elapsed() - began) * 1e3, cpu=(_of_children() - before) * 1e3)


def version() -> Start:
    """The verb that needs the least."""
    began, before = CLOCK.elapsed(), _of_children()
    subprocess.run(
        command("version"), env=environment(**_COMPILED), stdout=subprocess.DEVNULL, check=True
    )
    return Start(wall=(CLOCK.elapsed() - began) * 1e3, cpu=(_of_children() - before) * 1e3)


def ready(db: Path | str, *, answer: bool = False) -> Start:
    """From the command to the ready line or, with `answer`, to the first answer."""
    began, before = CLOCK.elapsed(), _of_children()
    with subprocess.Popen(
        command("serve", "--port", "0", "--db", db),
        env=environment(**_COMPILED),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        line = process.stdout.readline() if process.stdout else ""
        found = READY.fullmatch(line)
        assert found, "the first line does not say that the simulator is ready"
        if answer:
            assert ask(found[1], "GET", "/livez").ok
        wall = (CLOCK.elapsed() - began) * 1e3
        process.kill()
    return Start(wall=wall, cpu=(_of_children() - before) * 1e3)


def _of_children() -> float:
    spent = os.times()
    return spent.children_user + spent.children_system


def section(folder: Path) -> Section:
    """The table."""
    kept = folder / "kept.db"
    ready(kept)
    runs: dict[str, Callable[[int], Start]] = {
        f"`{IMPORTS}`": lambda _: imported(),
        "ready, on a new database": lambda number: ready(folder / f"new-{number}.db"),
        "ready, on one that is there": lambda _: ready(kept),
        "first answer, in memory": lambda _: ready(":memory:", answer=True),
        "`pass-simulator version`": lambda _: version(),
    }
    found: dict[str, list[Start]] = {name: [] for name in runs}
    for number in range(ROUNDS):
        for name, begin in runs.items():
            found[name].append(begin(number))
    first, *_ = found.values()
    rows = []
    for name, starts in found.items():
        by_clock = median(own.wall / base.wall for own, base in zip(starts, first, strict=True))
        by_cpu = median(own.cpu / base.cpu for own, base in zip(starts, first, strict=True))
        rows.append(
            (
                name,
                f"{median(each.wall for each in starts):.0f} ms",
                times(by_clock),
                f"{median(each.cpu for each in starts):.0f} ms",
                times(by_cpu),
            )
        )
    return Section(
        title="Starting",
        text=(
            f"From the command to what is named, medians of {ROUNDS} interleaved rounds, and how many "
            "times the time of importing the libraries alone. All modules have been compiled before."
        ),
        head=("until", "by the clock", "ratio", "CPU", "ratio"),
        rows=tuple(rows),
    )
