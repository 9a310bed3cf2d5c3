"""Whether a statement is in our own words, held against Adobe's pages where they are at hand.

They lie in a folder, as in their repository, that PASS_SIMULATOR_PAGES names.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from simulator.evidence.models import Subject
from simulator.evidence.pages import pages

# Read when this module is imported: the fixtures take such variables away from the simulator.
_NAMED: Final = os.environ.get("PASS_SIMULATOR_PAGES")
PAGES_AT_HAND: Final = bool(_NAMED)
_RUN: Final = 9
"""So many words in a row are not found again by chance."""


def copied(subjects: Mapping[str, Subject], folder: Path | None = None) -> Iterator[str]:
    """The rows that share a long run of words with their page."""
    root = folder or Path(_NAMED or "")
    for name, subject in subjects.items():
        for row in subject.rows:
            path = root / "help" / "authentication" / pages()[row.page].path
            # A page may be newer than those that are at hand.
            theirs = {*_runs(path.read_text("utf-8"))} if path.is_file() else set[str]()
            if common := theirs & {*_runs(row.says)}:
                yield f"{name}/{row.id}: {min(common)!r} stands on the page, too"


def _runs(text: str) -> Iterator[str]:
    words = re.findall(r"[a-z0-9]+", re.sub(r"<[^>]*>", " ", text.lower()))
    yield from (" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))
