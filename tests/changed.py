"""Which tests `make check` runs: those that need no server, and those of what differs from the last commit.

`python -m tests.changed` prints their paths. A source file's tests are the files that are named after it,
or that import it: a change of `services/device/logout.py` brings `test_logout*.py` of every folder. A
test file's are itself. What everything depends on, such as the fixtures, brings nothing: `make test` does.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PURE: Final = (
    "tests/domain",
    "tests/scenarios",
    "tests/house",
    "tests/test_changed.py",
    "tests/test_json_codec.py",
    "tests/test_inventory.py",
    "tests/test_layers.py",
    "tests/test_routes.py",
)
# Whoever changes one of these tests runs it; a change elsewhere does not: they take a process for each.
SLOW: Final = (
    "tests/browser/",
    "tests/docs/",
    "tests/pass_simulator/",
    "tests/cli/",
    "tests/contract/",
)


def changed() -> list[str]:
    """What differs from the last commit, new files included; nothing where there is no repository."""
    found: set[str] = set()
    for command in (
        ["git", "diff", "--name-only", "HEAD"],
        ["git", "ls-files", "--others", "--exclude-standard"],
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        found |= {*done.stdout.splitlines()}
    return sorted(found)


def affected(files: Iterable[str]) -> list[str]:
    """The tests of these files, besides those that always run."""
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
    }
    found: set[str] = set()
    for file in files:
        path = PurePosixPath(file)
        if file in texts:
            found.add(file)
        elif path.suffix == ".py" and path.parts[0] != "tests":
            found |= {
                name
                for name, text in texts.items()
                if not name.startswith(SLOW) and _are_of(path, name, text)
            }
    return sorted(each for each in found if not each.startswith(PURE))


def _are_of(source: PurePosixPath, name: str, text: str) -> bool:
    module = source.with_suffix("")
    if module.name == "__init__":
        module = module.parent
    package, stem = ".".join(module.parts[:-1]), module.name
    named = PurePosixPath(name).stem.startswith(f"test_{stem.removesuffix('s')}")
    return (
        named
        or f"from {package}.{stem} import" in text
        or f"from {package} import {stem}\n" in text
    )


if __name__ == "__main__":
    sys.stdout.write(" ".join([*PURE, *affected(changed())]) + "\n")
