"""Two answers held against each other: what was made up for each run may differ, wherever it stands."""

import pytest

from simulator.cli.replay.aligning import Alignment
from tests.support.replies import Json


def _differing(recorded: Json, replayed: Json) -> list[str]:
    return [each.what for each in Alignment(slack=1_000).differences(recorded, replayed)]


@pytest.mark.parametrize("order", [("url", "code"), ("code", "url")])
def test_a_code_is_known_in_the_url_beside_it_whichever_comes_first(order: tuple[str, str]) -> None:
    told = {"url": "/api/v2/authenticate/LABSP/{}", "code": "{}"}
    first = {name: told[name].format("KMG76KC") for name in order}
    second = {name: told[name].format("J7WRA4P") for name in order}
    assert _differing(first, second) == []
    assert _differing(first, {**second, "url": "/api/v2/authenticate/LABSP/QW4UXX4"}) == ["$.url"]


def test_the_prefix_of_a_sandbox_is_that_of_this_run() -> None:
    alignment = Alignment(slack=0)
    alignment.learn_prefix("/s/ci", "/s/other")
    assert alignment.same_text("No path is called /s/ci/x.", "No path is called /s/other/x.")
    assert alignment.same_text("http://a/s/ci?b", "http://a/s/other?b")
    assert not alignment.same_text("/s/ci-42/x", "/s/other-42/x")


@pytest.mark.parametrize(
    ("recorded", "replayed", "where"),
    [
        ({"a": 1}, {"a": 2}, ["$.a"]),
        ({"a": 1}, {"a": "1"}, ["$.a"]),
        ({"a": 1}, {}, ["$.a"]),
        ({}, {"b": None}, ["$.b"]),
        ([1, 2], [1], ["$"]),
        ({"a": [{"b": True}]}, {"a": [{"b": False}]}, ["$.a[0].b"]),
        ({"notAfter": 1_767_225_600_000}, {"notAfter": 1_767_225_600_900}, []),
        ({"notAfter": 1_767_225_600_000}, {"notAfter": 1_767_225_602_000}, ["$.notAfter"]),
        ({"access_token": "[redacted 0a1b2c3d]"}, {"access_token": "eyJ.a.b"}, []),
        ({"trace": "one-of-them"}, {"trace": "another"}, []),
        ({"value": "b3A=", "state": "enc"}, {"value": "9xQ=", "state": "enc"}, []),
        (
            {"value": "12345", "state": "plain"},
            {"value": "9xQ=", "state": "enc"},
            ["$.state", "$.value"],
        ),
        ({"trace": "one-of-them"}, {"trace": ""}, ["$.trace"]),
    ],
)
def test_the_rest_is_not(recorded: Json, replayed: Json, where: list[str]) -> None:
    assert _differing(recorded, replayed) == where


NOON, LATER, DAY = 1_767_225_600_000, 1_767_225_604_000, 86_400_000


@pytest.mark.parametrize(
    ("recorded", "replayed", "where"),
    [
        ({"a": {}}, {"a": {"b": 1, "c": 2}}, ["$.a"]),
        ({"a": {"b": 1, "c": 2}}, {"a": {}}, ["$.a"]),
        ({"a": {}}, {"a": {"b": 1}}, ["$.a.b"]),
        (
            [{"resource": "B", "is": 1}, {"resource": "A", "is": 2}],
            [{"resource": "A", "is": 2}, {"resource": "B", "is": 1}],
            ["$"],
        ),
        (
            [{"resource": "B", "is": 1}, {"resource": "A", "is": 2}],
            [{"resource": "A", "is": 3}, {"resource": "B", "is": 1}],
            ["$", "$[1].is"],
        ),
        (
            [{"resource": "A", "is": 1}, {"resource": "A", "is": 2}],
            [{"resource": "A", "is": 2}, {"resource": "A", "is": 1}],
            ["$[0].is", "$[1].is"],
        ),
        (
            {"notBefore": NOON, "notAfter": NOON + DAY},
            {"notBefore": LATER, "notAfter": LATER + DAY},
            ["$.notBefore"],
        ),
        (
            {"notBefore": NOON, "notAfter": NOON + DAY},
            {"notBefore": LATER, "notAfter": LATER + 30 * DAY},
            ["$.notAfter", "$.notBefore"],
        ),
        (
            {"token": {"notBefore": NOON, "notAfter": NOON + 420_000}},
            {"token": {"notBefore": LATER, "notAfter": LATER + 300_000}},
            ["$.token.notAfter", "$.token.notBefore"],
        ),
        (
            {"notAfter": NOON + DAY},
            {"notBefore": LATER, "notAfter": LATER + DAY},
            ["$.notAfter", "$.notBefore"],
        ),
        (
            {"profiles": {"A": {"notAfter": NOON + DAY}}},
            {"profiles": {"A": {"notBefore": LATER, "notAfter": LATER + DAY}}},
            ["$.profiles.A.notBefore"],
        ),
        (
            {"profiles": {"A": {"notAfter": NOON + DAY}}},
            {"profiles": {"A": {"notBefore": LATER, "notAfter": LATER + 30 * DAY}}},
            ["$.profiles.A.notAfter", "$.profiles.A.notBefore"],
        ),
        (
            {"profiles": {"A": {"notBefore": NOON - DAY, "notAfter": NOON + DAY}}},
            {"profiles": {"A": {"notBefore": LATER, "notAfter": LATER + DAY}}},
            ["$.profiles.A.notBefore"],
        ),
        (
            {"notBefore": LATER, "notAfter": str(NOON + DAY)},
            {"notBefore": NOON, "notAfter": NOON + DAY},
            ["$.notAfter", "$.notBefore"],
        ),
        (
            {"notBefore": NOON, "notAfter": NOON + DAY},
            {"notBefore": NOON, "notAfter": NOON + 2 * DAY},
            ["$.notAfter"],
        ),
    ],
)
def test_one_cause_is_one_difference_where_all_is_compared(
    recorded: Json, replayed: Json, where: list[str]
) -> None:
    alignment = Alignment(slack=1_000, exact=True)
    assert [each.what for each in alignment.differences(recorded, replayed)] == where
