"""`make newcomer`: follows the pages word by word, as somebody does who has never seen them, and counts.

On a laptop, in a suite, in a lab: each in an empty folder, with an empty home. Ends with a table, and with
status 1 where something had to be done that no page says. Packages come from PyPI.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.bench.report import table

from . import hands
from .newcomer import Newcomer, clone


def laptop(new: Newcomer) -> None:
    """A developer with a clone: the README, from its first command to its last."""
    clone(new.folder)
    new.reads("README")


def suite(new: Newcomer) -> None:
    """An author of tests with a project that has none yet: install, and what the page on pytest shows."""
    _install(new)
    new.reads("pytest")


def lab(new: Newcomer) -> None:
    """An engineer with a machine, a TV and a phone: from the start to a login by code, and the board."""
    _install(new)
    new.reads("lab", "Start it for the lab")
    new.reads("lab", "Give each bench a world")
    new.reads("lab", "The first login", instead=("/approve", lambda: _log_in(new)))
    new.by_hand("lab", "and give it the token once: it is the board", lambda: _look(new))
    new.reads("lab", "Watch")


def _log_in(new: Newcomer) -> None:
    asked = "type the code, choose a provider, and log in as `demo` with the password `demo`"
    found = re.search(r'"code":"(\w+)"', new.printed)
    assert found is not None, new.printed
    phone = f"http://127.0.0.1:{new.port('8642')}/activate"
    new.by_hand("lab", asked, lambda: hands.log_in(phone, found[1], "Optimum"))


def _look(new: Newcomer) -> None:
    board = f"http://127.0.0.1:{new.port('8642')}/s/bench-3/console"
    hands.look_at_board(board, "a-secret-of-the-lab", "tv-of-bench-3")


JOURNEYS: Final[Mapping[str, Callable[[Newcomer], None]]] = {
    "laptop": laptop,
    "suite": suite,
    "lab": lab,
}


def _install(new: Newcomer) -> None:
    new.by_hand(
        "quick-start",
        "from a clone of the repository that is beside it in the folder `pass-simulator`",
        lambda: clone(new.folder / "pass-simulator"),
    )
    new.reads("quick-start", "Install the command")


def main() -> int:
    """Make the journeys that are asked for, all where none is."""
    parser = argparse.ArgumentParser(prog="make newcomer", description=__doc__)
    parser.add_argument(
        "journeys", nargs="*", choices=[[], *JOURNEYS], help="all, where none is named"
    )
    chosen = parser.parse_args().journeys or [*JOURNEYS]
    rows, unwritten = [], list[str]()
    with tempfile.TemporaryDirectory(prefix="pass-simulator-newcomer-") as name:
        place = Path(name)
        for journey in chosen:
            with Newcomer(place / journey, place / "packages") as new:
                JOURNEYS[journey](new)
                steps = new.steps
                rows.append(
                    (
                        journey,
                        str(steps.commands),
                        str(steps.by_hand),
                        str(len(steps.unwritten)),
                        f"{steps.first_answer or new.seconds():.0f} s",
                        f"{new.seconds():.0f} s",
                    )
                )
                unwritten += [f"{journey}: {each}" for each in steps.unwritten]
            print(f"{journey}: done", flush=True)
    head = ("journey", "commands", "by hand", "not written down", "first answer after", "all of it")
    print("\n".join(["", *table(head, rows), *unwritten]))
    return bool(unwritten)


if __name__ == "__main__":
    sys.exit(main())
