"""The documentation as the running process serves it, and the page that a browser finds first."""

import json
import re
from html.parser import HTMLParser
from typing import Final

import pytest

from simulator.web.documentation import FOLDER
from simulator.web.markdown import SHOWN
from tests.conftest import MakeLab
from tests.support.lab import Lab

NAMES: Final = sorted(each.stem for each in FOLDER.glob("*.md") if each.stem != "README")


class _Links(HTMLParser):
    """The links of a page, and the anchors that it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.anchors: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"a", "link"} and (href := given.get("href")):
            self.links.append(href)
        if tag == "img" and (source := given.get("src")):
            self.pictures.append(source)
        if anchor := given.get("id"):
            self.anchors.append(anchor)


async def _page(lab: Lab, path: str) -> str:
    reply = await lab.call("GET", path)
    assert reply.status == 200, path
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    return reply.text


async def test_every_picture_is_served_where_its_page_looks_for_it(lab: Lab) -> None:
    page = _Links(await _page(lab, "/docs/performance"))
    shown = [*page.pictures, *(each for each in page.links if each.endswith(".svg"))]
    assert {"performance/bench.svg", "performance/peers.svg"} <= {*shown}
    for each in shown:
        reply = await lab.call("GET", f"/docs/{each}")
        assert (reply.status, reply.headers["Content-Type"]) == (200, "image/svg+xml"), each
        assert "<svg" in reply.text


@pytest.mark.parametrize(
    "path", ["performance/no.svg", "performance/bench.md", "no/bench.svg", "..%2Fdocs/bench.svg"]
)
async def test_nothing_else_is_served_as_a_picture(lab: Lab, path: str) -> None:
    reply = await lab.call("GET", f"/docs/{path}")
    assert reply.status == 404
    assert "No such page" in reply.text


async def test_every_page_is_served_and_every_link_on_it_leads_somewhere(lab: Lab) -> None:
    seen: dict[str, _Links] = {}
    left = ["/docs"]
    wanted: set[tuple[str, str]] = set()
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen[path] = found = _Links(await _page(lab, path))
        assert len(found.anchors) == len(set(found.anchors)), path
        for link in found.links:
            target, _, anchor = link.removeprefix(lab.origin).partition("#")
            if anchor:
                wanted.add((target or path, anchor))
            if target.startswith("/docs") and not target.endswith(".md"):
                left.append(target)
    assert {f"/docs/{name}" for name in NAMES} | {"/docs"} == seen.keys()
    assert [each for each in wanted if each[1] not in seen[each[0]].anchors] == []


async def test_every_page_is_also_served_as_it_is_written(lab: Lab) -> None:
    for name in ["README", *NAMES]:
        reply = await lab.call("GET", f"/docs/{name}.md")
        assert reply.headers["Content-Type"] == "text/markdown; charset=utf-8"
        written = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        assert reply.text == written.replace(f"{SHOWN}/", f"{lab.origin}/")


async def test_language_models_find_what_this_is_and_each_page(lab: Lab) -> None:
    reply = await lab.call("GET", "/llms.txt")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    # See https://llmstxt.org: a title, a summary in a quotation, and sections that are lists of links.
    title, _, summary, *rest = reply.text.splitlines()
    assert title == "# pass-simulator"
    assert summary.startswith("> A stand-in for the Adobe Pass Authentication backend")
    links = [each for each in rest if each and not each.startswith("## ")]
    pattern = rf"- \[[^]]+\]\({re.escape(lab.origin)}/docs/([\w-]+)\.md\): .+"
    found = [re.fullmatch(pattern, each) for each in links]
    assert sorted(each[1] for each in found if each) == NAMES
    assert len(found) == len(NAMES)


async def test_the_index_leads_to_every_part_of_every_page_and_is_small(lab: Lab) -> None:
    packed = await lab.call("GET", "/docs/search.json", {"Accept-Encoding": "gzip"})
    plain = await lab.call("GET", "/docs/search.json", {"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < 200_000
    assert "Content-Encoding" not in plain.headers
    index = json.loads(plain.text)
    assert sorted(path for path, _, _ in index["pages"]) == [f"/docs/{name}" for name in NAMES]
    anchors: dict[str, set[str]] = {}
    for page, anchor, _heading, _text, _names in index["parts"]:
        anchors.setdefault(index["pages"][page][0], set()).add(anchor)
    for path, wanted in anchors.items():
        assert wanted == {*_Links(await _page(lab, path)).anchors} - {"search", "found"}, path


async def test_the_index_knows_texts_commands_and_what_tables_list(lab: Lab) -> None:
    index = json.loads((await lab.call("GET", "/docs/search.json")).text)
    errors = index["pages"].index(["/docs/reference-errors", "Error codes", "Reference"])
    [_, _, _, text, names] = next(each for each in index["parts"] if each[0] == errors)
    assert "authorization_denied_by_mvpd" in names
    assert "The 47 enhanced error codes" in text
    assert any("make run pass-simulator ready on" in each[3] for each in index["parts"])


async def test_nothing_on_a_page_comes_from_elsewhere(lab: Lab) -> None:
    for name in NAMES:
        text = await _page(lab, f"/docs/{name}")
        assert not re.search(r"""(?:src|srcset|@import)\s*[=(]?\s*["']?\s*(?:https?:)?//""", text)
        assert "<link" not in text.replace('<link rel="icon" href="data:,">', "")


async def test_snippets_name_the_simulator_that_shows_them(lab: Lab) -> None:
    text = await _page(lab, "/docs/quick-start")
    assert f"$ curl -s -X POST {lab.origin}/admin/v1/tokens" in text
    assert f"{lab.origin}/activate" in _Links(text).links
    assert SHOWN not in text
    assert SHOWN in await _page(lab, "/docs/reference-command-line")


async def test_the_sidebar_knows_where_the_reader_is(lab: Lab) -> None:
    text = await _page(lab, "/docs/quick-start")
    assert re.search(r'href="[^"]+/docs/quick-start" aria-current="page">Quick start</a>', text)


@pytest.mark.parametrize("name", ["nothing", "README", "..%2F..%2Fapp", "%22%3E%3Cscript%3E"])
async def test_a_page_that_is_not_there_is_a_404_with_the_way_back(lab: Lab, name: str) -> None:
    reply = await lab.call("GET", f"/docs/{name}")
    assert reply.status == 404
    assert f"{lab.origin}/docs" in _Links(reply.text).links
    assert "<script>" not in reply.text


async def test_a_host_name_cannot_bring_markup_along(lab: Lab) -> None:
    given = {"X-Forwarded-Host": '"><script>alert(1)</script>'}
    for path in ("/", "/docs", "/docs/quick-start"):
        assert "<script>alert" not in (await lab.call("GET", path, given)).text


async def test_the_start_page_leads_to_what_is_served(lab: Lab) -> None:
    links = [each for each in _Links(await _page(lab, "/")).links if each.startswith("http")]
    assert f"{lab.origin}/docs" in links
    assert f"{lab.origin}/admin/v1/docs" in links
    for link in links:
        assert (await lab.call("GET", link.removeprefix(lab.origin))).status == 200, link


async def test_the_start_page_of_a_sandbox_keeps_to_it(lab: Lab) -> None:
    await lab.admin("POST", "sandboxes", {"id": "ci-42"})
    text = await _page(lab, "/s/ci-42/")
    assert "in the sandbox ci-42" in text
    assert f"{lab.origin}/s/ci-42/activate" in _Links(text).links
    assert f"{lab.origin}/docs" in _Links(text).links


async def test_it_is_open_where_the_admin_api_asks_for_a_token(lab_with: MakeLab) -> None:
    lab = await lab_with(admin_token="a-long-secret")
    assert "a-long-secret" not in await _page(lab, "/docs/quick-start")
    await _page(lab, "/")
