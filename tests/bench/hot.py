"""The hot path: what each call costs beside a handler that does nothing on the same stack."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from simulator.cli.server.loops import run

from .cases import BASE, CASES, Case
from .load import Driver, Measured
from .picture import Bar, Chart
from .processes import Watched, database_size
from .report import Section, times
from .server import benched
from .wire import Wire
from .world import Stage, set_stage

PIECES: Final = 1_500
ROUNDS: Final = 7
_SANDBOX: Final = "default"
_ADMIN: Final = "bench-admin"


@dataclass(frozen=True, kw_only=True)
class Hot:
    """What was measured of each case, round by round, and what the server held at the end."""

    rounds: dict[str, list[Measured]] = field(default_factory=dict)
    memory: int = 0
    database: int = 0

    def typical(self, case: Case) -> Measured:
        """The median of the rounds."""
        return Measured.typical(self.rounds[case.name])

    def ratio(self, case: Case, figure: str) -> float:
        """The median over the rounds of a figure, as a multiple of the constant handler's."""
        pairs = zip(self.rounds[case.name], self.rounds[BASE.name], strict=True)
        found = sorted(getattr(own, figure) / getattr(base, figure) for own, base in pairs)
        return float(found[len(found) // 2])


async def set_stages(origin: str, pieces: int) -> tuple[Stage, Stage]:
    """A world for the devices, and another sandbox for what ends worlds."""
    wire = await Wire.to(origin)
    main = await set_stage(wire, _SANDBOX, pieces)
    await wire.must(main.admin("POST", "sandboxes", {"id": _ADMIN}))
    wire.close()
    return main, Stage(sandbox=_ADMIN, tokens=main.tokens, statement=main.statement)


async def reset(origin: str, stage: Stage) -> None:
    """Bring a stage's world back."""
    wire = await Wire.to(origin)
    await wire.must(stage.admin("POST", "reset", {}))
    wire.close()


def measure(
    driver: Driver, folder: Path, *, pieces: int = PIECES, rounds: int = ROUNDS, **settings: str
) -> Hot:
    """Measure every case, in rounds; the first round warms up and does not count."""
    db = folder / "hot.db"
    with benched(db, **settings) as server:
        stages = run(set_stages(server.origin, pieces))
        found = Hot()
        for number in range(rounds + 1):
            print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
            run(reset(server.origin, stages[0]))
            # The order turns, so that no case always stands behind the same other one.
            turned = CASES[number % len(CASES) :] + CASES[: number % len(CASES)]
            for case in turned:
                measured = one(driver, server, stages, case, pieces, number)
                if number:
                    found.rounds.setdefault(case.name, []).append(measured)
        return Hot(rounds=found.rounds, memory=server.memory(), database=database_size(db))


def one(
    driver: Driver,
    server: Watched,
    stages: tuple[Stage, Stage],
    case: Case,
    pieces: int,
    number: int,
) -> Measured:
    """One round of a case."""
    count = max(20, int(pieces * case.share))
    # Those who work alone do so in the other sandbox, where they end no world that others use.
    stage = stages[case.connections == 1]
    numbers = range(count) if case.connections > 1 else range(number * count, (number + 1) * count)
    script = partial(case.play, stage)
    return driver.drive(server, script, numbers, connections=case.connections)


def section(found: Hot, cases: Sequence[Case] = CASES) -> Section:
    """The table and the picture."""
    rows = []
    for case in cases:
        typical = found.typical(case)
        rows.append(
            (
                case.name,
                f"{typical.per_second:,.0f}",
                f"{typical.p50:.1f} ms",
                f"{typical.p99:.1f} ms",
                f"{typical.cpu:,.0f} µs",
                times(found.ratio(case, "cpu")),
                times(found.ratio(case, "p99")),
            )
        )
    bars = [
        Bar(name=case.name, value=found.ratio(case, "cpu"), text=times(found.ratio(case, "cpu")))
        for case in cases
        if case.connections > 1 and found.typical(case).calls <= 2
    ]
    return Section(
        title="What a call costs",
        text=(
            "Sixteen connections, each with the next call as soon as the last one is answered (30 for "
            "the devices, one for what a test does between its cases); state on disk, "
            "`synchronous=FULL`. CPU is the server's, in all its threads; the ratios are to the "
            "constant handler on the same stack behind the same edge, round by round, and "
            f"every figure is the median of {len(found.rounds[BASE.name])} interleaved rounds. After "
            f"the run the server holds {found.memory / 2**20:.0f} MiB of memory, and the database is "
            f"{found.database / 2**20:.1f} MiB."
        ),
        head=("case", "per second", "p50", "p99", "CPU", "CPU ratio", "p99 ratio"),
        rows=tuple(rows),
        charts=(Chart(title="CPU per call; the constant handler is 1", bars=tuple(bars)),),
    )
