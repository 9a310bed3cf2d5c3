"""The rows that name a test, and what is to be done to the answers that the test gets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simulator.evidence.models import Row, Subject
from tests.evidence.altering import Alteration


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A row with a test; `key` is `FILE/ID`, which no other has."""

    key: str
    row: Row
    operation: str

    @property
    def test(self) -> str:
        """The id of the test."""
        return self.row.test or ""

    def alteration(self) -> Alteration:
        """What its test has to notice; a new one for each run."""
        assert self.row.where
        assert self.row.alter
        return Alteration(operation=self.operation, where=self.row.where, alter=self.row.alter)


def claims(subjects: Mapping[str, Subject], names: Iterable[str] = ()) -> list[Claim]:
    """All rows that name a test, of the files with these names, or of all."""
    wanted = {*names} or subjects.keys()
    return [
        Claim(key=f"{name}/{row.id}", row=row, operation=subject.asked(row))
        for name, subject in subjects.items()
        if name in wanted
        for row in subject.rows
        if row.test
    ]
