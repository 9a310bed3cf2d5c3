"""Sessions as tables: what asking for one leads to, and what one is good for.

(Adobe: create session, N1 to N10; resume session, N11, N12)
"""

from typing import Any, Final

import pytest

from simulator.domain.configuration import Mvpd, MvpdKind
from simulator.domain.errors import EnhancedError
from simulator.domain.sessions.authentication_sessions import (
    CODE_ALPHABET,
    CODE_LENGTH,
    LIFE_CYCLE,
    LIFETIME,
    ROWS,
    AuthenticationSession,
    Facts,
    Outcome,
    Status,
    decide,
    readable_code,
    reservation,
    stage,
)

CABLE: Final = Mvpd(id="LabCable", display_name="Lab Cable")
BASIC: Final = Mvpd(id="TempBasic", display_name="Free", kind=MvpdKind.TEMP_PASS_BASIC)
PROMO: Final = Mvpd(id="TempPromo", display_name="Free", kind=MvpdKind.TEMP_PASS_PROMOTIONAL)

ALL: Final = ("mvpd", "domainName", "redirectUrl")
AT_CABLE: Final = {"given": "LabCable", "mvpd": CABLE, "integrated": True}
EVERYTHING: Final = {"degraded": True, "logged_in": True, "single_sign_on": True, "missing": ALL}

# The facts, then the row that decides and what comes of it: an outcome with its reason, or an error.
CASES: Final[tuple[tuple[dict[str, Any], str, object], ...]] = (
    # Each row by itself.
    ({"given": None, "missing": ALL}, "N1", (Outcome.RESUME, "none")),
    ({"given": "", "missing": ALL}, "N1", (Outcome.RESUME, "none")),
    ({"given": "Nope"}, "N2", "invalid_parameter_mvpd"),
    ({"given": "LabCable", "mvpd": CABLE}, "N3", "invalid_integration"),
    (AT_CABLE | {"mvpd": BASIC}, "N4", (Outcome.AUTHORIZE, "temporary")),
    (AT_CABLE | {"mvpd": PROMO}, "N4", (Outcome.AUTHORIZE, "temporary")),
    (AT_CABLE | {"degraded": True}, "N5", (Outcome.AUTHORIZE, "degraded")),
    (AT_CABLE | {"logged_in": True}, "N6", (Outcome.AUTHORIZE, "authenticated")),
    (AT_CABLE | {"single_sign_on": True}, "N7", (Outcome.AUTHORIZE, "authenticatedSSO")),
    (AT_CABLE | {"missing": ("domainName",)}, "N9", (Outcome.RESUME, "none")),
    (AT_CABLE | {"missing": ("redirectUrl",)}, "N9", (Outcome.RESUME, "none")),
    (AT_CABLE, "N10", (Outcome.AUTHENTICATE, "none")),
    # What comes before what.
    ({**EVERYTHING, "given": None}, "N1", (Outcome.RESUME, "none")),
    ({**EVERYTHING, "given": "Nope"}, "N2", "invalid_parameter_mvpd"),
    ({**EVERYTHING, "given": "LabCable", "mvpd": CABLE}, "N3", "invalid_integration"),
    ({**EVERYTHING, "given": "TempBasic", "mvpd": BASIC}, "N3", "invalid_integration"),
    ({**EVERYTHING, **AT_CABLE, "mvpd": BASIC}, "N4", (Outcome.AUTHORIZE, "temporary")),
    ({**EVERYTHING, **AT_CABLE}, "N5", (Outcome.AUTHORIZE, "degraded")),
    ({**EVERYTHING, **AT_CABLE, "degraded": False}, "N6", (Outcome.AUTHORIZE, "authenticated")),
    (
        AT_CABLE | {"single_sign_on": True, "missing": ALL[1:]},
        "N7",
        (Outcome.AUTHORIZE, "authenticatedSSO"),
    ),
)

# Status, then: can it be retrieved, can one log in, is its profile shown.
STAGES: Final = (
    (Status.RESERVED, False, False, False),
    (Status.PENDING, True, True, False),
    (Status.STARTED, True, True, False),
    (Status.COMPLETED, True, False, True),
    (Status.AUTHORIZED, True, False, True),
    (Status.FAILED, True, True, False),
    (Status.SUPERSEDED, False, False, False),
)


def _session(**members: Any) -> AuthenticationSession:  # noqa: ANN401
    session = {
        "id": "ABC1234",
        "session_id": "s",
        "service_provider": "LABSP",
        "client": "app-1",
        "device": "tv",
        "not_before": 0,
        "not_after": LIFETIME,
    }
    return AuthenticationSession(**{**session, **members})


