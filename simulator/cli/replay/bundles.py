"""Reading a bundle."""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simulator.cli.exits import CliExit

FORMAT: Final = 1
# More than any bundle holds; what unpacks to more was not made by a simulator.
_LARGEST: Final = 256 * 1024 * 1024
_HINT: Final = "Give a file that `pass-simulator bundle` or GET /admin/v1/bundle wrote."


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """A run: what it is of, the state at its beginning, and what happened then, in its order."""

    manifest: Mapping[str, Any]
    baseline: Mapping[str, Any]
    journal: Sequence[Mapping[str, Any]]

    @property
    def passwords(self) -> dict[str, str]:
        """The passwords of the accounts at the beginning, by user name."""
        accounts = self.baseline.get("subscribers", ())
        return {
            each.get("username", each["id"]): each["password"]
            for each in accounts
            if "password" in each
        }


def read(file: Path) -> Bundle:
    """The bundle in `file`. Raises `CliExit`."""
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(each.file_size for each in archive.infolist()) > _LARGEST:
                raise CliExit(f"{file} is too large to be a bundle.", _HINT)
            manifest = json.loads(archive.read("manifest.json"))
            if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
                raise CliExit(
                    f"{file} is a bundle of another version of the simulator.",
                    "Replay it with the version that wrote it.",
                )
            return Bundle(
                manifest=manifest,
                baseline=json.loads(archive.read("baseline.json")),
                journal=[*_entries(archive)],
            )
    except OSError as error:
        raise CliExit(f"{file} cannot be read: {error.strerror or error}.", _HINT) from error
    except (zipfile.BadZipFile, KeyError, ValueError, RecursionError) as error:
        raise CliExit(f"{file} is no bundle: {error}.", _HINT) from error


def _entries(archive: zipfile.ZipFile) -> Iterator[Mapping[str, Any]]:
    """The journal line by line: the first that is no entry ends it, whatever else there is."""
    with archive.open("journal.jsonl") as lines:
        for line in lines:
            entry = json.loads(line)
            if not isinstance(entry, dict) or "kind" not in entry:
                message = "a line of its journal is no entry"
                raise ValueError(message)
            yield entry
