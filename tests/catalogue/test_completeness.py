"""The catalogue as a whole: a test for each of its 125 scenarios, and the README's table of them."""

from collections import Counter
from pathlib import Path
from typing import Final

from tests.catalogue.table import BEGIN, END, scenarios, table

README: Final = Path(__file__).parents[2] / "README.md"


def test_every_scenario_has_one_test() -> None:
    found = Counter(each.number for each in scenarios())
    assert found == dict.fromkeys(range(1, 126), 1)


def test_the_scenarios_stand_in_their_order() -> None:
    by_file: dict[str, list[int]] = {}
    for each in scenarios():
        by_file.setdefault(each.file, []).append(each.number)
    assert all(numbers == sorted(numbers) for numbers in by_file.values())


def test_the_table_in_the_readme_is_current() -> None:
    text = README.read_text()
    _, _, rest = text.partition(BEGIN)
    shown, end, _ = rest.partition(END)
    assert end, "the README has no place for the table"
    assert shown.strip() == table(), "run `make catalogue` to rewrite it"
