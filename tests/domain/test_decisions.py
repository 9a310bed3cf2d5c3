"""The decision table as a table: facts in, row and code out (Adobe: authorization, D1 to D17)."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.decisions.decision_rules import (
    PERMIT,
    ROWS,
    Decision,
    Facts,
    Level,
    Operation,
    Source,
    Window,
    decide,
    decision_id,
)
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.decisions.viewing import DENIALS, OMITTED, PARENTAL
from simulator.domain.errors import ERRORS

AUTHORIZE, PREAUTHORIZE = Operation.AUTHORIZE, Operation.PREAUTHORIZE
MVPD, RULE, TRIAL, DUMMY = Source.MVPD, Source.DEGRADATION, Source.TEMP_PASS, Source.DUMMY

DURATION: Final = "temporary_access_duration_limit_exceeded"
QUOTA: Final = "temporary_access_resources_limit_exceeded"
IDENTITY: Final = "invalid_header_identity_for_temporary_access"
CONFIGURATION: Final = "invalid_configuration_temporary_access"
RULED_OUT: Final = "authorization_denied_by_degradation_rule"
MISSING: Final = "authenticated_profile_missing"
PARTNER: Final = "invalid_header_pfs_provider_info_expired"
HBA: Final = "authorization_denied_by_hba_policies"
TIMEOUT: Final = "network_connection_timeout"
DENIED: Final = "authorization_denied_by_mvpd"
DENIED_BEFOREHAND: Final = "preauthorization_denied_by_mvpd"

AUTHN: Final = frozenset({Degradation.AUTHN_ALL})
AUTHZ: Final = frozenset({Degradation.AUTHZ_ALL})
NONE: Final = frozenset({Degradation.AUTHZ_NONE})
MANY: Final = {"asked": 2}
NOBODY: Final = {"profile": MISSING}
UNASKED: Final = {"endpoint": False}

# The facts, then the row, its source, and the codes of authorize and of preauthorize.
CASES: Final[tuple[tuple[dict[str, Any], str, Source, str | None, str | None], ...]] = (
    # Each row by itself.
    ({"temporary": True}, "Z1", TRIAL, None, None),
    ({"temporary": True, "trial": DURATION}, "Z2", TRIAL, DURATION, DURATION),
    ({"temporary": True, "trial": QUOTA}, "Z3", TRIAL, QUOTA, QUOTA),
    ({"temporary": True, "trial": IDENTITY}, "Z4", TRIAL, IDENTITY, IDENTITY),
    ({"temporary": True, "trial": CONFIGURATION}, "Z5", TRIAL, CONFIGURATION, CONFIGURATION),
    ({"degradations": NONE}, "Z6", RULE, RULED_OUT, RULED_OUT),
    ({"degradations": AUTHN}, "Z7", RULE, None, None),
    ({"degraded_profile": True}, "Z7", RULE, None, None),
    ({"degradations": AUTHZ}, "Z8", RULE, None, None),
    (MANY, "Z9", MVPD, "too_many_resources", "too_many_resources"),
    (NOBODY, "Z10", MVPD, MISSING, MISSING),
    ({"partner": PARTNER}, "Z11", MVPD, PARTNER, PARTNER),
    ({}, "Z12", MVPD, None, None),
    ({"answer": DENIED}, "Z13", MVPD, DENIED, DENIED_BEFOREHAND),
    ({"answer": DENIED_BEFOREHAND}, "Z13", MVPD, DENIED, DENIED_BEFOREHAND),
    ({"answer": OMITTED}, "Z13", MVPD, DENIED, DENIED_BEFOREHAND),
    ({"answer": PARENTAL}, "Z14", MVPD, PARENTAL, DENIED_BEFOREHAND),
    ({"answer": HBA}, "Z15", MVPD, HBA, HBA),
    ({"answer": TIMEOUT}, "Z16", MVPD, TIMEOUT, TIMEOUT),
    (UNASKED, "Z17", DUMMY, None, None),
    # What comes before what.
    ({"temporary": True, "degradations": NONE, **MANY, **NOBODY}, "Z1", TRIAL, None, None),
    ({"temporary": True, "trial": QUOTA, "degradations": AUTHN}, "Z3", TRIAL, QUOTA, QUOTA),
    ({"degradations": NONE | AUTHN | AUTHZ}, "Z6", RULE, RULED_OUT, RULED_OUT),
    ({"degradations": NONE, "degraded_profile": True}, "Z6", RULE, RULED_OUT, RULED_OUT),
    ({"degradations": AUTHN | AUTHZ, **MANY, **NOBODY}, "Z7", RULE, None, None),
    ({"degradations": AUTHZ, **MANY, **NOBODY}, "Z8", RULE, None, None),
    ({**MANY, **NOBODY}, "Z9", MVPD, "too_many_resources", "too_many_resources"),
    ({**NOBODY, **UNASKED}, "Z10", MVPD, MISSING, MISSING),
    ({"partner": PARTNER, **UNASKED}, "Z11", MVPD, PARTNER, PARTNER),
    ({"answer": DENIED, **UNASKED}, "Z17", DUMMY, None, None),
)  # fmt: skip


def _name(value: object) -> str:
    match value:
        case dict():
            return ", ".join(value) or "nothing wrong"
        case Source():
            return value.value
        case _:
            return str(value)


@pytest.mark.parametrize(("facts", "row", "source", "authorize", "preauthorize"), CASES, ids=_name)
def test_the_facts_lead_to_the_row(
    facts: dict[str, Any], row: str, source: Source, authorize: str | None, preauthorize: str | None
) -> None:
    for operation, code in ((AUTHORIZE, authorize), (PREAUTHORIZE, preauthorize)):
        asked = Facts(operation=operation, **facts)
        found = decide(asked)
        assert (found.id, found.source, found.code(asked)) == (row, source, code)


def test_every_row_is_in_the_table() -> None:
    numbers = {f"Z{number}" for number in range(1, 18)}
    assert {row.id for row in ROWS} == {case[1] for case in CASES} == numbers


def test_the_rows_before_the_mvpd_is_asked_stand_in_the_order_of_the_contract() -> None:
    assert [row.id for row in ROWS][:11] == [f"Z{number}" for number in range(1, 12)]
    assert PERMIT.id == "Z12"


def test_authorize_decisions_carry_the_window_of_their_row() -> None:
    windows = {row.id: row.window for row in ROWS if row.window is not Window.NONE}
    assert windows == {
        "Z1": Window.TRIAL,
        "Z7": Window.DEGRADED,
        "Z12": Window.AUTHORIZATION,
        "Z13": Window.AUTHORIZATION,
    }


def test_only_some_rows_can_be_the_whole_answer() -> None:
    levels = {row.id: row.level for row in ROWS if row.level is not Level.ITEM}
    assert levels == {"Z9": Level.SWITCHED, "Z10": Level.SWITCHED, "Z11": Level.TOP}


def test_only_what_is_omitted_is_not_shown() -> None:
    assert [
        row.when(Facts(operation=PREAUTHORIZE, answer=OMITTED)) for row in ROWS if not row.shown
    ]


@pytest.mark.parametrize("code", sorted(DENIALS))
def test_whatever_an_mvpd_answers_is_an_error_of_the_list(code: str) -> None:
    for operation in Operation:
        facts = Facts(operation=operation, answer=code)
        found = decide(facts)
        assert found.id in {"Z13", "Z14", "Z15", "Z16"}
        assert found.code(facts) in ERRORS


def test_the_operations_are_called_as_in_their_paths() -> None:
    assert [each.operation_name for each in Operation] == ["authorize", "preauthorize"]


keys = st.fixed_dictionaries(
    {
        name: st.text(st.characters(codec=None), max_size=5)
        for name in ("client", "device", "service_provider", "mvpd", "resource")
    }
)


@given(one=keys, other=keys)
def test_each_caller_and_resource_has_a_decision_of_its_own(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert (decision_id(**one) == decision_id(**other)) is (one == other)


def test_parts_of_a_key_do_not_run_into_each_other() -> None:
    plain = {"client": "", "device": "", "service_provider": "", "mvpd": "", "resource": ""}
    assert decision_id(**plain | {"client": "1:a"}) != decision_id(**plain | {"device": "1:a"})


@pytest.mark.parametrize(("now", "valid"), [(0, False), (1, True), (2, True), (3, False)])
def test_a_decision_is_good_within_its_window(now: int, valid: bool) -> None:
    names = ("id", "service_provider", "mvpd", "client", "device", "resource", "profile")
    found = Decision(**dict.fromkeys(names, "x"), not_before=1, not_after=3)
    assert found.valid(now) is valid
