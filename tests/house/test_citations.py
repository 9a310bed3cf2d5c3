"""Whatever the repository cites can be looked up in it: Adobe's page, and the rule on it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from simulator.domain.operations import OPERATIONS
from simulator.evidence.pages import Page
from simulator.evidence.summary import all_rows
from tests.docs.backend import Backend, Rule, backend
from tests.house.citations import cited, problems, prose
from tests.support.official import DCR_CORRECTIONS, V2_CORRECTIONS

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDERS: Final = (
    "simulator", "pass_simulator", "migrations", "tests", "scenarios", "docs", "clients", "examples", ".ci",
    ".changelog",
)  # fmt: skip
SUFFIXES: Final = (
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".json",
    ".sql",
    ".html",
    ".ts",
    ".jinja",
)
# What is looked for is in the search itself, and in its tests.
EXCEPT: Final = ("citations.py", "test_citations.py")


@cache
def _texts() -> dict[str, str]:
    """The text of each file; of Python, what its comments and strings say."""
    found = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in _files()}
    return {name: prose(text) if name.endswith(".py") else text for name, text in found.items()}


def _files() -> Iterator[Path]:
    yield from (each for each in ROOT.iterdir() if each.is_file() and _is_text(each))
    for folder in FOLDERS:
        found = (ROOT / folder).rglob("*")
        yield from (each for each in found if each.is_file() and _is_text(each))


def _is_text(path: Path) -> bool:
    known = path.suffix in SUFFIXES or path.name == "Makefile" or path.parent.name == ".ci"
    return known and path.name not in EXCEPT and "node_modules" not in path.parts


def test_every_citation_resolves() -> None:
    found = {name: problems(text, backend()) for name, text in _texts().items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_corrections_of_the_official_documents_are_rules_of_the_reference() -> None:
    corrections = (*V2_CORRECTIONS, *DCR_CORRECTIONS)
    assert {each.id for each in corrections} - backend().rules.keys() == set()


def test_the_reference_has_no_rule_and_no_page_that_nothing_cites() -> None:
    used = {each.id for each in (*V2_CORRECTIONS, *DCR_CORRECTIONS)}
    for text in _texts().values():
        used |= cited(text)
    rules = backend().rules.values()
    assert [each.id for each in rules if each.says and each.id not in used] == []
    pages = {page for each in rules for page in each.pages}
    pages |= {each.page for each in OPERATIONS} | {each.page for each in all_rows()}
    assert backend().pages.keys() - pages == set()


def test_every_rule_is_of_a_family_and_on_pages_of_the_reference() -> None:
    for each in backend().rules.values():
        assert each.pages, each
        assert set(each.pages) <= backend().pages.keys(), each
        assert each.family in backend().families or not each.says, each
    for page in backend().pages.values():
        assert page.path.endswith(".md")
        assert page.url.startswith("https://experienceleague.adobe.com/")


def test_the_page_of_every_operation_is_one_of_the_reference() -> None:
    assert {each.page for each in OPERATIONS} - backend().pages.keys() == set()


SMALL: Final = Backend(
    pages={
        name: Page(name=name, title=name, path=f"{name}.md")
        for name in ("logout", "create session")
    },
    rules={
        each.id: each
        for each in (
            *(Rule(id=f"L{number}", pages=("logout",)) for number in range(1, 5)),
            Rule(id="N1", pages=("create session",)),
            Rule(id="D1", pages=("logout",)),
            Rule(id="C4", pages=("logout",)),
        )
    },
    families={},
    other_ids={"Z1": "D1"},
)


@pytest.mark.parametrize(
    "text",
    [
        "The matrix (Adobe: logout, L1 to L4).",
        "Both (Adobe: logout, L1, L3 to L4, C4; create session, N1).",
        "Over a line (Adobe: create\n    session, N1).",
        "Rows L1 to L3, and row Z1; it says (L2) and (see N1).",
        "GET /x (200), a contract, by design, C#, UTF8, (P30D), S3 and C3PO.",
    ],
)
def test_what_resolves_is_left_in_peace(text: str) -> None:
    assert problems(text, SMALL) == []
    assert problems(prose(f'"""{text}"""\n'), SMALL) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("As CONTRACT 7.1 says.", "not in the repository"),
        ("Isolation (DESIGN 3).", "not in the repository"),
        ("See HOUSE.md for more.", "not in the repository"),
        ("It is kept (C49).", "(C49) names no page"),
        ("It is kept (C4, C5).", "(C4, C5) names no page"),
        ("A second screen (S19).", "(S19) names no page"),
        ("So it is (L5).", "L5 is no rule"),
        ("Rows L3 to L5 do.", "L5 is no rule"),
        ("Row Z2 does.", "Z2 is no rule"),
        ("(Adobe: log out, L1)", "log out is no page"),
        ("(Adobe: logout, L9)", "L9 is no rule"),
        ("(Adobe: logout, L4 to L1)", "L4 to L1 is no rule"),
        ("(Adobe: logout, L1 to N1)", "L1 to N1 is no rule"),
        ("(Adobe: logout, Z1)", "Z1 is no rule"),
        ("(Adobe: logout, N1)", "N1 is not on the page logout"),
        ("(Adobe: logout)", "is not of the form"),
        ("(Adobe: logout, L1,L2)", "is not of the form"),
        ("(Adobe: logout L1)", "is not of the form"),
        ("(Adobe: logout, L1", "is not of the form"),
        ("(Adobe: logout, L1; create session)", "is not of the form"),
    ],
)
def test_what_does_not_resolve_is_found(text: str, wrong: str) -> None:
    assert wrong in " ".join(problems(text, SMALL))
    assert wrong in " ".join(problems(prose(f'"""{text}"""\n'), SMALL))


def test_of_python_only_comments_and_strings_count() -> None:
    assert problems(prose("CONTRACT = call(C49)\n"), SMALL) == []
    assert problems("CONTRACT = call(C49)\n", SMALL) != []


@pytest.mark.parametrize(
    "source",
    [
        "# as the page says (Adobe: create\n# session, L1)\n",
        'about = ("as the page says (Adobe: create "\n    "session, L1)")\n',
        'def it() -> None:\n    """As the page says (Adobe: create\n    session, L1)."""\n',
        'about = f"as {it} says (Adobe: create session, L1)"\n',
    ],
)
def test_a_citation_may_go_on_in_the_next_line(source: str) -> None:
    assert problems(prose(source), SMALL) == ["L1 is not on the page create session"]
    assert cited(prose(source)) == {"L1"}


def test_texts_that_do_not_belong_together_make_no_citation() -> None:
    source = 'first = "(Adobe: logout,"\nsecond = " L1)"\n'
    assert "is not of the form" in " ".join(problems(prose(source), SMALL))
