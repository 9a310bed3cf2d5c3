"""TempPass trials in use: what is left, and what using takes away (Adobe: TempPass, TMP2)."""

from typing import Final

import pytest

from simulator.domain.configuration import Integration, Mvpd, MvpdKind
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.decisions.trials import USED_UP, Trial, trial
from simulator.domain.errors import EnhancedError

NOW: Final = 1_000_000
BASIC: Final = Mvpd(id="Basic", display_name="Free", kind=MvpdKind.TEMP_PASS_BASIC)
PROMO: Final = Mvpd(id="Promo", display_name="Free", kind=MvpdKind.TEMP_PASS_PROMOTIONAL)
TERMS: Final = Integration(
    id="i",
    service_provider="LABSP",
    mvpd="Promo",
    temp_pass_ttl=1_000,
    temp_pass_resources=2,
    temp_pass_key="email",
)


def _record(name: str = "t", *used: str, since: int = NOW) -> TempPassTrial:
    return TempPassTrial(
        id=name,
        service_provider="LABSP",
        mvpd="Promo",
        device="tv",
        first_authorized=since,
        used_resources=used,
    )


def _open(
    *records: TempPassTrial, mvpd: Mvpd = PROMO, now: int = NOW, strict: bool = False
) -> Trial:
    return trial(mvpd, TERMS, records, now, strict=strict)


def test_the_window_is_that_of_the_oldest_trial() -> None:
    found = _open(_record("a", since=NOW - 10), _record("b", since=NOW - 500))
    assert (found.not_before, found.not_after) == (NOW - 500, NOW + 500)


def test_a_basic_trial_has_no_quota() -> None:
    found = _open(_record(), mvpd=BASIC)
    for number in range(10):
        found = found.using(f"resource-{number}")
    assert found.problem("another") is None
    assert found.records == (_record(),)


def test_a_promotional_trial_permits_its_quota_and_what_was_used() -> None:
    found = _open(_record())
    for resource in ("one", "one", "two"):
        assert found.problem(resource) is None
        found = found.using(resource)
    assert found.records == (_record("t", "one", "two"),)
    assert (found.problem("one"), found.problem("three")) == (None, USED_UP)


def test_a_strict_one_permits_nothing_at_its_quota() -> None:
    found = _open(_record("t", "one"), strict=True)
    assert found.problem("one") is None
    found = found.using("two")
    assert (found.problem("one"), found.problem("two")) == (USED_UP, USED_UP)


def test_of_several_trials_the_fullest_counts_and_all_are_used() -> None:
    found = _open(_record("a", "one"), _record("b", "two", "three"))
    assert (found.problem("one"), found.problem("two")) == (USED_UP, None)
    found = _open(_record("a", "one"), _record("b")).using("two")
    assert found.records == (_record("a", "one", "two"), _record("b", "two"))


def test_a_trial_that_is_found_twice_is_one() -> None:
    found = _open(_record("a"), _record("a")).using("one")
    assert found.records == (_record("a", "one"),)


def test_a_quota_that_was_lowered_since_is_used_up() -> None:
    assert _open(_record("t", "one", "two", "three")).problem("four") == USED_UP


@pytest.mark.parametrize(
    ("now", "code"), [(NOW + 999, None), (NOW + 1_000, "temporary_access_duration_limit_exceeded")]
)
def test_time_runs_out(now: int, code: str | None) -> None:
    # That there is nothing left to use is not what is told.
    record = _record("t", "one", "two")
    if code is None:
        assert _open(record, now=now).not_after == NOW + 1_000
        return
    with pytest.raises(EnhancedError, match=code):
        _open(record, now=now)
