"""A file of evidence that is wrong says so, all at once, by line."""

from pathlib import Path
from typing import Final

import pytest

from simulator.evidence.loading import load
from simulator.validation.problems import ScenarioError

PROVEN: Final = "test: t.py::t, where: {status: 200}, alter: {replace: 201}"


def _problems(folder: Path, text: str, name: str = "profiles") -> list[str]:
    (folder / f"{name}.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load(folder)
    return [str(each) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("page: profiles", "exactly one of test, differs and open"),
        ("page: profiles, open: x, differs: y", "exactly one of test, differs and open"),
        ("page: profiles, open: x, where: {status: 200}", "where and alter belong to a test"),
        ("page: profiles, test: t.py::t", "a test needs where the fact shows, and how to alter it"),
        (f"page: profiles, {PROVEN}, switch: logout.url", "switch and operations belong to what"),
        ("page: nowhere, open: x", "there is no page 'nowhere'"),
        ("page: profiles, open: x, switch: logout.ur", "there is no switch 'logout.ur'; did you"),
        (f"page: profiles, {PROVEN.replace('status: 200', 'operation: profile, status: 200')}",
         "there is no operation 'profile'; did you mean 'profiles'?"),
        (f"page: profiles, {PROVEN.replace('{replace: 201}', 'drop')}", "expected replace for a"),
        (f"page: profiles, {PROVEN.replace('{replace: 201}', 'gone')}", "expected drop, retype,"),
        (f"page: profiles, {PROVEN.replace('{replace: 201}', '{replace: no}')}", "expected a stat"),
        (f"page: profiles, {PROVEN.replace('status: 200', 'operation: token')}", "one place"),
        (f"page: profiles, {PROVEN.replace('status: 200', 'json: a, body: text')}", "one place"),
        (f"page: profiles, {PROVEN.replace('status: 200', 'body: text')}", "expected a text to re"),
        ("page: profiles, release: 3, open: x", "found the number 3; put it in quotes"),
        ("page: profiles, open: x, tset: y", "unknown member; did you mean 'test'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_said(tmp_path: Path, row: str, problem: str) -> None:
    (found,) = _problems(
        tmp_path, f"operation: profiles\nrows:\n  - {{id: a, says: It is., {row}}}\n"
    )
    assert found.startswith("profiles.yaml:3: rows[0]")
    assert problem in found


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    row = "rows: [{id: a, says: x, page: profiles, open: x}]"
    for head, problem in (
        ("", "expected an operation or a topic"),
        ("topic: x\noperation: profiles\n", "expected an operation or a topic"),
        ("operation: profiles\noperations: [token]\n", "operations belong to a topic"),
        ("operation: token\n", "the file of an operation has its name"),
        ("topic: x\noperations: [tokn]\n", "there is no operation 'tokn'; did you mean 'token'?"),
    ):
        (found,) = _problems(tmp_path, head + row)
        assert problem in found


def test_a_topic_says_on_which_operation_it_is_proven(tmp_path: Path) -> None:
    text = f"topic: x\nrows: [{{id: a, says: x, page: profiles, {PROVEN}}}]"
    (found,) = _problems(tmp_path, text, "topic")
    assert "a topic's row names the operation that is asked" in found


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text("topic: x\nrows: []\n")
    row = "{id: a, says: x, page: profiles, open: x}"
    found = _problems(tmp_path, f"operation: profiles\nrows:\n- {row}\n- {row}\n")
    assert [each.partition(":")[0] for each in found] == ["first.yaml", *["profiles.yaml"] * 2]
    assert found[1] == "profiles.yaml:3: rows[0].id: 2 rows have the id 'a'"
