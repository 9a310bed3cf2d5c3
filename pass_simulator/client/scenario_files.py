"""Scenarios in files: telling one from a scenario's name, and sending it with the files beside it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pass_simulator.errors import NotText

MEDIA_TYPE: Final = "application/vnd.pass-simulator.files+json"
"""What the admin API takes files as."""

_ENDINGS: Final = frozenset({".yaml", ".yml", ".json"})
_LARGEST: Final = 1024 * 1024
# Where a scenario may name another, or a file. What is found besides is sent and not looked at.
_EXTENDS: Final = re.compile(r"""\bextends["']?\s*:\s*["']?([A-Za-z0-9._-]+)""")
_METADATA: Final = re.compile(
    r"""\bmetadata["']?\s*:\s*(?:"([^"<]+)"|'([^'<]+)'|([^\s"'<{|>][^\n<]*))"""
)


def is_file(scenario: str | Path) -> bool:
    """Whether `scenario` is meant as a file: a path, or a text that ends as one."""
    return isinstance(scenario, Path) or Path(scenario).suffix in _ENDINGS


def content_of(scenario: Path) -> tuple[str, bytes]:
    """The media type and the body by which the file and those beside it that it leads to are sent.

    Raises `OSError` where the file itself cannot be read, and `NotText`.
    """
    body = {"scenario": scenario.as_posix(), "files": files_of(scenario)}
    return MEDIA_TYPE, json.dumps(body).encode()


def files_of(scenario: Path) -> dict[str, str]:
    """The texts of the file and of those beside it that it leads to, by their paths.

    Raises `OSError` where the file itself cannot be read, and `NotText`.
    """
    found = {scenario.as_posix(): _text(scenario)}
    waiting = [scenario]
    while waiting:
        path = waiting.pop()
        for beside in _named_in(found[path.as_posix()], path.parent):
            if beside.as_posix() not in found and _is_sent(beside):
                found[beside.as_posix()] = _text(beside)
                if beside.suffix in _ENDINGS:
                    waiting.append(beside)
    return found


def _named_in(text: str, folder: Path) -> Iterator[Path]:
    for name in _EXTENDS.findall(text):
        yield folder / f"{name}.yaml"
        yield folder / f"{name}.json"
    for quoted in _METADATA.findall(text):
        name = "".join(quoted)
        # Unquoted, a comment may follow, or the end of a mapping in braces.
        for each in {name, name.split(" #")[0], re.split("[,}]", name)[0]}:
            yield folder / each.strip()


def _is_sent(path: Path) -> bool:
    """Whether it is a scenario, or small enough to be the text of a member."""
    try:
        small = path.suffix in _ENDINGS or path.stat().st_size <= _LARGEST
        return small and path.is_file()
    except (OSError, ValueError):
        return False


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise NotText(path, content.count(b"\n", 0, error.start) + 1) from error
