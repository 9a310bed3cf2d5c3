"""What journal and metrics cost: the same logout and read with them, and in a server without."""

from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from simulator.cli.server.loops import run

from .cases import LOGOUT, READ
from .hot import reset, set_stages
from .load import Driver, Measured
from .report import Section, times
from .server import SILENT, benched, recorded

PIECES: Final = 1_500
ROUNDS: Final = 9


def section(driver: Driver, folder: Path) -> Section:
    """The table."""
    rows = []
    with (
        benched(folder / "telling.db") as telling,
        benched(folder / "silent.db", **{SILENT: "1"}) as silent,
    ):
        if not recorded(telling.origin) or recorded(silent.origin):
            raise AssertionError("the silent server is not silent, or the other one is")
        stages = {each: run(set_stages(each.origin, PIECES))[0] for each in (telling, silent)}
        for case in (LOGOUT, READ):
            found: dict[bool, list[Measured]] = {True: [], False: []}
            for number in range(ROUNDS + 1):
                for server in (telling, silent):
                    run(reset(server.origin, stages[server]))
                    script = partial(case.play, stages[server])
                    measured = driver.drive(server, script, range(PIECES), connections=16)
                    if number:
                        found[server is telling].append(measured)
            pairs = zip(found[True], found[False], strict=True)
            ratio = median(own.cpu / bare.cpu for own, bare in pairs)
            cells = [f"{Measured.typical(found[told]).cpu:,.0f} µs" for told in (False, True)]
            rows.append((case.name, *cells, times(ratio)))
    return Section(
        title="What telling costs",
        text=(
            "CPU of a call in a server whose requests pass the journal and the metrics by, and in one as "
            f"it is; medians of {ROUNDS} interleaved rounds. Reasons are given in both."
        ),
        head=("case", "without journal and metrics", "with them", "ratio"),
        rows=tuple(rows),
    )
