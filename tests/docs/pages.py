"""Reading the documentation as a program does: its pages, their blocks, and the commands in them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = ROOT / "README.md"
FOLDER: Final = ROOT / "simulator" / "docs"
PAGES: Final = sorted(FOLDER.glob("*.md"))
# What is not served with the others.
AROUND: Final = [
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]

_BLOCK: Final = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*?) -->\n)?^```(?P<language>[\w-]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_FENCE: Final = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)
_ANYTHING: Final = "…"


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block.

    `mark` is the comment right before it: `file: NAME` for a file of the reader's, `not run: REASON` for
    what cannot run on any machine, `needs: COMMAND` for what runs where that command is.
    """

    language: str
    text: str
    mark: str

    @property
    def file(self) -> str | None:
        """The name of the file that the block shows, if it shows one."""
        return self.mark.removeprefix("file: ") if self.mark.startswith("file: ") else None

    @property
    def needs(self) -> str | None:
        """The command without which the block cannot be run, if there is one."""
        return self.mark.removeprefix("needs: ") if self.mark.startswith("needs: ") else None

    @property
    def not_run(self) -> str | None:
        """Why the block is not run, if it is not."""
        return self.mark.removeprefix("not run: ") if self.mark.startswith("not run: ") else None


def read(page: Path) -> str:
    """The text of a page."""
    return page.read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found = [
        Block(language=each["language"], text=each["text"], mark=each["mark"] or "")
        for each in _BLOCK.finditer(text)
    ]
    assert 2 * len(found) == len(_FENCE.findall(text)), "a block is indented, or not closed"
    return found


def examples(block: Block) -> list[tuple[str, str]]:
    """Each command of a console block with the output shown for it."""
    assert block.text.startswith("$ "), f"no command: {block.text}"
    found = []
    for example in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, *output = _parts(example)
        found.append((command, "\n".join(output)))
    return found


def _parts(example: str) -> list[str]:
    """The command, which may go over several lines, and the lines of its output."""
    lines = example.rstrip("\n").split("\n")
    end = 1
    while lines[end - 1].endswith("\\") or "\n".join(lines[:end]).count("'") % 2:
        end += 1
    return ["\n".join(lines[:end]), *lines[end:]]


def shows(shown: str, printed: str) -> bool:
    """Whether `printed` is what `shown` says, where … stands for anything."""
    pattern = ".*".join(re.escape(part) for part in shown.rstrip("\n").split(_ANYTHING))
    return re.fullmatch(pattern, printed.rstrip("\n"), re.DOTALL) is not None
