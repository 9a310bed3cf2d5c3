"""What follows from the evidence for each operation: what is proven, what differs, and what is open."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from simulator.domain.operations import OPERATIONS

from .loading import evidence
from .models import Row

Fidelity: TypeAlias = Literal["exact", "simplified", "unproven", "not simulated"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """Rows by what they are cases of, in the order of their files."""

    proven: tuple[Row, ...]
    differs: tuple[Row, ...]
    open: tuple[Row, ...]

    @property
    def fidelity(self) -> Fidelity:
        """How far that is simulated: exact only where something is proven and nothing differs."""
        if self.differs:
            return "simplified"
        return "exact" if self.proven else "unproven"


def summary_of(rows: Iterable[Row]) -> Summary:
    """The rows, sorted."""
    found = [*rows]
    proven, differs, unknown = (
        tuple(each for each in found if each.outcome == outcome)
        for outcome in ("proven", "differs", "open")
    )
    return Summary(proven=proven, differs=differs, open=unknown)


@cache
def summary_of_operation(name: str) -> Summary:
    """The rows of an operation: those of its file, and those of topics that count for it."""
    return summary_of(
        row
        for subject in evidence().values()
        for row in subject.rows
        if name in subject.operations_of(row)
    )


def fidelity_of(name: str) -> Fidelity:
    """How far an operation is simulated."""
    if not any(each.simulated for each in OPERATIONS if each.name == name):
        return "not simulated"
    return summary_of_operation(name).fidelity


def all_rows() -> Iterator[Row]:
    """Every row, once."""
    for subject in evidence().values():
        yield from subject.rows
