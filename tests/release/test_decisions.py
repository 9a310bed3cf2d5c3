"""The decisions in docs/decisions: of one form, and each with mutants that a test has to notice."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests import mutants
from tests.mutants import BROKEN, KILLED, LISTED, ROOT, SURVIVED, Mutant, listed

FOLDER: Final = LISTED.parent
PAGES: Final = sorted(FOLDER.glob("[0-9]*.md"))
HEADINGS: Final = ["What", "Why", "What was given up"]


def _title(page: Path) -> str:
    return page.read_text().partition("\n")[0]


def test_they_are_numbered_without_a_gap_and_named_by_their_numbers() -> None:
    numbers = [each.name[:4] for each in PAGES]
    assert numbers == [f"{number:04}" for number in range(1, len(PAGES) + 1)]
    assert len(numbers) >= 7
    for number, page in zip(numbers, PAGES, strict=True):
        assert re.fullmatch(r"\d{4}(-[a-z]+)+\.md", page.name)
        assert _title(page).startswith(f"# {number} ")


def test_each_says_on_one_page_what_and_why_and_what_was_given_up() -> None:
    for page in PAGES:
        text = page.read_text()
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS, page.name
        assert 20 <= len(text.splitlines()) <= 45, page.name


def test_the_contents_list_each_under_its_title() -> None:
    contents = (FOLDER / "README.md").read_text()
    for page in PAGES:
        number, title = _title(page).removeprefix("# ").split(" ", 1)
        assert f"- [{number}]({page.name}) {title}\n" in contents


def test_each_has_one_to_three_mutants() -> None:
    found = Counter(each.of for each in mutants.of_decisions())
    assert found.keys() == {each.name[:4] for each in PAGES}
    assert set(found.values()) <= {1, 2, 3}


def test_a_mutant_changes_one_place_and_its_test_is_there() -> None:
    for each in listed():
        assert (ROOT / each.file).read_text().count(each.old) == 1, each
        assert each.new != each.old
        assert mutants.is_there(each.test), each


def test_a_mutant_is_killed_by_a_test_that_fails_and_by_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The plugins of this environment take longer to load than these tests to run; xdist's is for -n.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p xdist.plugin")
    (tmp_path / "code.py").write_text("one = 1\ntwo = 2\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_code.py").write_text(
        "import code\n\n\ndef test_one() -> None:\n    assert code.one == 1\n"
    )

    def outcome(old: str, new: str, test: str = "test_one") -> str:
        mutant = Mutant("0000", "code.py", old, new, f"test_code.py::{test}")
        return mutants.tried(tmp_path, mutant)

    before = sorted(each.read_text() for each in tmp_path.glob("*.py"))
    assert outcome("one = 1", "one = 3") == KILLED
    assert outcome("two = 2", "two = 3") == SURVIVED
    assert outcome("one = 1", "one =") == BROKEN
    assert outcome("one = 1", "one = 3", "test_nothing") == BROKEN
    assert sorted(each.read_text() for each in tmp_path.glob("*.py")) == before
