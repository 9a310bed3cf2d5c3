"""What is said of an operation follows from its rows."""

from pathlib import Path

import pytest

from simulator.domain.operations import OPERATION_NAMES
from simulator.evidence import summary
from simulator.evidence.loading import FOLDER, load

from .table import table

PROVEN = "test: t.py::t, where: {status: 200}, alter: {replace: 201}"
ROW = "{{id: {}, says: x, page: profiles, {}}}"


@pytest.fixture(autouse=True)
def _made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(name: str, head: str, *rows: str) -> None:
        written = ", ".join(ROW.format(f"r{at}", row) for at, row in enumerate(rows))
        (tmp_path / f"{name}.yaml").write_text(f"{head}\nrows: [{written}]\n")

    on_token = PROVEN.replace("status", "operation: token, status")
    write("profiles", "operation: profiles", PROVEN, "open: o")
    write("logout", "operation: logout", PROVEN, PROVEN, "differs: d")
    topic = "topic: t\noperations: [configuration, token]"
    write("t", topic, on_token, "differs: d, operations: [configuration]", "open: o")
    found = load(tmp_path)
    monkeypatch.setattr(summary, "evidence", lambda: found)
    monkeypatch.setattr(summary, "summary_of_operation", summary.summary_of_operation.__wrapped__)


def _counts(name: str) -> tuple[str, int, int, int]:
    found = summary.summary_of_operation(name)
    return summary.fidelity_of(name), len(found.proven), len(found.differs), len(found.open)


def test_an_operation_is_exact_where_something_is_proven_and_nothing_differs() -> None:
    assert _counts("profiles") == ("exact", 1, 0, 1)
    assert _counts("logout") == ("simplified", 2, 1, 0)
    assert _counts("register") == ("unproven", 0, 0, 0)
    assert _counts("esm") == ("not simulated", 0, 0, 0)


def test_a_topic_counts_for_the_operation_that_is_asked_and_for_those_that_it_names() -> None:
    assert _counts("token") == ("exact", 1, 0, 1)
    assert _counts("configuration") == ("simplified", 0, 1, 1)


def test_what_captures_showed_stands_beside_the_rows() -> None:
    recorded = {"profiles": {"exchanges": 7, "agreed": 6}}
    lines = {
        each.split()[0]: each.split()[1:] for each in table(load(FOLDER), recorded).splitlines()
    }
    assert lines["proven"] == ["differs", "open", "recorded"]
    assert lines["profiles"][3:] == ["6/7"]
    assert len(lines["logout"]) == 3


def test_each_row_is_one_row_however_many_operations_it_counts_for() -> None:
    counted = sum(sum(_counts(name)[1:]) for name in OPERATION_NAMES)
    assert counted == len([*summary.all_rows()]) + 1
