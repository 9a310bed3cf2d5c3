"""`/docs`: the documentation that comes along, as pages to read without the internet."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from simulator import __version__
from simulator.http.pages import page, rendered
from simulator.http.readers import public_origin

from .markdown import prose

PATH: Final = "/docs"
FOLDER: Final = Path(__file__).resolve().parents[1] / "docs"
CONTENTS: Final = "README"
"""The page that lists the others; the sidebar shows its sections and links."""

_SECTION: Final = re.compile(r"^## (.+)$|^- \[(.+?)\]\(([\w-]+)\.md\)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A page as the contents name it."""

    name: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Pages under one heading of the contents."""

    title: str
    entries: tuple[Entry, ...]


def contents() -> tuple[Section, ...]:
    """The sections of the documentation, as its first page lists them."""
    sections: dict[str, list[Entry]] = {}
    title = ""
    for heading, words, name in _SECTION.findall(_text(CONTENTS)):
        title = heading or title
        if name:
            sections.setdefault(title, []).append(Entry(name=name, title=words))
    return tuple(Section(title=each, entries=tuple(of)) for each, of in sections.items())


async def show_contents(request: web.Request) -> web.Response:
    """`GET /docs`: what there is to read."""
    return await _answer(request, CONTENTS)


async def show(request: web.Request) -> web.Response:
    """`GET /docs/{page}`: one page of it."""
    name = request.match_info["page"]
    if name not in {each.name for each in _entries(contents())}:
        return _unknown(request, name)
    return await _answer(request, name)


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
