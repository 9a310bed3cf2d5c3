"""The scenarios at hand: those that are shipped, and those in the user's own directories."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final, NamedTuple

from simulator.clock import SystemClock
from simulator.validation.problems import Problem, ScenarioError

if TYPE_CHECKING:
    from .context import SoundScenario
    from .loading import Draft, Near
    from .models import ScenarioDocument
    from .partial_document import Assumed

# As in `loading`, which most starts do not need: YAML comes last and so wins over JSON of the same name.
_SUFFIXES: Final = (".json", ".yaml")
# Milliseconds: some file systems tell when a file was written by two seconds.
_COARSEST: Final = 2_000
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
    """What a scenario file is about, for a list.

    `problems` says why it cannot be used, if so, `warnings` what leads nowhere in it otherwise.
    """

    name: str
    title: str
    description: str
    path: Path
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


class _Version(NamedTuple):
    """A state of a file, as the file system tells it."""

    path: str
    file: int
    size: int
    written: int
    changed: int

    @classmethod
    def of(cls, path: str) -> "_Version | None":
        """That of the file there is now, if any."""
        try:
            found = os.stat(path)  # noqa: PTH116 - for each sandbox that is made
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return cls(path, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def settled(self, now: int) -> bool:
        """Whether nothing that is written from `now` (epoch milliseconds) on goes by this version, too."""
        return max(self.written, self.changed) // 1_000_000 + _COARSEST < now


# By the names of scenarios; None where the file may change further under the same version.
_Versions = dict[str, _Version | None]


class Library:
    """The shipped scenarios and those in `directories`, of which later ones win by name.

    Files are read whenever they are asked for, so a scenario can be edited while the server runs. `clock`
    tells the time as file systems do.
    """

    def __init__(
        self,
        directories: Sequence[Path] = (),
        *,
        shipped: bool = True,
        clock: SystemClock | None = None,
    ) -> None:
        directories = [*([shipped_directory()] if shipped else ()), *directories]
        # Later ones win.
        self._places = [(each, suffix) for each in directories for suffix in _SUFFIXES]
        self._clock = clock or SystemClock()
        self._known: dict[str, tuple[_Versions, SoundScenario]] = {}

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
        return self.draft(name).sound()

    def draft(self, name: str) -> "Draft":
        """The scenario `name` as far as its file can be read. Raises UnknownScenario."""
        return self._load(name, {})

    def text(self, name: str) -> str:
        """The file of the scenario `name` as it stands there. Raises UnknownScenario or ScenarioError."""
        version = self._find(name)
        if version is None:
            raise UnknownScenario(name, self.names())
        return _text(Path(version.path))

    def resolve(self, document: "ScenarioDocument") -> "ScenarioDocument":
        """`document` with the scenarios that it extends merged in, and theirs in turn.

        Raises ScenarioError when one of them is unknown or broken, or extends one that extends it.
        """
        from .loading import Draft

        return self.complete(Draft(document=document))

    def complete(
        self, draft: "Draft", near: "Near | None" = None, besides: "Assumed | None" = None
    ) -> "ScenarioDocument":
        """The document of `draft`, resolved; scenarios that are `near` it go before those of the library.

        Raises ScenarioError with all that is wrong with it and what it extends, and, where that is anything,
        with what checking would find then; it may refer to what is assumed `besides`.
        """
        return self._complete(draft, {}, near, besides)

    def known(self, name: str) -> "SoundScenario | None":
        """What was found out of the scenario `name`; None where its files may say something else by now."""
        versions, found = self._known.get(name, ({}, None))
        same = (version and version == self._find(each) for each, version in versions.items())
        return found if all(same) else None

    def examine(self, name: str) -> "tuple[ScenarioDocument, SoundScenario]":
        """The scenario `name`, resolved and checked. Raises UnknownScenario or ScenarioError."""
        from . import compiling

        versions: _Versions = {}
        document = self._complete(self._load(name, versions), versions)
        found = compiling.sound(document)
        self._known[name] = versions, found
        return document, found

    def _load(self, name: str, versions: _Versions) -> "Draft":
        version = self._find(name)
        if version is None:
            raise UnknownScenario(name, self.names())
        settled = version.settled(self._clock.now())
        found = _load(name, Path(version.path))
        document = found.document
        # The metadata of a provider may lie in a file of its own, which can change by itself.
        whole = document is not None and not any(each.identity_provider for each in document.mvpds)
        versions[name] = version if settled and whole else None
        return found

    def _complete(
        self,
        draft: "Draft",
        versions: _Versions,
        near: "Near | None" = None,
        besides: "Assumed | None" = None,
    ) -> "ScenarioDocument":
        from . import extending
        from .partial_document import NOTHING_ASSUMED

        def find(name: str) -> "Draft | None":
            if near is not None and (found := near.draft(name)) is not None:
                return found
            return self._load(name, versions) if self._find(name) else None

        return extending.complete(draft, find, self.names, besides or NOTHING_ASSUMED)

    def _files(self) -> dict[str, Path]:
        return {
            path.stem: path
            for directory, suffix in self._places
            for path in sorted(directory.glob(f"*{suffix}"))
            if path.name not in _NO_SCENARIOS and path.is_file()
        }

    def _find(self, name: str) -> _Version | None:
        """The file of a scenario, however many there are."""
        if PurePath(name).name != name:
            return None
        found = (
            _Version.of(os.path.join(directory, f"{name}{suffix}"))  # noqa: PTH118 - as above
            for directory, suffix in reversed(self._places)
            if f"{name}{suffix}" not in _NO_SCENARIOS
        )
        return next(filter(None, found), None)

    def _summary(self, name: str, path: Path) -> Summary:
        from . import compiling

        draft = _load(name, path)
        title = draft.document.title if draft.document else ""
        description = draft.document.description if draft.document else ""
        try:
            found = compiling.sound(self.complete(draft))
        except ScenarioError as error:
            return Summary(name, title, description, path, error.problems)
        return Summary(name, title, description, path, warnings=found.warnings)


def _load(name: str, path: Path) -> "Draft":
    # Every server has a library, but only one with a world to make reads a scenario.
    from .files_beside import Folder
    from .loading import Draft, called, draft

    source = _shown(path)
    try:
        text = _text(path)
    except ScenarioError as error:
        return Draft(document=None, problems=error.problems)
    return called(name, draft(text, source, Folder(path.parent)))


def _text(path: Path) -> str:
    """What a file holds. Raises `ScenarioError`."""
    source = _shown(path)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise ScenarioError([Problem(source, None, "", problem)]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ScenarioError([Problem(source, line, "", "expected UTF-8 text")]) from None


def _shown(path: Path) -> str:
    """`path` as people on this machine would type it: relative where it is below where they are."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
