"""The catalogue as a whole: a test for each of its 125 scenarios, each in its place."""

from collections import Counter

from tests.catalogue.table import scenarios


def test_every_scenario_has_one_test() -> None:
    found = Counter(each.number for each in scenarios())
    assert found == dict.fromkeys(range(1, 126), 1)


def test_the_scenarios_stand_in_their_order() -> None:
    by_file: dict[str, list[int]] = {}
    for each in scenarios():
        by_file.setdefault(each.file, []).append(each.number)
    assert all(numbers == sorted(numbers) for numbers in by_file.values())
