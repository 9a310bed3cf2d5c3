"""Documents from text or decoded data: everything that is wrong is found, and reported at once."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from simulator.scenarios.models.document import ScenarioDocument
from simulator.validation.explanations import explain
from simulator.validation.origins import Origin, Origins
from simulator.validation.problems import Problem, ScenarioError, describe
from simulator.validation.reading import read

from . import checking
from .files_beside import take_in
from .partial_document import SoundParts, sound_parts

M = TypeVar("M", bound=BaseModel)


def parse(text: str, source: str | None = None) -> ScenarioDocument:
    """The document in YAML or JSON `text`, which came from the file `source`, if any, with those beside it.

    `extends` is not applied, and references are not checked: see `Library.resolve` and
    `compiling.check`. Raises ScenarioError with every problem and its line.
    """
    found = read(text, source)
    if source is not None:
        take_in(found.data, Path(source).parent)
    return _validated(found.data, Origin(source, found.lines), found.problems)


def validate(data: object, before: Iterable[Problem] = ()) -> ScenarioDocument:
    """The document in decoded JSON `data`, with what is known `before` to be wrong; as `parse` otherwise."""
    return _validated(data, Origin(), before)


def validate_as(model: type[M], data: object, before: Iterable[Problem] = ()) -> M:
    """One entity in decoded JSON `data`, such as the body of a request to create it.

    `before` is what is known to be wrong already. Raises ScenarioError with every problem; their paths
    begin at the entity.
    """
    problems, found = [*before], _shape(model, data)
    if isinstance(found, ValidationError):
        problems += _news(explain(found, model, Origin()), problems)
    elif not problems:
        return found
    raise ScenarioError(problems)


def _shape(model: type[M], data: object) -> M | ValidationError:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        return error


def _validated(data: object, origin: Origin, before: Iterable[Problem]) -> ScenarioDocument:
    problems = [*before]
    if not isinstance(data, dict):
        raise ScenarioError([*problems, *_not_a_mapping(data, origin)])
    found = _shape(ScenarioDocument, data)
    if isinstance(found, ScenarioDocument):
        found = found.placed(Origins(origin))
        problems += checking.duplicates(found)
        if not problems:
            return found
        sound: SoundParts | None = SoundParts(found)
    else:
        problems += _news(explain(found, ScenarioDocument, origin), problems)
        sound = sound_parts(data, found, origin)
    if sound:
        problems += _news(_semantic_problems(sound), problems)
    raise ScenarioError(sorted(problems, key=lambda problem: problem.line or 0))


def _semantic_problems(sound: SoundParts) -> Iterator[Problem]:
    """What checking would find once the other problems are mended: one round is enough."""
    if sound.document.extends is None:
        return checking.problems(sound.document, sound.assumed)
    # What it refers to may stand in the scenario that it extends, which is not at hand here.
    return checking.duplicates(sound.document)


def _news(found: Iterable[Problem], known: Iterable[Problem]) -> list[Problem]:
    """The problems at places about which nothing is `known` yet: one complaint each is enough."""
    places = {problem.path for problem in known}
    return [problem for problem in found if problem.path not in places]


def _not_a_mapping(data: object, origin: Origin) -> Iterator[Problem]:
    found = describe(data)
    yield origin.problem(f"expected a scenario, a mapping with at least a name, found {found}")
