"""The commands of the command line, for tests that walk all of them."""

import re
import shlex
from collections.abc import Iterator
from typing import Any, Final

from typer.main import get_command

from simulator.cli.commands import VERBS, app

PATHS: Final = [each.path for verbs in VERBS.values() for each in verbs]


def command(path: str) -> Any:  # noqa: ANN401 - the class is not public
    """The command that `path`, such as "snapshot take", stands for."""
    found: Any = get_command(app)
    for name in path.split():
        found = found.commands[name]
    return found


def examples(path: str) -> Iterator[list[str]]:
    """The arguments of each example in the command's help, after `pass-simulator`."""
    for text in re.findall(r"^Example: (.+)$", command(path).help, re.MULTILINE):
        inside = re.search(r"\$\((pass-simulator[^)]*)\)", text)
        yield shlex.split(inside[1] if inside else text)[1:]
