"""`make bench-peers`: the same work, in the same run, beside other mocks, in two leagues and a life.

In the first league each records the requests that it gets, as its users have it who verify what came; in the
second one nobody does, as far as that goes. Then a whole test, from a clean state to its verification.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Final

from tests.bench.load import driving
from tests.bench.report import FOLDER, Section, write

from .contest import Size, measure, sections
from .lives import section
from .mocks import JOURNALS_OFF, JOURNALS_ON, interpreters

SHORT: Final = Size(warm_up=1, rounds=1, calls=50, resets=5, starts=1, lives=10)


def measured(folder: Path, size: Size) -> list[Section]:
    """All tables of a run of this size; `folder` is for what the peers write."""
    leagues = {"With journals": JOURNALS_ON, "Without journals": JOURNALS_OFF}
    # Whoever has no journal is the same in both, and measured once.
    everybody = dict.fromkeys(peer for league in leagues.values() for peer in league)
    found = [interpreters()]
    with driving() as driver:
        results = measure(driver, folder, everybody, size)
        for title, league in leagues.items():
            found += sections(title, [results[peer] for peer in league], size)
        found.append(section(driver, folder, JOURNALS_ON, size))
    return found


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="make bench-peers", description=__doc__)
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder for the table and picture")
    parser.add_argument(
        "--short",
        action="store_true",
        help="only see that it runs to its end; the figures of a run that short mean nothing",
    )
    asked = parser.parse_args()
    if asked.short and asked.to == FOLDER:
        parser.error("--short needs --to: what it finds does not belong into the documentation")
    with tempfile.TemporaryDirectory() as scratch:
        found = measured(Path(scratch), SHORT if asked.short else Size())
    print(write("peers", "make bench-peers", found, asked.to))


if __name__ == "__main__":
    main()
