"""What is done to an answer, at every kind of place."""

import json
from typing import Final

import pytest

from simulator.evidence.models import Alter, Where
from tests.evidence.altering import Alteration, operation_of
from tests.support.replies import Json, Reply

BODY: Final = {"a": [{"b": 1, "c": "x"}, {"b": 2}], "d": {}, "e": True}


def _altered(where: Json, alter: Json, *, path: str = "/api/v2/SP/profiles") -> tuple[Reply, int]:
    alteration = Alteration(
        operation="profiles", where=Where.model_validate(where), alter=Alter.model_validate(alter)
    )
    reply = Reply(status=200, headers={"X-One": "1"}, text=json.dumps(BODY))
    return alteration("GET", path, reply), alteration.met


@pytest.mark.parametrize(
    ("path", "alter", "expected"),
    [
        ("a.*.b", "drop", {**BODY, "a": [{"c": "x"}, {}]}),
        ("a.0", "drop", {**BODY, "a": [{"b": 2}]}),
        ("a.*", "drop", {**BODY, "a": []}),
        ("a.1.b", "retype", {**BODY, "a": [{"b": 1, "c": "x"}, {"b": "2"}]}),
        ("a.0.c", "retype", {**BODY, "a": [{"b": 1, "c": ["x"]}, {"b": 2}]}),
        ("e", "retype", {**BODY, "e": "true"}),
        ("*", {"replace": None}, {"a": None, "d": None, "e": None}),
        ("a", {"add": 3}, {**BODY, "a": [*BODY["a"], 3]}),  # type: ignore[misc]
        ("d", {"add": {"f": 1}}, {**BODY, "d": {"f": 1}}),
        (".", {"add": {"f": 1}}, {**BODY, "f": 1}),
    ],
)
def test_json_is_altered_wherever_the_path_leads(path: str, alter: Json, expected: Json) -> None:
    reply, met = _altered({"json": path}, alter)
    assert reply.json == expected
    assert met == 1


@pytest.mark.parametrize(
    ("where", "alter"),
    [
        ({"json": "a.7"}, "drop"),
        ({"json": "a.b"}, "drop"),
        ({"json": "e.b"}, "drop"),
        ({"json": "e"}, {"add": 1}),
        ({"json": "e"}, {"replace": True}),
        ({"header": "X-Two"}, "drop"),
        ({"header": "X-One"}, {"add": "2"}),
        ({"status": 404}, {"replace": 200}),
        ({"status": 404, "json": "e"}, "drop"),
        ({"body": "text"}, {"add": ""}),
    ],
)
def test_what_changes_nothing_has_met_nothing(where: Json, alter: Json) -> None:
    reply, met = _altered(where, alter)
    assert (reply.status, reply.headers, reply.json, met) == (200, {"X-One": "1"}, BODY, 0)


def test_status_headers_and_text_are_altered() -> None:
    assert _altered({"status": 200}, {"replace": 204})[0].status == 204
    assert "X-One" not in _altered({"header": "x-one"}, "drop")[0].headers
    assert _altered({"header": "x-one"}, {"replace": "2"})[0].headers["X-One"] == "2"
    assert _altered({"header": "X-Two"}, {"add": "2"})[0].headers["X-Two"] == "2"
    assert _altered({"body": "text"}, "drop")[0].text == ""
    assert _altered({"body": "text"}, {"add": "?"})[0].text == json.dumps(BODY) + "?"
    assert _altered({"status": 200, "body": "text"}, {"replace": "?"})[0].text == "?"


def test_the_answers_of_other_operations_stay_as_they_are() -> None:
    for path in ("/api/v2/SP/profiles/Mvpd", "/api/v2/SP/configuration", "/admin/v1/profiles"):
        assert _altered({"json": "a"}, "drop", path=path)[1] == 0


def test_the_operation_of_a_request() -> None:
    for method, path, operation in (
        ("GET", "/api/v2/SP/profiles/?x=/y", "profiles"),
        ("GET", "/s/ci-1/api/v2/SP/profiles/Mvpd", "profile_by_mvpd"),
        ("GET", "/api/v2/SP/profiles/code/ABC", "profile_by_code"),
        ("GET", "/api/v2/logout/SP/Mvpd", "logout"),
        ("PUT", "/api/v2/SP/logout/Mvpd", "logout"),
        ("GET", "/api/v2/SP/sessions/ABC", "get_session"),
        ("POST", "/api/v2/SP/sessions/ABC", "resume_session"),
        ("DELETE", "/reset-tempass/v3/reset", "reset_temp_pass"),
        ("GET", "/admin/v1/profiles", None),
        ("GET", "/nowhere", None),
    ):
        assert operation_of(method, path) == operation
