"""Files beside a scenario: those that it extends, and those whose text takes the place of a member."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final, Protocol

# Metadata of a whole federation is none of one provider.
LARGEST: Final = 1024 * 1024


class Beside(Protocol):
    """The files beside a document."""

    def text(self, name: str) -> str | None:
        """What the file of that name says; None where it is none, or too large."""


class Folder:
    """The files of a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def text(self, name: str) -> str | None:
        """See `Beside`."""
        try:
            path = self._path / name
            return path.read_text(encoding="utf-8") if path.stat().st_size <= LARGEST else None
        except (OSError, ValueError):
            return None


class SentFiles:
    """Files that came together, each by the path that its sender knows it by; no disk is looked at."""

    def __init__(self, files: Mapping[str, str], beside: str) -> None:
        """Those of `files` that lie beside the one called `beside`."""
        self._files = files
        self._folder = PurePosixPath(beside).parent

    def path(self, name: str) -> str:
        """What the file `name` is called among those that were sent."""
        return str(self._folder / name)

    def text(self, name: str) -> str | None:
        """See `Beside`."""
        found = self._files.get(self.path(name))
        return found if found is None or len(found) <= LARGEST else None


def take_in(data: object, beside: Beside) -> None:
    """Put the texts of files in the place of their names in decoded `data`.

    A name that leads to no file stays, and is found to be wrong when the document is checked.
    """
    for provider in _identity_providers(data):
        named = provider.get("metadata")
        if isinstance(named, str) and "<" not in named and (text := beside.text(named)):
            provider["metadata"] = text


def _identity_providers(data: object) -> Iterator[dict[str, Any]]:
    mvpds = data.get("mvpds") if isinstance(data, dict) else None
    for mvpd in mvpds if isinstance(mvpds, list) else ():
        provider = mvpd.get("identity_provider") if isinstance(mvpd, dict) else None
        if isinstance(provider, dict):
            yield provider
