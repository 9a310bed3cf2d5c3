"""Markdown as the HTML of a documentation page, with anchors, and snippets that name this instance."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

SHOWN: Final = "http://127.0.0.1:8642"
"""Where the simulator is in the snippets as they are written down."""

_PAGE: Final = re.compile(r"([\w-]+)\.md(#.*)?")
_PUNCTUATION: Final = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """A heading within a page, and the anchor that leads to it."""

    text: str
    anchor: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Prose:
    """A page: its title, its headings of the second level, and its HTML."""

    title: str
    headings: tuple[Heading, ...]
    html: str


def prose(text: str, *, origin: str, link: Callable[[str], str]) -> Prose:
    """The Markdown `text` as a page, read at `origin`; `link` says where another page is."""
    markdown = _markdown()
    tokens = markdown.parse(text)
    title, headings = "", []
    taken: Counter[str] = Counter()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = _plain(tokens[place + 1])
            anchor = _anchor(words, taken)
            token.attrSet("id", anchor)
            tokens[place + 1].meta["anchor"] = anchor
            if token.tag == "h1":
                title = title or words
            elif token.tag == "h2":
                headings.append(Heading(text=words, anchor=anchor))
        for each in token.children or ():
            # With a path behind it: alone, it is the default of something.
            each.content = each.content.replace(f"{SHOWN}/", f"{origin}/")
            if each.type == "link_open":
                href = str(each.attrGet("href")).replace(f"{SHOWN}/", f"{origin}/")
                each.attrSet("href", _address(href, link))
    html = markdown.renderer.render(tokens, markdown.options, {"origin": origin})
    return Prose(title=title, headings=tuple(headings), html=html)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a page says below one of its headings, as plain text; the first part is headed by the title.

    `names` is what its tables list, the first column of each.
    """

    heading: str
    anchor: str
    text: str
    names: str


def parts(text: str) -> Iterator[Part]:
    """The parts of the Markdown `text`, down to headings of the third level, with the anchors of `prose`."""
    tokens = _markdown().parse(text)
    taken: Counter[str] = Counter()
    heading, anchor, found, names = "", "", list[str](), list[str]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            if heading:
                yield Part(heading=heading, anchor=anchor, text=_words(found), names=_words(names))
                found, names = [], []
            heading = _plain(tokens[place + 1])
            anchor = _anchor(heading, taken)
        elif token.type == "fence":
            found.append(token.content)
        elif token.type == "inline" and tokens[place - 1].type != "heading_open":
            found.append(_plain(token))
            if tokens[place - 2].type == "tr_open":
                names.append(_plain(token))
    yield Part(heading=heading, anchor=anchor, text=_words(found), names=_words(names))


def _words(found: list[str]) -> str:
    return " ".join(" ".join(found).split())


@cache
def _markdown() -> "MarkdownIt":

    markdown = MarkdownIt("commonmark").enable("table")
    markdown.add_render_rule("fence", _fence)
    markdown.add_render_rule("heading_close", _heading_close)
    markdown.add_render_rule("table_open", lambda *_: '<div class="wide"><table>\n')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return markdown


def _plain(inline: "Token") -> str:
    return "".join(
        " " if each.type == "softbreak" else each.content for each in inline.children or ()
    )


def _anchor(words: str, taken: Counter[str]) -> str:
    """The anchor of a heading, the same one that the repository's pages have for it."""
    slug = _PUNCTUATION.sub("", words.strip().lower()).replace(" ", "-")
    taken[slug] += 1
    return slug if taken[slug] == 1 else f"{slug}-{taken[slug] - 1}"


def _address(href: str, link: Callable[[str], str]) -> str:
    found = _PAGE.fullmatch(href)
    return link(found[1]) + (found[2] or "") if found else href


def _heading_close(_: object, tokens: Sequence["Token"], place: int, *__: object) -> str:
    tag, inline = tokens[place].tag, tokens[place - 1]
    if tag == "h1":
        return "</h1>\n"
    anchor = escape(str(inline.meta["anchor"]))
    return f' <a class="anchor" href="#{anchor}" aria-label="Link to this part">#</a></{tag}>\n'


def _fence(
    _: object, tokens: Sequence["Token"], place: int, __: object, env: dict[str, Any]
) -> str:
    token = tokens[place]
    text = escape(token.content.replace(SHOWN, env["origin"]), quote=False)
    if token.info.strip() != "console":
        return f"<pre><code>{text}</code></pre>\n"
    return f'<pre class="console"><code>{_typed(text)}</code></pre>\n'


def _typed(text: str) -> str:
    """A text of the terminal, in which what is typed stands out."""
    lines, command = [], False
    for line in text.split("\n"):
        command = command or line.startswith("$ ")
        lines.append(f'<b class="typed">{line}</b>' if command else line)
        command = command and line.endswith("\\")
    return "\n".join(lines)
