"""`/docs`: the documentation that comes along, as pages to read without the internet."""

import asyncio
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from aiohttp import web

from simulator import __version__
from simulator.http.endpoint import JSON_TYPE
from simulator.http.pages import page, rendered
from simulator.http.readers import public_origin
from simulator.json_codec import to_json

from .markdown import SHOWN, parts, prose

PATH: Final = "/docs"
FOLDER: Final = Path(__file__).resolve().parents[1] / "docs"
CONTENTS: Final = "README"
"""The page that lists the others; the sidebar shows its sections and links."""

_SECTION: Final = re.compile(r"^## (.+)$|^- \[(.+?)\]\(([\w-]+)\.md\)(?:: (.+))?$", re.MULTILINE)
_RAW: Final = ".md"
"""A page's address with this behind it is the page as it is written, for programs."""

_MARKDOWN: Final = "text/markdown"
_KEPT: Final = {"Cache-Control": "max-age=600"}
"""From one page to the next, and not from one version to another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A page as the contents name it; `about` is what they say of it, perhaps nothing."""

    name: str
    title: str
    about: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Pages under one heading of the contents."""

    title: str
    entries: tuple[Entry, ...]


def contents() -> tuple[Section, ...]:
    """The sections of the documentation, as its first page lists them."""
    sections: dict[str, list[Entry]] = {}
    title = ""
    for heading, words, name, about in _SECTION.findall(_text(CONTENTS)):
        title = heading or title
        if name:
            sections.setdefault(title, []).append(Entry(name=name, title=words, about=about))
    return tuple(Section(title=each, entries=tuple(of)) for each, of in sections.items())


async def show_contents(request: web.Request) -> web.Response:
    """`GET /docs`: what there is to read."""
    return await _answer(request, CONTENTS)


async def show(request: web.Request) -> web.Response:
    """`GET /docs/{page}`: one page of it; with `.md` behind its name, as Markdown."""
    name = request.match_info["page"]
    known = {each.name for each in _entries(contents())}
    if name.endswith(_RAW) and (written := name.removesuffix(_RAW)) in {CONTENTS, *known}:
        return await _raw(request, written)
    if name not in known:
        return _unknown(request, name)
    return await _answer(request, name)


async def show_search(request: web.Request) -> web.Response:
    """`GET /docs/search.json`: the words of all pages, which a page looks through by itself."""
    whole, packed = await asyncio.to_thread(_index)
    headers = {"Content-Type": JSON_TYPE, "Vary": "Accept-Encoding", **_KEPT}
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=whole, headers=headers)
    return web.Response(body=packed, headers={**headers, "Content-Encoding": "gzip"})


async def show_script(_request: web.Request) -> web.Response:
    """`GET /docs/search.js`: what looks through them."""
    script = Path(__file__).with_name("static") / "search.js"
    body = await asyncio.to_thread(script.read_bytes)
    return web.Response(
        body=body, content_type="text/javascript", charset="utf-8", headers={**_KEPT}
    )


async def show_llms(request: web.Request) -> web.Response:
    """`GET /llms.txt`: what this is, and where each page is as Markdown, for language models."""
    text = await asyncio.to_thread(_llms, public_origin(request))
    return web.Response(text=text, content_type="text/plain")


async def show_picture(request: web.Request) -> web.Response:
    """`GET /docs/{page}/{picture}`: a picture that a page shows."""
    folder, name = request.match_info["page"], request.match_info["picture"]
    pictures = await asyncio.to_thread(_pictures)
    found = pictures.get(f"{folder}/{name}")
    if found is None:
        return _unknown(request, f"{folder}/{name}")
    content = await asyncio.to_thread(found.read_bytes)
    return web.Response(body=content, content_type="image/svg+xml")


def _pictures() -> dict[str, Path]:
    """The pictures of all pages, each by the name of its folder and its own."""
    return {f"{each.parent.name}/{each.name}": each for each in FOLDER.glob("*/*.svg")}


def _unknown(request: web.Request, name: str) -> web.Response:
    return page(
        request,
        "no_page.html",
        status=404,
        title="No such page",
        name=name,
        contents=public_origin(request) + PATH,
    )


async def _answer(request: web.Request, name: str) -> web.Response:
    text = await asyncio.to_thread(_page, name, public_origin(request))
    return web.Response(text=text, content_type="text/html")


async def _raw(request: web.Request, name: str) -> web.Response:
    text = await asyncio.to_thread(_text, name)
    here = text.replace(f"{SHOWN}/", f"{public_origin(request)}/")
    return web.Response(text=here, content_type=_MARKDOWN)


@cache
def _index() -> tuple[bytes, bytes]:
    """What `search.js` looks through, as it is and packed: each page, and each part of one with its words.

    Made when somebody searches for the first time, for reading all pages takes a moment.
    """
    pages: list[tuple[str, ...]] = []
    found: list[tuple[int | str, ...]] = []
    for section in contents():
        for entry in section.entries:
            found += [
                (len(pages), each.anchor, each.heading, each.text, each.names)
                for each in parts(_text(entry.name))
            ]
            pages.append((f"{PATH}/{entry.name}", entry.title, section.title))
    whole = to_json({"pages": pages, "parts": found})
    return whole, gzip.compress(whole, mtime=0)


def _llms(origin: str) -> str:
    """The contents in the form of https://llmstxt.org: a title, a summary, and sections of links."""
    introduction = _text(CONTENTS).partition("\n## ")[0]
    title, _, summary = introduction.partition("\n")
    lines = [title, "", f"> {' '.join(summary.split())}"]
    for section in contents():
        lines += ["", f"## {section.title}", ""]
        lines += [
            f"- [{each.title}]({origin}{PATH}/{each.name}{_RAW})"
            + (f": {each.about}" if each.about else "")
            for each in section.entries
        ]
    return "\n".join(lines) + "\n"


def _page(name: str, origin: str) -> str:

    def link(name: str) -> str:
        return f"{origin}{PATH}" if name == CONTENTS else f"{origin}{PATH}/{name}"

    sections = contents()
    order = [CONTENTS, *(each.name for each in _entries(sections))]
    place = order.index(name)
    titles = {each.name: each.title for each in _entries(sections)} | {CONTENTS: "Contents"}
    around = {
        "before": order[place - 1] if place else None,
        "after": order[place + 1] if place + 1 < len(order) else None,
    }
    return rendered(
        "documentation.html",
        name=name,
        contents=CONTENTS,
        sections=sections,
        titles=titles,
        link=link,
        origin=origin,
        version=__version__,
        prose=prose(_text(name), origin=origin, link=link),
        **around,
    )


def _entries(sections: tuple[Section, ...]) -> Iterator[Entry]:
    return (entry for section in sections for entry in section.entries)


def _text(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")
