"""What an entry tells of changes, and which entries come nearest to what was asked for."""

from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

import pytest

from simulator.domain.journal.entries import TEXTS, Wanted, changes, differences, nearest
from simulator.domain.journal.explanation import ChangeKind, Explanation

ENTRY: Final[dict[str, Any]] = {
    **dict.fromkeys(TEXTS),
    "operation": "logout",
    "mvpd": "LabCable",
    "status": 200,
    "rules": ["L3", "L5"],
    "at": 1_000,
    "generation": 2,
}

C, U, D = ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.DELETED


@pytest.mark.parametrize(
    ("deeds", "told"),
    [
        ([C], "created"),
        ([U], "updated"),
        ([D], "deleted"),
        ([C, U], "created"),
        ([U, U], "updated"),
        ([U, D], "deleted"),
        ([D, C], "updated"),
        ([C, D], None),
        ([C, D, C], "created"),
    ],
)
def test_changes_are_told_as_they_were_left(deeds: list[ChangeKind], told: str | None) -> None:
    found = {
        name for name, items in changes((deed, "profiles", "p") for deed in deeds).items() if items
    }
    assert found == ({told} if told else set())


@pytest.mark.parametrize(
    ("wanted", "members"),
    [
        (Wanted(texts={"operation": ("logout",)}), []),
        (Wanted(texts={"operation": ("profiles", "logout")}), []),
        (Wanted(texts={"operation": ("profiles",), "mvpd": ("X",)}), ["operation", "mvpd"]),
        (Wanted(texts={"device": ("tv",)}), ["device"]),
        (Wanted(texts={}, statuses=((200, 299),)), []),
        (Wanted(texts={}, statuses=((400, 499), (500, 500))), ["status"]),
        (Wanted(texts={}, rules=("L5",)), []),
        (Wanted(texts={}, rules=("L6",)), ["rule"]),
        (Wanted(texts={}, since=1_000, until=1_000), []),
        (Wanted(texts={}, since=1_001), ["since"]),
        (Wanted(texts={}, until=999), ["until"]),
        (Wanted(texts={}, generation=2), []),
        (Wanted(texts={}, generation=3), ["generation"]),
    ],
)
def test_differences_name_the_conditions_that_do_not_hold(
    wanted: Wanted, members: list[str]
) -> None:
    assert [each.member for each in differences(wanted, ENTRY)] == members


def test_no_answer_has_no_status() -> None:
    unanswered = {**ENTRY, "status": None}
    (told,) = differences(Wanted(texts={}, statuses=((200, 200),)), unanswered)
    assert (told.expected, told.found) == ("200", None)


def test_the_nearest_come_first_and_the_newest_of_equals() -> None:
    wanted = Wanted(texts={"operation": ("logout",), "mvpd": ("LabDish",)}, rules=("L6",))
    newest = {**ENTRY, "id": "newest"}
    other = {**ENTRY, "id": "other", "operation": "profiles"}
    older = {**ENTRY, "id": "older"}
    close = nearest(wanted, [newest, other, older])
    assert [entry["id"] for entry, _ in close] == ["newest", "older", "other"]
    assert len(nearest(wanted, [newest] * 9)) == 3


def test_a_unit_that_is_undone_leaves_what_was_told_before_it() -> None:
    before = Explanation(
        device="tv",
        rules=["L3"],
        reasons=["a"],
        changes=[(ChangeKind.CREATED, "profiles", "p")],
        faults=[("f", "error")],
        decisions=[("NEWS", None)],
        identities=[("X-SSO-ID", None, None)],
        expired=["code"],
        forced=["internal_server_error"],
    )
    explanation = deepcopy(before)
    explanation.begin()
    explanation.decided("L5", "b")
    explanation.changes.append((ChangeKind.DELETED, "profiles", "p"))
    explanation.faults.append(("g", "hang"))
    explanation.decisions.append(("FILM", "no"))
    explanation.identities.append(("X-SSO-LINK", None, None))
    explanation.expired.append("token")
    explanation.forced.append("network_connection_timeout")
    explanation.undo_changes()
    assert (explanation.changes, explanation.rules) == (before.changes, ["L3", "L5"])
    explanation.forget()
    assert explanation == replace(before, begun=(1,) * 8)


def test_a_rule_is_told_once() -> None:
    explanation = Explanation()
    explanation.decided("D12", "the MVPD permits")
    explanation.decided("D12", "the MVPD permits")
    assert (explanation.rules, explanation.reasons) == (["D12"], ["D12: the MVPD permits"])
