"""What the code cites of Adobe's documentation: its pages, and rules by their ids.

A citation is `(Adobe: logout, L1 to L10; create session, N5)`: a page of `simulator/evidence/pages.toml`,
then rules that are taken from it. What no table of the code says row by row is in `backend/rules.toml`
and `backend/choices.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from simulator.domain.decisions import decision_rules
from simulator.domain.sessions import authentication_sessions, logout
from simulator.domain.sso import partner_sso
from simulator.evidence.pages import Page, pages

FOLDER: Final = Path(__file__).with_name("backend")
FILES: Final = ("rules", "choices")

MARK: Final = "Adobe:"
CITATION: Final = re.compile(rf"\({MARK}([^()]*)(\)?)")

_ID: Final = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule in our own words, with the pages that it is taken from; one of a table says nothing here."""

    id: str
    pages: tuple[str, ...]
    says: str = ""

    @property
    def family(self) -> str:
        """The letters of the id."""
        return family(self.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """All that can be cited: pages by their names, rules by their ids, and what families are called."""

    pages: Mapping[str, Page]
    rules: Mapping[str, Rule]
    families: Mapping[str, str]
    other_ids: Mapping[str, str]

    def rule(self, name: str) -> Rule | None:
        """The rule of this id; that of a decision may also be the one that its table has."""
        return self.rules.get(self.other_ids.get(name, name))


def family(rule: str) -> str:
    """The letters of a rule's id."""
    return rule.rstrip("0123456789")


def span(first: str, last: str) -> list[str]:
    """The ids from `first` to `last`; nothing where they are not of one family, or the wrong way round."""
    head, tail = _ID.fullmatch(first), _ID.fullmatch(last)
    if head is None or tail is None or head[1] != tail[1]:
        return []
    return [f"{head[1]}{number}" for number in range(int(head[2]), int(tail[2]) + 1)]


@cache
def backend() -> Backend:
    """What can be cited, from the data files and the tables of the code."""
    written = [tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")) for name in FILES]
    rules = [
        *_rows(_merged(written, "tables")),
        *(
            Rule(id=name, pages=tuple(each["pages"]), says=" ".join(each["says"].split()))
            for name, each in _merged(written, "rules").items()
        ),
    ]
    return Backend(
        pages=pages(),
        rules={each.id: each for each in sorted(rules, key=_place)},
        families=_merged(written, "families"),
        other_ids={each.id: each.journalled_as for each in decision_rules.ROWS},
    )


def _rows(tables: Mapping[str, Iterable[str]]) -> list[Rule]:
    ids = dict.fromkeys(
        (
            *(each.id for each in (*logout.ROWS, *authentication_sessions.ROWS)),
            *(each.journalled_as for each in decision_rules.ROWS),
            *(each.id for each in (*partner_sso.SESSION_ROWS, *partner_sso.PROFILE_ROWS)),
        )
    )
    return [Rule(id=each, pages=tuple(tables[family(each)])) for each in ids]


def _place(rule: Rule) -> tuple[str, int]:
    return rule.family, int(rule.id.removeprefix(rule.family))


def _merged(written: Iterable[Mapping[str, Any]], section: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in written:
        found |= each.get(section, {})
    return found
