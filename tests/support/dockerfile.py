"""Reading a Dockerfile and what is left out of its context, as far as ours goes."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

_FLAG = re.compile(r"--([a-z-]+)=(\S+)")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One instruction: its name, its flags, and the text behind them."""

    name: str
    flags: dict[str, str]
    text: str

    @property
    def command(self) -> list[str] | None:
        """The words of the exec form; None for the shell form."""
        text = self.text.removeprefix("CMD ") if self.name == "HEALTHCHECK" else self.text
        if not text.startswith("["):
            return None
        words: list[str] = json.loads(text)
        return words

    @property
    def words(self) -> list[str]:
        """The text as separate words."""
        return shlex.split(self.text)

    @property
    def pairs(self) -> dict[str, str]:
        """The names and values of ENV and LABEL."""
        return dict(word.split("=", 1) for word in self.words)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What stands from one FROM to the next."""

    base: str
    name: str | None
    steps: Sequence[Step]

    def of(self, name: str) -> list[Step]:
        """The instructions of one name."""
        return [each for each in self.steps if each.name == name]


def stages(path: Path) -> list[Stage]:
    """The stages of the Dockerfile at `path`."""
    found: list[Stage] = []
    for step in _steps(path.read_text()):
        if step.name == "FROM":
            base, _, name = step.text.partition(" AS ")
            found.append(Stage(base=base, name=name or None, steps=[]))
        else:
            stage = found[-1]
            found[-1] = Stage(base=stage.base, name=stage.name, steps=[*stage.steps, step])
    return found


def _steps(text: str) -> Iterator[Step]:
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    for line in joined.splitlines():
        name, _, rest = line.partition(" ")
        flags: dict[str, str] = {}
        rest = rest.strip()
        while found := _FLAG.match(rest):
            flags[found[1]] = found[2]
            rest = rest[found.end() :].lstrip()
        yield Step(name=name, flags=flags, text=rest)


def is_ignored(path: str, patterns: Sequence[str]) -> bool:
    """Whether `path` is kept from the build: the last pattern that fits it, or a folder above, decides."""
    parts = path.split("/")
    prefixes = ["/".join(parts[: number + 1]) for number in range(len(parts))]
    ignored = False
    for pattern in patterns:
        wanted = pattern.removeprefix("!")
        names = parts if wanted.startswith("**/") else prefixes
        if any(fnmatch(each, wanted.removeprefix("**/")) for each in names):
            ignored = not pattern.startswith("!")
    return ignored


def patterns(path: Path) -> list[str]:
    """The patterns of a .dockerignore."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
