"""Somebody new, who has an empty folder, an empty home, and the pages; the steps are counted."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from tests.docs.pages import FOLDER, README, ROOT, Block, blocks, examples, read, shows
from tests.docs.reader import PORTS, START, free_ports

_HEADING: Final = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
# What a machine says of its network and its package indexes, for who is new has those, too.
_KEPT: Final = re.compile(
    r"PIP_\w+|(?:https?|no)_proxy|SSL_CERT_\w+|LANG|TMPDIR|PYTHON", re.IGNORECASE
)
_END: Final = "-- the end of a command, with status"
_PATIENCE: Final = 300


@dataclass(kw_only=True)
class Steps:
    """What was done: commands of the pages, deeds by hand that a page asks for, and what no page says."""

    commands: int = 0
    by_hand: int = 0
    unwritten: list[str] = field(default_factory=list)
    first_answer: float | None = None


class Newcomer:
    """A terminal in an empty folder, in which commands of the pages are typed one after the other.

    One liberty is taken: the ports of the pages stand for free ones, for they may be taken here.
    A server gets a terminal of its own, prepared as this one is.
    """

    def __init__(self, place: Path, cache: Path) -> None:
        self.folder, self._home = place / "folder", place / "home"
        for each in (self.folder, self._home):
            each.mkdir(parents=True)
        self.steps = Steps()
        self.printed = ""
        self._ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self._cache = cache
        self._started = time.monotonic()
        self._servers: list[str] = []
        self._shell: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._shell = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        # Each server is a job of its own, which Ctrl-C ends with all that it has started.
        self._run("set -m")
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        assert self._shell is not None
        for each in self._servers:
            with _whatever_comes():
                os.killpg(int(each), signal.SIGTERM)
        with _whatever_comes():
            os.killpg(self._shell.pid, signal.SIGTERM)
        self._shell.communicate(timeout=_PATIENCE)

    def port(self, shown: str) -> str:
        """The port that is used for the one that pages show."""
        return self._ports[shown]

    def reads(
        self,
        page: str,
        part: str | None = None,
        *,
        instead: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Do what a page says to do, or the part below a heading.

        `instead` of the block that has this text in it, something is done that the page offers as well.
        """
        for block in blocks(_part(_text(page), part)):
            if instead is not None and instead[0] in block.text:
                instead[1]()
            elif block.not_run is None:
                self._do(block)

    def by_hand(self, page: str, asked: str, action: Callable[[], None]) -> None:
        """Do what a page asks for in these words, and which is no command."""
        if _plain(asked) in _plain(_text(page)):
            self.steps.by_hand += 1
        else:
            self.steps.unwritten.append(asked)
        self._show(f"by hand: {asked}")
        action()

    def seconds(self) -> float:
        """How long it has been at it."""
        return time.monotonic() - self._started

    def _show(self, step: str) -> None:
        print(f"{self.seconds():6.1f} s  {step.partition(chr(10))[0][:90]}", flush=True)

    def _do(self, block: Block) -> None:
        if block.file is not None:
            self.steps.by_hand += 1
            place = self.folder / block.file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(self._here(block.text), encoding="utf-8")
        elif block.language == "python":
            self.steps.by_hand += 1
            (self.folder / "tried.py").write_text(self._here(block.text), encoding="utf-8")
            self._run("python3 tried.py")
        elif block.language == "console":
            for command, shown in examples(block):
                self.steps.commands += 1
                self._show(f"$ {command}")
                here, starts = self._here(command), START.fullmatch(command) is not None
                printed = self._serve(here) if starts else self._run(here)
                assert shows(self._here(shown), printed), (
                    f"{command}\n\nshown:\n{shown}\n\nis:\n{printed}"
                )
                self.printed = printed
                # A command that asked something, and was answered.
                if self.steps.first_answer is None and shown and not starts:
                    self.steps.first_answer = self.seconds()

    def _here(self, text: str) -> str:
        return re.sub(r"\b864\d\b", lambda found: self._ports.get(found[0], found[0]), text)

    def _run(self, command: str) -> str:
        """Type a command and wait for its end; what it printed, if its status is 0."""
        assert self._shell is not None
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{{ {command}\n}} </dev/null; printf '\\n%s %s\\n' '{_END}' $?\n")
        self._shell.stdin.flush()
        printed, status = _until_the_end(self._shell.stdout)
        assert status == "0", f"{command}\nended with status {status}:\n{printed}"
        return printed

    def _serve(self, command: str) -> str:
        """Start a server in a terminal of its own; its first line."""
        for each in self._servers:
            self._run(f"kill -INT -- -{each}; wait {each} || true")
        first = self.folder / "first-line"
        # The shell may come to its redirection a moment later.
        first.write_text("")
        self._run(f"{command} >{first.name} 2>server.log </dev/null &")
        self._servers = [self._run("echo $!").strip()]
        self._run(f"export PASS_SIMULATOR_URL=http://127.0.0.1:{self._ports['8642']}")
        deadline = time.monotonic() + _PATIENCE
        while "\n" not in first.read_text():
            assert time.monotonic() < deadline, (self.folder / "server.log").read_text()
            assert self._run("jobs -r"), (self.folder / "server.log").read_text()
            time.sleep(0.05)
        return first.read_text()

    def _environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if _KEPT.fullmatch(name)}
        here = {Path(sys.prefix) / "bin", Path(sys.prefix)}
        path = [each for each in os.environ["PATH"].split(os.pathsep) if Path(each) not in here]
        return {
            **kept,
            "PATH": os.pathsep.join(path),
            "HOME": str(self._home),
            "PIP_CACHE_DIR": str(self._cache),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            # What makes the free port the usual one.
            "PASS_SIMULATOR_PORT": self._ports["8642"],
        }


def clone(to: Path) -> None:
    """What `git clone` of this state would make."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def _text(page: str) -> str:
    return read(README if page == "README" else FOLDER / f"{page}.md")


def _part(text: str, heading: str | None) -> str:
    if heading is None:
        return text
    found = [each for each in _HEADING.finditer(text) if each[1] == heading]
    assert found, f"no heading {heading}"
    level = found[0][0].partition(" ")[0]
    rest = text[found[0].end() :]
    end = re.search(rf"^#{{1,{len(level)}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def _plain(text: str) -> str:
    """Words of a page, whatever their links and line breaks."""
    return " ".join(re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text).split())


def _until_the_end(stream: IO[str]) -> tuple[str, str]:
    lines: list[str] = []
    for line in stream:
        if line.startswith(_END):
            # The line break before the mark is not the command's.
            return "".join(lines).removesuffix("\n"), line.removeprefix(_END).strip()
        lines.append(line)
    raise AssertionError("the terminal is gone:\n" + "".join(lines))


@contextmanager
def _whatever_comes() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError):
        return
