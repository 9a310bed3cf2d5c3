"""Whether the tests still notice what would break a decision or a promise: run by `python -m tests.mutants`.

Each mutant of docs/decisions/mutants.toml is made in a copy of the tree, where its test has to fail: then it
is killed. One whose test passes survives, and one with which the test does neither is broken.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
LISTED: Final = ROOT / "docs" / "decisions" / "mutants.toml"

# A test that ends may leave a thread behind that does not.
_PATIENCE: Final = 120
_PATIENCE_WITH_ALL: Final = 600

KILLED, SURVIVED, BROKEN = "killed", "survived", "broken"

_OUTCOMES: Final = {pytest.ExitCode.TESTS_FAILED: KILLED, pytest.ExitCode.OK: SURVIVED}
_LEFT_OUT: Final = (".*cache", ".git", ".hypothesis", ".venv", "__pycache__", "dist", "*.db")
_PYTEST: Final = [
    "-m",
    "pytest",
    "-q",
    "-x",
    "-n",
    "0",
    "-p",
    "no:randomly",
    "-p",
    "no:cacheprovider",
]


class Mutant(NamedTuple):
    """A change that would break what it is `of`, a decision by its number or a promise by its name.

    In `file`, `old` becomes `new`, and `test` has to fail.
    """

    of: str
    file: str
    old: str
    new: str
    test: str


def listed() -> list[Mutant]:
    """The mutants of the decisions and of the promises."""
    found = tomllib.loads(LISTED.read_text(encoding="utf-8"))
    return [Mutant(**each) for each in found["mutant"]]


def of_decisions() -> list[Mutant]:
    """Those whose decision has a number."""
    return [each for each in listed() if each.of.isdecimal()]


def of_promises() -> list[Mutant]:
    """Those of what simulator/docs/promises.md holds."""
    return [each for each in listed() if not each.of.isdecimal()]


def is_there(test: str) -> bool:
    """Whether there is such a test, whatever its parameters."""
    file, _, name = test.partition("::")
    text = (ROOT / file).read_text(encoding="utf-8") if (ROOT / file).is_file() else ""
    return re.search(rf"^(async )?def {name}\(", text, re.MULTILINE) is not None


@contextmanager
def copied(tree: Path) -> Iterator[Path]:
    """A copy of `tree` to change, without what is made from it."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copy = Path(name) / "tree"
        shutil.copytree(tree, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        yield copy


def run(tree: Path, tests: Sequence[str], patience: int = _PATIENCE) -> tuple[str, str]:
    """What becomes of `tests` in `tree`, and what pytest says of them."""
    # Processes that a test starts elsewhere have to find the changed code as well. And two mutants of one
    # size that are made within a second look the same to Python: it would take the bytecode of the other.
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            [sys.executable, *_PYTEST, *tests],
            cwd=tree,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return BROKEN, f"not done after {patience} s"
    return _OUTCOMES.get(pytest.ExitCode(ran.returncode), BROKEN), ran.stdout + ran.stderr


def tried(tree: Path, mutant: Mutant) -> str:
    """What becomes of `mutant`, made in `tree` and taken back."""
    file = tree / mutant.file
    original = file.with_name(f"{file.name}.original")
    # With its time: what was compiled of the mutant must not pass for the original's.
    shutil.copy2(file, original)
    try:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        return run(tree, [mutant.test])[0]
    finally:
        original.replace(file)


def main() -> int:
    """Try all of them, and print what becomes of each; 1 unless all are killed."""
    mutants = listed()
    with copied(ROOT) as tree:
        outcome, said = run(tree, sorted({each.test for each in mutants}), _PATIENCE_WITH_ALL)
        if outcome != SURVIVED:
            sys.stdout.write(f"{said}\nThe tests fail without any mutant.\n")
            return 1
        outcomes = []
        for each in mutants:
            outcomes.append(tried(tree, each))
            change = f"{each.file}: {each.old!r} -> {each.new!r}"
            sys.stdout.write(f"{outcomes[-1]:9} {each.of} {change}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{outcomes.count(KILLED)} of {len(outcomes)} killed\n")
    return int(outcomes.count(KILLED) < len(outcomes))


if __name__ == "__main__":
    sys.exit(main())
