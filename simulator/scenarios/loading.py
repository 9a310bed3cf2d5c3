"""Documents from text or decoded data: everything that is wrong is found, and reported at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from simulator.scenarios.models.document import ScenarioDocument
from simulator.validation.explanations import explain
from simulator.validation.origins import Origin, Origins
from simulator.validation.problems import Problem, ScenarioError, describe
from simulator.validation.reading import read

from . import checking
from .files_beside import Beside, Folder, SentFiles, take_in
from .partial_document import NOTHING_ASSUMED, Assumed, sound_parts

M = TypeVar("M", bound=BaseModel)

# YAML wins over JSON of the same name in the same folder.
SUFFIXES: Final = (".yaml", ".json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A document as far as it could be read: `problems` is what is wrong with it by itself.

    With any, `document` is what is sound of it, None where nothing is, and `assumed` what the rest may
    have held.
    """

    document: ScenarioDocument | None
    problems: tuple[Problem, ...] = ()
    assumed: Assumed = NOTHING_ASSUMED

    def sound(self) -> ScenarioDocument:
        """The document. Raises ScenarioError with all that can be found to be wrong with it alone."""
        if self.document is not None and not self.problems:
            return self.document
        raise ScenarioError(in_order([*self.problems, *news(self._later(), self.problems)]))

    def _later(self) -> Iterable[Problem]:
        """What checking would find once the other problems are mended: one round is enough."""
        if self.document is None:
            return ()
        if self.document.extends is None:
            return checking.problems(self.document, self.assumed.ids, self.assumed.unread)
        # What it refers to may stand in the scenario that it extends, which is not at hand here.
        return checking.duplicates(self.document)


class Near(Protocol):
    """Scenarios that go before those of a library: the files beside a document that was sent."""

    def draft(self, name: str) -> Draft | None:
        """The scenario of that name, if there is one."""


class ScenarioFiles:
    """A scenario that came with the files beside it, by the paths that its sender knows them by."""

    def __init__(self, scenario: str, files: Mapping[str, str]) -> None:
        """`scenario` is the path of the one that is meant, which is among `files`."""
        self._scenario = scenario
        self._files = files
        self._beside = SentFiles(files, scenario)

    def whole(self) -> Draft:
        """The scenario that is meant."""
        return draft(self._files[self._scenario], self._scenario, self._beside)

    def draft(self, name: str) -> Draft | None:
        """See `Near`."""
        for path in (self._beside.path(f"{name}{suffix}") for suffix in SUFFIXES):
            if path in self._files:
                return called(name, draft(self._files[path], path, self._beside))
        return None


def draft(text: str, source: str | None = None, beside: Beside | None = None) -> Draft:
    """What can be read of YAML or JSON `text`, which came from the file `source`, if any.

    Files `beside` it, or in the folder of `source`, are taken in where members name them.
    """
    try:
        found = read(text, source)
    except ScenarioError as error:
        return Draft(document=None, problems=error.problems)
    if beside is not None:
        take_in(found.data, beside)
    elif source is not None:
        take_in(found.data, Folder(Path(source).parent))
    return _drafted(found.data, Origin(source, found.lines), found.problems)


def draft_of(data: object, before: Iterable[Problem] = ()) -> Draft:
    """The same of decoded JSON `data`, with what is known `before` to be wrong."""
    return _drafted(data, Origin(), before)


def called(name: str, found: Draft) -> Draft:
    """`found`, which has to have the name of its file."""
    document = found.document
    if document is None or document.name == name:
        return found
    problem = f"expected {name!r}, as the file is called, found {document.name!r}"
    misnamed = document.origins.whole.problem(problem, "name")
    problems = (*found.problems, *news([misnamed], found.problems))
    return replace(found, problems=problems)


def parse(text: str, source: str | None = None) -> ScenarioDocument:
    """The document in YAML or JSON `text`, which came from the file `source`, if any, with those beside it.

    `extends` is not applied, and references are not checked: see `Library.complete` and
    `compiling.check`. Raises ScenarioError with every problem and its line.
    """
    return draft(text, source).sound()


def validate(data: object, before: Iterable[Problem] = ()) -> ScenarioDocument:
    """The document in decoded JSON `data`, with what is known `before` to be wrong; as `parse` otherwise."""
    return draft_of(data, before).sound()


def validate_as(model: type[M], data: object, before: Iterable[Problem] = ()) -> M:
    """One entity in decoded JSON `data`, such as the body of a request to create it.

    `before` is what is known to be wrong already. Raises ScenarioError with every problem; their paths
    begin at the entity.
    """
    problems, found = [*before], _shape(model, data)
    if isinstance(found, ValidationError):
        problems += news(explain(found, model, Origin()), problems)
    elif not problems:
        return found
    raise ScenarioError(problems)


def news(found: Iterable[Problem], known: Iterable[Problem]) -> list[Problem]:
    """The problems at places about which nothing is `known` yet: one complaint each is enough."""
    places = {(problem.source, problem.path) for problem in known}
    return [problem for problem in found if (problem.source, problem.path) not in places]


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems by file, as these first come up, and by line."""
    given = [*problems]
    files = [*dict.fromkeys(problem.source for problem in given)]
    return sorted(given, key=lambda problem: (files.index(problem.source), problem.line or 0))


def _shape(model: type[M], data: object) -> M | ValidationError:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        return error


def _drafted(data: object, origin: Origin, before: Iterable[Problem]) -> Draft:
    problems = [*before]
    if not isinstance(data, dict):
        return Draft(document=None, problems=(*problems, *_not_a_mapping(data, origin)))
    found = _shape(ScenarioDocument, data)
    if isinstance(found, ScenarioDocument):
        found = found.placed(Origins(origin))
        problems += news(checking.duplicates(found), problems)
        return Draft(document=found, problems=tuple(problems))
    problems += news(explain(found, ScenarioDocument, origin), problems)
    document, assumed = sound_parts(data, found, origin)
    return Draft(document=document, problems=tuple(problems), assumed=assumed)


def _not_a_mapping(data: object, origin: Origin) -> Iterator[Problem]:
    found = describe(data)
    yield origin.problem(f"expected a scenario, a mapping with at least a name, found {found}")
