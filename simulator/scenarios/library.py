"""The scenarios at hand: those that are shipped, and those in the user's own directories."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.validation.problems import Problem, ScenarioError, did_you_mean

if TYPE_CHECKING:
    from .models import ScenarioDocument

_SUFFIXES: Final = (".json", ".yaml")
# The published JSON Schema lies beside the scenarios that it describes.
_NO_SCENARIOS: Final = frozenset({"schema.json"})


def shipped_directory() -> Path:
    """Where the shipped scenarios are: in the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "files"
    return installed if installed.is_dir() else package.parents[1] / "scenarios"


class UnknownScenario(Exception):  # noqa: N818 - read at the call site: except UnknownScenario
    """No scenario has that name; `hint` tells the likely ones, or else all."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        close = " or ".join(f"'{each}'" for each in get_close_matches(name, known))
        self.hint = f"Did you mean {close}?" if close else f"There are: {', '.join(known)}."
        super().__init__(f"no scenario is called {name!r}; known are {', '.join(known) or 'none'}")


@dataclass(frozen=True)
class Summary:
    """What a scenario file is about, for a list; `problems` says why it cannot be used, if so."""

    name: str
    title: str
    description: str
    path: Path
    problems: tuple[Problem, ...] = ()


class Library:
    """The shipped scenarios and those in `directories`, of which later ones win by name.

    Files are read whenever they are asked for, so a scenario can be edited while the server runs.
    """

    def __init__(self, directories: Sequence[Path] = (), *, shipped: bool = True) -> None:
        self._directories = [*([shipped_directory()] if shipped else ()), *directories]

    def names(self) -> list[str]:
        """The names of all scenarios, sorted."""
        return sorted(self._files())

    def summaries(self) -> list[Summary]:
        """All scenarios, sorted by name, with what is wrong with them."""
        return [self._summary(name, path) for name, path in sorted(self._files().items())]

    def load(self, name: str) -> "ScenarioDocument":
        """The scenario `name` as its file has it, `extends` and all.

        Raises UnknownScenario, or ScenarioError when the file is no sound document.
        """
        path = self._files().get(name)
        if path is None:
            raise UnknownScenario(name, self.names())
        return _load(name, path)

    def resolve(self, document: "ScenarioDocument") -> "ScenarioDocument":
        """`document` with the scenarios that it extends merged in, and theirs in turn.

        Raises ScenarioError when one of them is unknown or broken, or extends one that extends it.
        """
        from . import merging

        chain = [document]
        seen = [document.name]
        while (wanted := chain[-1].extends) is not None:
            origin = chain[-1].origins.whole
            if wanted in seen:
                circle = " → ".join((*seen, wanted))
                raise ScenarioError([origin.problem(f"extends in a circle: {circle}", "extends")])
            if wanted not in self._files():
                hint = did_you_mean(wanted, self.names())
                problem = f"no scenario is called {wanted!r}{hint}"
                raise ScenarioError([origin.problem(problem, "extends")])
            chain.append(self.load(wanted))
            seen.append(wanted)
        resolved = chain.pop()
        while chain:
            resolved = merging.merge(resolved, chain.pop())
        return resolved

    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for directory in self._directories:
            # YAML comes last and so wins over JSON of the same name in the same directory.
            for suffix in _SUFFIXES:
                for path in sorted(directory.glob(f"*{suffix}")):
                    if path.name not in _NO_SCENARIOS and path.is_file():
                        found[path.stem] = path
        return found

    def _summary(self, name: str, path: Path) -> Summary:
        from . import compiling

        title = description = ""
        try:
            document = _load(name, path)
            title, description = document.title, document.description
            compiling.check(self.resolve(document))
        except ScenarioError as error:
            return Summary(name, title, description, path, error.problems)
        return Summary(name, title, description, path)


def _load(name: str, path: Path) -> "ScenarioDocument":
    # Every server has a library, but only one with a world to make reads a scenario.
    from .loading import parse

    source = _shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise ScenarioError([Problem(source, None, "", problem)]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ScenarioError([Problem(source, line, "", "expected UTF-8 text")]) from None
    document = parse(text, source)
    if document.name != name:
        problem = f"expected {name!r}, as the file is called, found {document.name!r}"
        raise ScenarioError([document.origins.whole.problem(problem, "name")])
    return document


def _shown(path: Path) -> str:
    """`path` as people on this machine would type it: relative where it is below where they are."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
