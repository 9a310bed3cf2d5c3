"""Broken documents: each says on which lines which problems must be found, and there are no others."""

import re
from pathlib import Path

import pytest

from simulator.scenarios.loading import parse, validate
from simulator.validation import reading
from simulator.validation.problems import ScenarioError

from .documents import problems_of

_HERE = Path(__file__).parent
_PARTS = re.split(r"^### (.*)\n", (_HERE / "broken.txt").read_text(), flags=re.MULTILINE)
BROKEN = dict(zip(_PARTS[1::2], _PARTS[2::2], strict=True))

_MARK = re.compile(r"#! ([^ :]*): (.*)")


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_problems_are_found_where_they_are(text: str) -> None:
    lines = text.splitlines()
    expected = {
        (number, mark[1]): mark[2]
        for number, line in enumerate(lines, 1)
        if (mark := _MARK.search(line))
    }
    found = {
        (each.line, each.path): each.problem for each in problems_of("\n".join(lines), "x.yaml")
    }
    assert found.keys() == expected.keys()
    for place, words in expected.items():
        assert words in found[place]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty document"),
        ("# nothing\n", 1, "empty document"),
        ("- name: x", 1, "a mapping with at least a name, found a list"),
        ("just words", 1, "found 'just words'"),
        ("name: x\n---\nname: y", 2, "second one after ---"),
        ("name: x\nmvpds: [a, b", 3, "not YAML: while parsing a flow sequence"),
        ("name: x\ntitle: a: b", 2, "not YAML: mapping values are not allowed"),
        ("name: x\nmvpds:\n\t- id: A", 3, "not YAML: while scanning"),
        ("name: x\ntitle: 'a\n\n", 4, "not YAML"),
        ("name: x\ntitle: a\x00b", 2, "U+0000"),
        ("name: x\ntitle: a\x1bb", 2, "U+001B"),
        ("name: x\ntitle: a\x7fb", 2, "U+007F"),
        ("name: x\ntitle: \ud800", 2, "U+D800"),
        ("name: *who", 1, "the alias *who refers to no anchor"),
        ("name: x\n? [a]\n: b", 2, "expected text as a member's name"),
    ],
)
def test_what_is_no_document_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    (problem,) = problems_of(text, "x.yaml")
    assert problem.line == line
    assert words in problem.problem
    assert str(problem).startswith(f"x.yaml:{line}: ")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{\n "name": "x",\n}', 3, "not JSON"),
        ('{"name": "x"} {}', 1, "not JSON: extra data"),
        ('{"name": ' + "9" * 5000 + "}", None, "not JSON"),
        ('{\n"name": "x",\n"title": 5}', 3, "expected a text"),
        ('{\n"name": "x",\n"name": "y"}', 3, "given twice, first on line 2"),
        ('{\n"name": "\\ud83d\\ude00"}', None, "letters, digits, dots"),
        ('{"name": "x", "devices": [{"id": "a", "info": {"a": NaN}}]}', 1, "a finite number at a"),
        ('{"name": "x",\n"devices": [{"id": "a", "name": "\\ud800"}]}', None, "lone surrogates"),
    ],
)
def test_json_is_read_strictly_from_json_files(text: str, line: int | None, words: str) -> None:
    (problem,) = problems_of(text, "x.json")
    assert problem.line == line
    assert words in problem.problem


def test_huge_json_is_not_read_again_for_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_HUGE", 10)
    (problem,) = problems_of('{"name": "x", "title": 5}')
    assert (problem.line, problem.path) == (None, "title")
    (problem,) = problems_of('{"name": "x", "name": "y"}')
    assert "given twice" in problem.problem


def test_json_elsewhere_may_be_as_loose_as_yaml() -> None:
    assert parse("{name: x, mvpds: [{id: A},],}").mvpds[0].id == "A"


def test_json_keeps_what_yaml_has_no_escape_for() -> None:
    assert (
        parse('{"name": "x", "title": "\\ud83d\\ude00 \\/ \x7f"}').title
        == "\N{GRINNING FACE} / \x7f"
    )


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "name: x",
        5,
        True,
        {1: 2},
        {"name": object()},
        {"name": "x", "a\ud800": 1, "mvpds": 5},
    ],
)
def test_decoded_data_of_any_kind_is_refused_decently(data: object) -> None:
    with pytest.raises(ScenarioError):
        validate(data)


def test_plain_values_are_what_json_would_make_of_them() -> None:
    text = """
    name: on
    devices:
      - id: "0x1F"
        info: {a: no, b: 02134, c: 2026-01-01, d: 1:30, e: 1_000, f: 0x1F, g: .5, h: ~, i: 1.5e3, j: -7}
    """
    document = parse(text)
    assert document.name == "on"
    assert document.devices[0].info == {
        "a": "no",
        "b": "02134",
        "c": "2026-01-01",
        "d": "1:30",
        "e": "1_000",
        "f": "0x1F",
        "g": ".5",
        "h": None,
        "i": 1500.0,
        "j": -7,
    }


def test_mappings_can_be_merged_into_each_other() -> None:
    text = """
    name: x
    service_providers: [{id: R}]
    mvpds: [{id: A}]
    integrations:
      - &usual {service_provider: R, mvpd: A, authentication_ttl: PT1H, active: false}
      - {<<: *usual, mvpd: B, active: 7}
      - <<: [{mvpd: A, colour: red}, *usual]
        mvpd: C
      - <<: 7
    """
    found = {problem.path: problem.line for problem in problems_of(text)}
    assert found["integrations[1].active"] == 7
    assert found["integrations[2].colour"] == 8
    assert found["integrations[3].<<"] == 10
