"""ARCHITECTURE.md is short, and every place that it names is there."""

import re
from collections.abc import Iterator
from typing import Final

from tests.support.source import REPOSITORY

TEXT: Final = (REPOSITORY / "ARCHITECTURE.md").read_text()
LONGEST: Final = 120
RECIPES: Final = ("Add a switch", "Add an operation", "Add an entity", "Add a kind of fault")

# What is written as code and has a slash or the ending of a file.
_PLACE: Final = re.compile(r"`([\w./-]+)`")
_ENDING: Final = re.compile(r"/|\.(py|md|toml|json)$")


def places(text: str) -> Iterator[str]:
    """The paths that `text` names, as it spells them."""
    for found in _PLACE.findall(text):
        if _ENDING.search(found) and not found.startswith("/"):
            yield found


def missing(text: str) -> set[str]:
    """The places in `text` that are nowhere: neither in the repository nor in its package `simulator`."""
    roots = (REPOSITORY, REPOSITORY / "simulator", *(REPOSITORY / "simulator").iterdir())
    inside = (*roots, REPOSITORY / "tests")
    return {each for each in places(text) if not any((root / each).exists() for root in inside)}


def test_a_place_that_is_gone_is_noticed() -> None:
    assert missing("see `simulator/app.py`, `storage/engine/` and `tables.py`") == set()
    assert missing("see `simulator/apps.py`, `engines/` and `api/gone.py`; `world.config`") == {
        "simulator/apps.py",
        "engines/",
        "api/gone.py",
    }


def test_every_place_that_it_names_is_there() -> None:
    assert missing(TEXT) == set()


def test_it_has_the_recipes_each_with_the_files_to_touch() -> None:
    for recipe in RECIPES:
        _, _, rest = TEXT.partition(f"\n## {recipe}\n")
        section = rest.partition("\n## ")[0]
        assert len([*places(section)]) >= 4, recipe


def test_it_is_read_in_one_sitting() -> None:
    assert len(TEXT.splitlines()) <= LONGEST
