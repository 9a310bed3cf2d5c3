"""A walk over every operation, held against our own document, and against Adobe's where they are at hand."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.contract.walk import LEGS, OURS_ALONE, walked
from tests.support.contract import Contract, Exchange
from tests.support.lab import Lab
from tests.support.official import (
    AT_HAND,
    DCR,
    DCR_CORRECTIONS,
    MISSING,
    V2,
    V2_CORRECTIONS,
    Correction,
    contract,
    official,
)
from tests.support.ours import ours

needs_adobe = pytest.mark.skipif(not AT_HAND, reason=MISSING)


@pytest.fixture
async def seen(lab: Lab) -> list[Exchange]:
    return await walked(lab, {**LEGS, **OURS_ALONE})


@pytest.fixture
async def comparable(lab: Lab) -> list[Exchange]:
    """The part of the walk on which the real backend would answer the same."""
    return await walked(lab, LEGS)


def _broken(contracts: Sequence[Contract], seen: Sequence[Exchange]) -> Iterator[str]:
    for one in contracts:
        for each in seen:
            problems = [*one.broken_by_answer(each)]
            # A request that is served is one that the document allows.
            if each.reply.status < 400:
                problems += one.broken_by_request(each)
            yield from (f"{each}: {problem}" for problem in problems)


async def test_the_walk_breaks_nothing_of_our_own_document(seen: list[Exchange]) -> None:
    assert "\n".join(_broken([ours()], seen)) == ""


@needs_adobe
async def test_the_walk_breaks_nothing_of_adobe_s_documents(comparable: list[Exchange]) -> None:
    assert "\n".join(_broken(official(), comparable)) == ""


async def test_the_walk_meets_every_operation_and_every_kind_of_answer(
    seen: list[Exchange],
) -> None:
    """What it did not meet, it could not find broken. Every answer is met that does not need luck."""
    met = defaultdict[str, set[int]](set)
    for each in seen:
        if (name := ours().operation_of(each)) is not None:
            met[name].add(each.reply.status)
    missing = {
        f"{operation['operationId']} {status}"
        for item in ours().document["paths"].values()
        for operation in item.values()
        for status in {int(each) for each in operation["responses"]} - _ANYWHERE
        if status not in met[operation["operationId"]]
    }
    assert sorted(missing) == []
    assert {status for statuses in met.values() for status in statuses} >= _ANYWHERE - {405}


# Those that come from around the operations, not from them; 405 comes where there is no operation.
_ANYWHERE = frozenset({404, 405, 413, 429, 500})


def _one_by_one() -> list[tuple[Path, str, Sequence[Correction], int]]:
    return [
        (path, base, corrections, number)
        for path, base, corrections in (
            (V2, "/api/v2", V2_CORRECTIONS),
            (DCR, "/o", DCR_CORRECTIONS),
        )
        for number, each in enumerate(corrections)
        if not each.tightens
    ]


@needs_adobe
async def test_no_correction_is_made_that_nothing_needs(comparable: list[Exchange]) -> None:
    for path, base, corrections, number in _one_by_one():
        rest = [*corrections[:number], *corrections[number + 1 :]]
        broken = next(_broken([contract(path, rest, base)], comparable), None)
        assert broken is not None, f"{path.name}: {corrections[number].what}"


def test_every_correction_says_where_what_and_why() -> None:
    for each in (*V2_CORRECTIONS, *DCR_CORRECTIONS):
        assert each.id
        assert each.what
        assert each.why
