"""What apps were shown of the backend, and what they did about it: the tally as a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from simulator.domain.conduct.rules import Verdict
from simulator.domain.coverage.axes import AXES, CONDUCT
from simulator.domain.coverage.meetings import FORCED
from simulator.domain.coverage.outcomes import Outcome
from simulator.services.context import AppContext
from simulator.storage.journal.coverage import counts
from simulator.storage.journal.coverage.counts import Count, Counted, Whose
from simulator.storage.worlds.sandboxes import SandboxRef

from . import conduct
from .conduct import About


@dataclass(kw_only=True, slots=True)
class CellCount:
    """How often a cell was met, how often of these by a fault, the last request, and what the app did then.

    A cell of conduct has a `verdict` instead of outcomes.
    """

    met: int = 0
    forced: int = 0
    last: str = ""
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    verdict: Verdict | None = None

    @property
    def request(self) -> str | None:
        """The id of the last request that met it."""
        return self.last.partition(" ")[2] or None


Counts = Mapping[str, Mapping[str, CellCount]]
"""By axis and name, all cells of all axes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The cells of all axes, those of whom there are counts, and whether conduct could be judged wholly."""

    generation: int
    counts: Counts
    known: Counted
    incomplete: bool


async def report(
    simulator: AppContext,
    at: SandboxRef,
    *,
    application: str | None = None,
    platform: str | None = None,
    device: str | None = None,
    since: int | None = None,
) -> Report:
    """What apps met in the sandbox, and what they had done about it by now; None is anybody's.

    `since` is the first generation that counts. Conduct is judged from the journal; `incomplete` says that
    entries of it were dropped.
    """
    whose = Whose(application=application, platform=platform, device=device, since=since)
    await simulator.journal.up_to_date()

    found: dict[str, dict[str, CellCount]] = {
        axis.id: {name: CellCount() for name in axis.cells} for axis in AXES.values()
    }
    now = await simulator.engine.read(at, lambda world: world.now)
    rows, watches, known = await simulator.engine.query(
        lambda connection: (
            counts.counts(connection, at.id, whose),
            counts.watches(connection, at.id, whose),
            counts.known(connection, at.id),
        )
    )
    for row in rows:
        _add(found, row)
    for watch in watches:
        outcome = watch.at_last(now)
        if outcome is not Outcome.OPEN:
            for cells in watch.rows:
                for cell in _cells(found, cells):
                    cell.outcomes[outcome] += watch.times
                    cell.outcomes[Outcome.OPEN] -= watch.times
    incomplete = await _judge(simulator, at, whose, found[CONDUCT])
    return Report(generation=at.generation, counts=found, known=known, incomplete=incomplete)


def _add(found: Mapping[str, dict[str, CellCount]], row: Count) -> None:
    outcomes = (row.well, row.looped, row.stopped, row.gave_up)
    for cell in _cells(found, row.cells):
        cell.met += row.met
        cell.last = max(cell.last, row.last)
        for name, number in zip(_DECIDED, outcomes, strict=True):
            cell.outcomes[name] += number
        cell.outcomes[Outcome.OPEN] += max(row.met - sum(outcomes), 0)
    for text in row.cells.split():
        if text.endswith(FORCED):
            for cell in _cells(found, text):
                cell.forced += row.met


_DECIDED: Final = (Outcome.WELL, Outcome.LOOPED, Outcome.STOPPED, Outcome.GAVE_UP)


def _cells(found: Mapping[str, dict[str, CellCount]], cells: str) -> Sequence[CellCount]:
    """The counts of the cells of a row; those that a later version knows and this does not are left out."""
    pairs = (each.removesuffix(FORCED).partition(":") for each in cells.split())
    return [found[axis][name] for axis, _, name in pairs if axis in found and name in found[axis]]


async def _judge(
    simulator: AppContext, at: SandboxRef, whose: Whose, cells: Mapping[str, CellCount]
) -> bool:
    """Hold the apps against the rules of conduct; whether entries were dropped that could tell more."""
    about = About(application=whose.application, device=whose.device)
    judged = await conduct.conduct(
        simulator, at, about, generation=None, since=whose.since, platform=whose.platform
    )
    for cell in cells.values():
        cell.verdict = Verdict.NOT_SEEN
    for _, findings in judged.apps:
        for each in findings:
            if each.verdict is Verdict.NOT_SEEN:
                continue
            cell = cells[each.rule.id]
            cell.met += each.times
            if cell.verdict is not Verdict.BROKEN:
                cell.verdict = each.verdict
            for sign in each.evidence:
                if each.verdict is cell.verdict and sign.requests:
                    cell.last = f" {sign.requests[-1]}"
    return judged.incomplete


async def clear(simulator: AppContext, at: SandboxRef) -> bool:
    """Forget all counts of the sandbox; whether there were any."""
    await simulator.journal.up_to_date()
    return await simulator.engine.transact(
        lambda connection: counts.clear(connection, at.id), quick=True, moves=()
    )
