"""Coverage as tables: what an entry met, and what an app did about it."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.coverage.axes import AXES, UnknownCellError, cell
from simulator.domain.coverage.meetings import Ask, Meeting, meeting
from simulator.domain.coverage.outcomes import (
    PERIOD,
    REQUESTS,
    RULES,
    SAME,
    Outcome,
    Watch,
    opened,
    step,
)
from simulator.domain.errors import ERRORS
from simulator.domain.journal.entries import Entry, Exchange
from simulator.domain.journal.explanation import Explanation
from simulator.json_codec import to_json

WELL, LOOPED, STOPPED, GAVE_UP = Outcome.WELL, Outcome.LOOPED, Outcome.STOPPED, Outcome.GAVE_UP


def _entry(
    operation: str, body: object = None, status: int | None = 200, **explained: object
) -> Entry:
    return Entry(
        sandbox=1,
        generation=1,
        at=0,
        real_at=0,
        request="req-1",
        operation=operation,
        duration=0,
        explanation=Explanation(**explained),  # type: ignore[arg-type]
        exchange=Exchange(
            method="GET",
            target="/",
            request_headers=(),
            request_body=None,
            status=status,
            response_body=None if body is None else to_json(body),
        ),
    )


def _error(code: str) -> dict[str, object]:
    return {"action": ERRORS[code].action, "code": code}


MET: Final = {
    "a logout with a page": (
        _entry(
            "logout",
            {"logouts": {"M": {"actionName": "logout", "actionType": "interactive"}}},
            rules=["L3", "L5"],
            service_provider="P",
            mvpd="M",
        ),
        "operations:logout logout:L3 logout:L5 actions:logout",
        Ask.OPEN_LOGOUT,
    ),
    "a logout without anything to do": (
        _entry("logout", {"logouts": {"M": {"actionName": "invalid"}}}, rules=["L10"]),
        "operations:logout logout:L10 actions:invalid",
        None,
    ),
    "a session to log in with": (
        _entry(
            "create_session", {"actionName": "authenticate", "reasonType": "none"}, rules=["N10"]
        ),
        "operations:create_session sessions:N10 actions:authenticate reasons:none",
        Ask.POLL,
    ),
    "a poll that is pending": (
        _entry("profile_by_code", {"profiles": {}}),
        "operations:profile_by_code",
        Ask.POLL,
    ),
    "a poll with a profile": (
        _entry("profile_by_code", {"profiles": {"M": {}}}),
        "operations:profile_by_code",
        None,
    ),
    "a code that has expired": (
        _entry(
            "profile_by_code",
            _error("invalid_authentication_session"),
            400,
            rules=["N11"],
            error="invalid_authentication_session",
            expired=["code"],
        ),
        "operations:profile_by_code sessions:N11 codes:invalid_authentication_session clock:code",
        Ask.NEW_CODE,
    ),
    "a denial inside of a 200": (
        _entry("authorize", rules=["D13"], decisions=[("A", "authorization_denied_by_mvpd")]),
        "operations:authorize decisions:D13 codes:authorization_denied_by_mvpd",
        Ask.LEAVE,
    ),
    "an exchange that failed inside of a 200": (
        _entry("authorize", rules=["D16"], decisions=[("A", "network_connection_timeout")]),
        "operations:authorize decisions:D16 codes:network_connection_timeout",
        Ask.RETRY,
    ),
    "a permit among denials": (
        _entry(
            "preauthorize",
            rules=["D13", "D12"],
            decisions=[("A", "preauthorization_denied_by_mvpd"), ("B", None)],
        ),
        "operations:preauthorize decisions:D13 decisions:D12 codes:preauthorization_denied_by_mvpd",
        None,
    ),
    "a profile that has expired": (
        _entry("authorize", rules=["D10"], decisions=[("A", "authenticated_profile_expired")]),
        "operations:authorize decisions:D10 codes:authenticated_profile_expired clock:profile",
        Ask.LOG_IN,
    ),
    "an error that a fault made": (
        _entry(
            "profiles",
            _error("invalid_access_token_client_application"),
            401,
            error="invalid_access_token_client_application",
            forced=["invalid_access_token_client_application"],
            faults=[("fault-1", "error")],
        ),
        "operations:profiles codes:invalid_access_token_client_application! faults:error",
        Ask.REGISTER,
    ),
    "a configuration that is wrong": (
        _entry("profiles", _error("invalid_configuration_platform"), 500,
               error="invalid_configuration_platform"),
        "operations:profiles codes:invalid_configuration_platform",
        Ask.LEAVE,
    ),
    "a server that failed": (
        _entry("profiles", _error("internal_server_error"), 500, error="internal_server_error"),
        "operations:profiles codes:internal_server_error",
        Ask.RETRY,
    ),
    "the throttle": (
        _entry("profiles", None, 429, faults=[("f", "throttle")]),
        "operations:profiles faults:throttle",
        Ask.RETRY,
    ),
    "a connection that was reset": (
        _entry("profiles", None, None, faults=[("f", "reset")]),
        "operations:profiles faults:reset",
        Ask.RETRY,
    ),
    "an answer that cannot be read": (
        _entry("logout", {"actionName": "logout"}, faults=[("f", "garble")], rules=["L5"]),
        "operations:logout logout:L5 faults:garble",
        Ask.RETRY,
    ),
    "a late answer": (
        _entry("profiles", {"profiles": {}}, faults=[("f", "delay")]),
        "operations:profiles faults:delay",
        None,
    ),
    "a client that is unknown": (
        _entry("token", {"error": "invalid_client"}, 400, error="invalid_client"),
        "operations:token",
        Ask.REGISTER,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "cells", "ask"), MET.values(), ids=MET)
def test_an_entry_tells_what_was_met_and_what_is_left_to_do(
    entry: Entry, cells: str, ask: Ask | None
) -> None:
    found = meeting(entry, "app", "Roku")
    assert " ".join(found.rows) == cells
    assert found.ask is ask


def test_every_cell_that_an_entry_can_have_is_on_an_axis() -> None:
    for entry, *_ in MET.values():
        for row in meeting(entry, "", "").rows:
            for each in row.split():
                assert cell(each.removesuffix("!")) == tuple(each.removesuffix("!").split(":"))


def test_many_cells_are_a_row_each_so_that_mixtures_make_no_rows_of_their_own() -> None:
    rules = [f"D{number}" for number in range(6, 17)]
    found = meeting(_entry("preauthorize", rules=rules), "", "")
    assert found.rows == ("operations:preauthorize", *(f"decisions:{each}" for each in rules))


def test_names_that_are_near_are_named() -> None:
    for given_, near in (
        ("logout:L15", ["logout:L5", "logout:L1", "logout:L10"]),
        ("L5", ["logout:L5"]),
        ("code:network_received_error", ["codes:network_received_error"]),
        ("codes:network_recieved_error", ["codes:network_received_error"]),
    ):
        with pytest.raises(UnknownCellError) as raised:
            cell(given_)
        assert near == raised.value.near[: len(near)]


def _ask(ask: Ask, operation: str = "profiles", at: int = 0, subject: str = "") -> Meeting:
    return Meeting("app", "Roku", (f"asks {ask}",), operation, at, False, ask, subject)


def _call(operation: str, at: int = 1, subject: str = "", *, positive: bool = True) -> Meeting:
    return Meeting("app", "Roku", (operation,), operation, at, positive, None, subject)


# What was asked for, what the app called then, and what that came to; None: still open.
DID: Final = {
    "an error is told to the viewer": (_ask(Ask.LEAVE), [_call("configuration")], WELL),
    "the same refusal five times": (_ask(Ask.LEAVE), [_ask(Ask.LEAVE)] * 4, LOOPED),
    "the same refusal four times": (_ask(Ask.LEAVE), [_ask(Ask.LEAVE)] * 3, None),
    "a new code for an old one": (
        _ask(Ask.NEW_CODE, "profile_by_code", subject="OLD"),
        [_call("create_session", subject="NEW")],
        WELL,
    ),
    "an old code again and again": (
        _ask(Ask.NEW_CODE, "profile_by_code", subject="OLD"),
        [_ask(Ask.NEW_CODE, "profile_by_code", subject="OLD")] * 4,
        LOOPED,
    ),
    "a new token": (_ask(Ask.REGISTER), [_call("authorize")], WELL),
    "no new token": (_ask(Ask.REGISTER), [_ask(Ask.REGISTER)] * 4, LOOPED),
    "a login": (_ask(Ask.LOG_IN, "authorize"), [_call("create_session")], WELL),
    "no login": (_ask(Ask.LOG_IN, "authorize"), [_call("configuration")] * REQUESTS, STOPPED),
    "another try": (_ask(Ask.RETRY), [_call("profiles")], WELL),
    "other calls instead": (_ask(Ask.RETRY), [_call("configuration")] * REQUESTS, STOPPED),
    "three tries in vain, then other calls": (
        _ask(Ask.RETRY),
        [_ask(Ask.RETRY)] * 2 + [_call("configuration")] * REQUESTS,
        WELL,
    ),
    "five tries in vain": (_ask(Ask.RETRY), [_ask(Ask.RETRY)] * 4, LOOPED),
    "a new journey instead of another try": (_ask(Ask.RETRY), [_call("create_session")], GAVE_UP),
    "a new journey after another try": (
        _ask(Ask.RETRY),
        [_ask(Ask.RETRY), _call("create_session")],
        WELL,
    ),
    "another try to begin a journey": (
        _ask(Ask.RETRY, "create_session"),
        [_call("create_session")],
        WELL,
    ),
    "a poll": (
        _ask(Ask.POLL, "create_session", subject="A"),
        [_call("profile_by_code", subject="A")],
        WELL,
    ),
    "a poll with another code": (
        _ask(Ask.POLL, "create_session", subject="A"),
        [_call("profile_by_code", subject="B")],
        None,
    ),
    "a poll of all profiles": (_ask(Ask.POLL, "create_session", subject="A"), [_call("profiles")], WELL),
    "polls that go on": (
        _ask(Ask.POLL, "profile_by_code", subject="A"),
        [_ask(Ask.POLL, "profile_by_code", subject="A")],
        WELL,
    ),
    "another code before the first poll": (
        _ask(Ask.POLL, "create_session", subject="A"),
        [_ask(Ask.POLL, "create_session", subject="B")],
        GAVE_UP,
    ),
    "the parameters that were missing": (_ask(Ask.RESUME, "create_session"), [_call("resume_session")], WELL),
    "a decision, without a login": (_ask(Ask.AUTHORIZE, "create_session"), [_call("authorize")], WELL),
    "the partner's profile": (
        _ask(Ask.PARTNER_PROFILE, "partner_session"),
        [_call("partner_profile", positive=False)],
        WELL,
    ),
    "a new journey instead of the logout page": (
        _ask(Ask.OPEN_LOGOUT, "logout", subject="P M"),
        [_call("create_session")],
        GAVE_UP,
    ),
    "logout after logout": (
        _ask(Ask.OPEN_LOGOUT, "logout", subject="P M"),
        [_ask(Ask.OPEN_LOGOUT, "logout", subject="P M")] * 4,
        LOOPED,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("first", "then", "outcome"), DID.values(), ids=DID)
def test_what_an_app_did_comes_to_an_outcome(
    first: Meeting, then: list[Meeting], outcome: Outcome | None
) -> None:
    watches, ended = step([], first)
    assert (len(watches), ended) == (1, [])
    found: list[tuple[Watch, Outcome]] = []
    for each in then:
        watches, ended = step(watches, each)
        found += ended
    mine = [each for watch, each in found if watch.rows == first.rows]
    assert mine[:1] == ([] if outcome is None else [outcome])
    assert outcome is not None or any(each.rows == first.rows for each in watches)


def test_silence_is_decided_when_time_has_passed_and_late_is_not_never() -> None:
    (watch,), _ = step([], _ask(Ask.RETRY, at=1_000))
    assert watch.at_last(1_000 + PERIOD - 1) is Outcome.OPEN
    assert watch.at_last(1_000 + PERIOD) is STOPPED
    late = 1_000 + 10 * PERIOD
    assert [each for _, each in step([watch], _call("profiles", late))[1]] == [WELL]
    assert [each for _, each in step([watch], _call("configuration", late))[1]] == [STOPPED]
    (tried,), _ = step([watch], _ask(Ask.RETRY, at=2_000))
    assert tried.at_last(late) is WELL


def test_a_page_of_a_logout_ends_what_waits_for_it() -> None:
    watches, _ = step([], _ask(Ask.OPEN_LOGOUT, "logout", subject="P M"))
    assert opened(watches, _call("start_logout", subject="P X")) == (watches, [])
    assert opened(watches, _call("start_logout", subject="P M")) == ([], [(watches[0], WELL)])


def test_apps_on_one_device_do_not_answer_for_each_other() -> None:
    watches, _ = step([], _ask(Ask.RETRY))
    other = _call("profiles")._replace(application="other")
    assert step(watches, other) == (watches, [])


CALLS: Final = st.builds(
    Meeting,
    application=st.sampled_from(["a", "b"]),
    platform=st.just(""),
    rows=st.sampled_from([("x",), ("y",), ("x", "y")]),
    operation=st.sampled_from(["profiles", "create_session", "profile_by_code", "logout"]),
    at=st.integers(0, 3 * PERIOD),
    positive=st.booleans(),
    ask=st.sampled_from([None, *Ask]),
    subject=st.sampled_from(["", "A", "B"]),
)


@given(st.lists(CALLS, max_size=60))
def test_each_answer_comes_to_one_outcome_at_most_and_little_is_watched(
    calls: list[Meeting],
) -> None:
    watches: list[Watch] = []
    counted = 0
    for call in calls:
        watches, ended = step(watches, call)
        counted += sum(watch.times for watch, _ in ended)
        assert all(outcome is not Outcome.OPEN for _, outcome in ended)
        assert all(0 < each.times < SAME and 0 < each.left <= REQUESTS for each in watches)
        for name in ("a", "b"):
            assert sum(each.application == name for each in watches) <= REQUESTS
    asked = sum(each.ask is not None for each in calls)
    assert counted + sum(each.times for each in watches) == asked


def test_every_thing_to_do_has_a_rule_and_every_axis_a_cell() -> None:
    assert RULES.keys() == {*Ask}
    assert all(each.cells for each in AXES.values())
    assert len(AXES["codes"].cells) == 47
