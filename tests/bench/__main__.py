"""`make bench`: what the simulator costs, as a table and a picture.

Figures are ratios within one run, processor time rather than wall time, and medians of interleaved
rounds, so that a busy machine does not matter much. A quiet one is better all the same.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from . import growth, hot, life, postgres, seeding, soak, starting, suite, telling
from .load import Driver, driving
from .report import FOLDER, Section, write

# None where what it measures is not there.
Part = Callable[[Driver, Path, bool], Section | None]

# Each with its driver, a folder for its databases, and whether the largest worlds are wanted.
PARTS: Final[Mapping[str, Part]] = {
    "calls": lambda driver, folder, _: hot.section(hot.measure(driver, folder)),
    "telling": lambda driver, folder, _: telling.section(driver, folder),
    "life": lambda _driver, folder, full: life.section(
        folder, life.ALL_SIZES if full else life.SIZES
    ),
    "suite": lambda _driver, folder, _: suite.section(folder),
    "postgres": lambda driver, folder, _: postgres.section(driver, folder),
    "profiles": lambda driver, folder, full: growth.of_profiles(
        driver, folder, growth.MANY_PROFILES if full else growth.PROFILES
    ),
    "sandboxes": lambda driver, folder, full: growth.of_sandboxes(
        driver, folder, growth.MANY_SANDBOXES if full else growth.SANDBOXES
    ),
    "seeding": lambda _driver, folder, _: seeding.section(folder),
    "starting": lambda _driver, folder, _: starting.section(folder),
    "soak": lambda _driver, folder, _: soak.section(folder),
}
FULL: Final = "full"


def main() -> None:
    """Run the parts that are asked for and write what they found."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        choices=[*PARTS, FULL, []],
        metavar="PART",
        help=f"any of {', '.join(PARTS)}, all of them if none is named; {FULL}: with the largest worlds",
    )
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder for the table and picture")
    asked = parser.parse_args()
    named = [name for name in PARTS if name in asked.parts] or [*PARTS]
    sections = []
    with tempfile.TemporaryDirectory() as scratch, driving() as driver:
        for name in named:
            print(f"== {name}", file=sys.stderr, flush=True)
            if section := PARTS[name](driver, Path(scratch), FULL in asked.parts):
                sections.append(section)
    arguments = f" ARGS='{' '.join(asked.parts)}'" if asked.parts else ""
    print(write("bench", f"make bench{arguments}", sections, asked.to))


if __name__ == "__main__":
    main()
