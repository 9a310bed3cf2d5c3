"""The evidence that is shipped is sound, as far as that shows without running what proves it."""

from collections import Counter

import pytest

from simulator.domain.operations import OPERATIONS
from simulator.evidence.loading import evidence
from simulator.evidence.summary import summary_of_operation
from tests.evidence.claims import claims
from tests.evidence.node_ids import problem
from tests.evidence.wording import PAGES_AT_HAND, copied


def test_every_test_that_a_row_names_is_there() -> None:
    wrong = [f"{each.key}: {found}" for each in claims(evidence()) if (found := problem(each.test))]
    assert wrong == []


def test_no_two_rows_say_the_same_of_one_subject() -> None:
    said = Counter(
        (name, " ".join(row.says.lower().split()))
        for name, subject in evidence().items()
        for row in subject.rows
    )
    assert [each for each, times in said.items() if times > 1] == []


@pytest.mark.parametrize("name", dict.fromkeys(each.name for each in OPERATIONS if each.simulated))
def test_something_is_proven_of_every_operation_that_is_simulated(name: str) -> None:
    assert summary_of_operation(name).proven


def test_sentences_are_whole() -> None:
    wrong = [
        f"{name}/{row.id}: {row.says}"
        for name, subject in evidence().items()
        for row in subject.rows
        if not row.says.endswith(".")
    ]
    assert wrong == []


def test_no_sentence_is_one_of_adobe_s_pages() -> None:
    """Only where the pages are at hand: they are not ours to ship."""
    if PAGES_AT_HAND:
        assert [*copied(evidence())] == []
