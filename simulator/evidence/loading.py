"""The evidence that is shipped: read once, when it is first asked for, and checked as a whole."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from simulator.domain.operations import OPERATION_NAMES, PAGE_NAMES
from simulator.domain.switches import SWITCHES
from simulator.validation.explanations import explain
from simulator.validation.origins import Origin
from simulator.validation.problems import Problem, ScenarioError, did_you_mean
from simulator.validation.reading import read

from .models import Row, Subject
from .pages import pages

FOLDER: Final = Path(__file__).parent
ASKED: Final = (*OPERATION_NAMES, *PAGE_NAMES)
"""Whose answers a row can name: operations, and the pages of a login or logout."""


@cache
def evidence() -> Mapping[str, Subject]:
    """All that is shipped, by the names of its files."""
    return load(FOLDER)


def load(folder: Path) -> dict[str, Subject]:
    """The files of a folder by their names, without the ending.

    Raises `ScenarioError` with everything that is wrong with any of them.
    """
    found, problems = dict[str, Subject](), list[Problem]()
    for path in sorted(folder.glob("*.yaml")):
        reading = read(path.read_text("utf-8"), path.name)
        origin = Origin(path.name, reading.lines)
        problems += reading.problems
        try:
            subject = Subject.model_validate(reading.data)
        except ValidationError as error:
            problems += explain(error, Subject, origin)
        else:
            found[path.stem] = subject
            problems += _unsound(path.stem, subject, origin)
    if problems:
        raise ScenarioError(problems)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class _Names:
    """A kind of names, and those that there are."""

    kind: str
    known: Iterable[str]

    def problem(self, name: str | None) -> str | None:
        """What is wrong with a name of this kind, if it is none."""
        if name is None or name in self.known:
            return None
        return f"there is no {self.kind} {name!r}{did_you_mean(name, [*self.known])}"


def _unsound(stem: str, subject: Subject, origin: Origin) -> Iterator[Problem]:
    operations = _Names(kind="operation", known=OPERATION_NAMES)
    for name in (subject.operation, *subject.operations):
        if problem := operations.problem(name):
            yield origin.problem(problem)
    if subject.operation not in {None, stem}:
        yield origin.problem("the file of an operation has its name", "operation")
    times = Counter(row.id for row in subject.rows)
    for position, row in enumerate(subject.rows):
        at = origin.at("rows", position)
        if times[row.id] > 1:
            yield at.problem(f"{times[row.id]} rows have the id {row.id!r}", "id")
        if row.test and not subject.asked(row):
            yield at.problem("a topic's row names the operation that is asked", "where")
        for member, name, names in _names(row):
            if problem := names.problem(name):
                yield at.problem(problem, member)


def _names(row: Row) -> Iterator[tuple[str, str | None, _Names]]:
    operations = _Names(kind="operation", known=OPERATION_NAMES)
    yield "page", row.page, _Names(kind="page", known=pages())
    yield "switch", row.switch, _Names(kind="switch", known=SWITCHES)
    yield "where", row.where.operation if row.where else None, _Names(kind="operation", known=ASKED)
    yield from (("operations", each, operations) for each in row.operations)
