"""What is wrong with the citations of a text: each names a page of Adobe's and rules that stand on it."""

import io
import re
import tokenize
from collections.abc import Iterator
from typing import Final

from tests.docs.backend import CITATION, MARK, Backend, span

_ID: Final = r"[A-Z]{1,4}\d{1,2}"
_SPAN: Final = rf"{_ID}(?: to {_ID})?"
_IDS: Final = rf"{_SPAN}(?:(?:, (?:and )?| and ){_SPAN})*"

_PART: Final = re.compile(rf" ([^,;]+), ({_SPAN}(?:, {_SPAN})*)")
_ROWS: Final = re.compile(rf"\b[Rr]ows? ({_IDS})")
_BARE: Final = re.compile(rf"\((?:see )?({_IDS})\)")

# Documents that are nowhere in the repository. A rule about what Adobe's pages leave open, or one of our own
# numbers for those pages, says nothing without the page.
_ABSENT: Final = re.compile(r"\b(?:CONTRACT|DESIGN|HOUSE|ANCHORS)\b(?!_)")
_PAGELESS: Final = re.compile(r"[CS]\d+")

_TRACE: Final = re.compile(
    rf"{MARK}|{_ABSENT.pattern}|\b[Rr]ows?\s+\W?\s*{_ID}|\(\s*(?:see\s+)?{_ID}"
)


def problems(text: str, backend: Backend) -> list[str]:
    """What is wrong with `text`; of Python, give its `prose`."""
    told = " ".join(text.split())
    return [*_absent(told), *_cited_badly(told, backend), *_unknown_rows(told, backend)]


def cited(text: str) -> set[str]:
    """The ids of rules that citations in `text` name."""
    told = " ".join(text.split())
    parts = [part for each in CITATION.finditer(told) for part in _PART.finditer(each[1])]
    return {rule for part in parts for rule in _ids(part[2])}


def prose(source: str) -> str:
    """The comments and strings of Python source, those that belong together without what parts them.

    Nothing, where there is not a trace of a citation: reading all tokens of a repository takes a while.
    """
    if not _TRACE.search(source):
        return ""
    found: list[str] = []
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            found.append(("" if before == tokenize.COMMENT else _APART) + token.string.lstrip("#"))
        elif token.type in _STRINGS:
            body = re.sub(r"^[a-zA-Z]*(\"\"\"|'''|\"|')|(\"\"\"|'''|\"|')$", "", token.string)
            found.append(("" if before in _STRINGS else _APART) + body)
        elif token.type == tokenize.NL:
            continue
        before = token.type
    return "".join(found)


_APART: Final = "\n|\n"
# Python 3.12 and later take strings that hold expressions apart.
_STRINGS: Final = frozenset({tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)})


def _absent(told: str) -> Iterator[str]:
    for each in _ABSENT.finditer(told):
        yield f"{_around(told, each)} names a document that is not in the repository"
    for each in _BARE.finditer(told):
        if _PAGELESS.match(each[1]):
            yield f"{each[0]} names no page"


def _cited_badly(told: str, backend: Backend) -> Iterator[str]:
    for each in CITATION.finditer(told):
        parts = [_PART.fullmatch(part) for part in each[1].split(";")]
        if not each[2] or None in parts:
            yield f"{_around(told, each)} is not of the form ({MARK} page, L1 to L4; page, N5)"
        for part in filter(None, parts):
            yield from _part_cited_badly(part[1], part[2], backend)


def _part_cited_badly(page: str, rules: str, backend: Backend) -> Iterator[str]:
    if page not in backend.pages:
        yield f"{page} is no page of the reference"
        return
    for name in _ids(rules):
        rule = backend.rules.get(name)
        if rule is None:
            yield f"{name} is no rule of the reference"
        elif page not in rule.pages:
            yield f"{name} is not on the page {page}"


def _unknown_rows(told: str, backend: Backend) -> Iterator[str]:
    for each in (*_ROWS.finditer(told), *_BARE.finditer(told)):
        for name in _ids(each[1]):
            if backend.rule(name) is None and not _PAGELESS.fullmatch(name):
                yield f"{each[0]}: {name} is no rule of the reference"


def _ids(rules: str) -> list[str]:
    """The single ids; a range that is none stays as it is written, so that no rule has its id."""
    found: list[str] = []
    for each in re.split(r", (?:and )?| and ", rules):
        first, _, last = each.partition(" to ")
        found += (span(first, last) or [each]) if last else [first]
    return found


def _around(told: str, found: re.Match[str]) -> str:
    return told[max(0, found.start() - 20) : found.end() + 20]