def _name(value: object) -> str:
    match value:
        case dict():
            return ", ".join(name for name, each in value.items() if each) or "nothing"
        case (Outcome(name=name), reason):
            return f"{name} {reason}"
        case _:
            return str(value)


@pytest.mark.parametrize(("facts", "row", "expected"), CASES, ids=_name)
def test_the_facts_lead_to_the_row(facts: dict[str, Any], row: str, expected: object) -> None:
    found = decide(Facts(**facts))
    outcome = found.error if isinstance(expected, str) else (found.outcome, found.reason)
    assert (found.id, outcome) == (row, expected)


def test_every_row_is_in_the_table_and_in_the_order_of_the_contract() -> None:
    ids = [row.id for row in ROWS]
    assert {row for _, row, _ in CASES} == {*ids}
    # N8 is a fact about what counts as logged in, N11 and N12 are stages of a session.
    assert ids == [f"N{number}" for number in (1, 2, 3, 4, 5, 6, 7, 9, 10)]


def test_every_row_says_why() -> None:
    assert all(row.because and not row.because.endswith(".") for row in ROWS)


@pytest.mark.parametrize(
    ("outcome", "created", "resumed", "action_type"),
    [
        (Outcome.AUTHENTICATE, "authenticate", "authenticate", "interactive"),
        (Outcome.RESUME, "resume", "retry", "direct"),
        (Outcome.AUTHORIZE, "authorize", "authorize", "direct"),
    ],
)
def test_an_outcome_has_the_documented_names(
    outcome: Outcome, created: str, resumed: str, action_type: str
) -> None:
    assert (outcome.created, outcome.resumed, outcome.action_type) == (
        created,
        resumed,
        action_type,
    )


@pytest.mark.parametrize(("status", "known", "opens", "shows"), STAGES)
def test_what_a_session_is_good_for_follows_from_its_status(
    status: Status, known: bool, opens: bool, shows: bool
) -> None:
    found = stage(_session(status=status), 0)
    assert (found.known, found.opens, found.shows) == (known, opens, shows)


def test_every_status_is_in_the_table() -> None:
    assert [row[0] for row in STAGES] == [*Status] == [*LIFE_CYCLE]


@pytest.mark.parametrize("status", Status)
def test_a_session_is_good_for_nothing_once_its_time_is_over(status: Status) -> None:
    session = _session(status=status, not_after=1_000)
    assert stage(session, 999) == LIFE_CYCLE[status]
    over = stage(session, 1_000)
    assert (over.known, over.opens, over.shows) == (False, False, False)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, ALL),
        ({"mvpd": "LabCable"}, ("domainName", "redirectUrl")),
        ({"domain_name": "lab.example"}, ("mvpd", "redirectUrl")),
        ({"redirect_url": "https://lab.example"}, ("mvpd", "domainName")),
        ({"mvpd": "LabCable", "domain_name": "d", "redirect_url": "https://lab.example"}, ()),
        ({"mvpd": "", "domain_name": "", "redirect_url": ""}, ALL),
    ],
    ids=_name,
)
def test_a_session_knows_what_it_lacks(given: dict[str, str], missing: tuple[str, ...]) -> None:
    assert _session(**given).missing == missing


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ABC1234", "ABC1234"),
        ("abc1234", "ABC1234"),
        (" abc1234\n", "ABC1234"),
        ("ABC123", "ABC123"),
        ("ABCD1234", "ABCD1234"),
    ],
)
def test_a_code_is_read_as_people_type_it(text: str, code: str) -> None:
    assert readable_code(text) == code


@pytest.mark.parametrize(
    "text",
    ["", "ZZZ", "ABC12", "ABCDE1234", "ABC-123", "ABC 123", "ÄBC1234", "٣٤٥٦٧٨", "ABC123\x00"],
)
def test_what_cannot_be_a_code_is_refused(text: str) -> None:
    with pytest.raises(EnhancedError) as refused:
        readable_code(text)
    assert refused.value.code == "invalid_parameter_code"


def test_codes_are_made_of_signs_that_look_different_on_a_television() -> None:
    assert len({*CODE_ALPHABET}) == len(CODE_ALPHABET)
    assert not {*CODE_ALPHABET} & {*"0O1IL2Z5S8B"}
    assert readable_code(CODE_ALPHABET[:CODE_LENGTH]) == CODE_ALPHABET[:CODE_LENGTH]


def test_a_reservation_is_nobodys_session() -> None:
    found = reservation("ABC1234", 5)
    assert (found.id, found.status, found.client, found.device) == (
        "ABC1234",
        Status.RESERVED,
        "",
        "",
    )
    assert not stage(found, 0).known
