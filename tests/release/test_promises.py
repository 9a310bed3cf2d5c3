"""The page of promises: each names tests that are there, and a mutant that one of them has to kill."""

import re
from typing import Final

from tests import mutants

PAGE: Final = mutants.ROOT / "simulator" / "docs" / "promises.md"
_PART: Final = re.compile(r"^## (.+)$", re.MULTILINE)
_TEST: Final = re.compile(r"`(tests/\S+::\S+)`")


def _promises() -> dict[str, list[str]]:
    """The tests of each promise, by its name in lower case."""
    _, *parts = _PART.split(PAGE.read_text())
    return {
        name.lower(): _TEST.findall(text)
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_each_names_tests_that_are_there() -> None:
    found = _promises()
    assert [name for name, tests in found.items() if not tests] == []
    assert [each for tests in found.values() for each in tests if not mutants.is_there(each)] == []


def test_each_has_a_mutant_that_one_of_its_tests_kills() -> None:
    tests = _promises()
    killing = {(each.of, each.test) for each in mutants.of_promises()}
    assert {name for name, _ in killing} == tests.keys()
    assert [pair for pair in killing if pair[1] not in tests[pair[0]]] == []
