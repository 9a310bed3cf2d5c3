"""Setting up says how far it is where somebody waits, and nothing but what is wrong where nobody does."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Final

SCRIPT: Final = Path(__file__).resolve().parents[2] / ".ci/install"
# What pip says of three packages, of which one has been fetched before and one lies beside.
PIP: Final = """
import sys
print("Collecting yarl==1.0 (from -r lock (line 1))")
print("  Downloading yarl-1.0.whl")
print("Processing /wheels/idna-3.0.whl")
print("Requirement already satisfied: attrs==1.0 in /lib")
print("Installing collected packages: yarl, idna")
sys.exit({status})
"""


def _installed(tmp_path: Path, status: int, *, watched: bool) -> tuple[int, str]:
    """How it ends where pip ends so, and what it says on stderr."""
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip/__init__.py").touch()
    (tmp_path / "pip/__main__.py").write_text(PIP.format(status=status))
    (tmp_path / "lock").write_text("attrs==1.0 \\\n    --hash=x\nidna==3.0\nyarl==1.0\n# via\n")
    ours, theirs = pty.openpty() if watched else os.pipe()
    with subprocess.Popen(
        [sys.executable, SCRIPT, "lock"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        stderr=theirs,
    ) as script:
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 1_000):
                said += piece
        except OSError:
            # What Linux says of a terminal that nobody writes to any more.
            pass
        os.close(ours)
        return script.wait(60), said.decode()


def test_whoever_waits_sees_how_far_it_is(tmp_path: Path) -> None:
    status, said = _installed(tmp_path, 0, watched=True)
    assert status == 0
    assert [each for each in said.split("\r\x1b[K") if each] == [
        "  Fetching 1 of 3: yarl",
        "  Fetching 2 of 3: idna",
        "  Fetching 3 of 3: attrs",
        "  Installing 3 packages …",
    ]


def test_what_goes_wrong_is_told_in_the_words_of_pip(tmp_path: Path) -> None:
    status, said = _installed(tmp_path, 3, watched=True)
    assert status == 3
    assert "Collecting yarl==1.0 (from -r lock (line 1))\r\n" in said


def test_nobody_is_shown_how_far_it_is_who_does_not_look(tmp_path: Path) -> None:
    status, said = _installed(tmp_path, 0, watched=False)
    assert (status, "Fetching" in said) == (0, False)
