"""The pages of the documentation: what they say to do is done, and comes out as they show it."""

import configparser
import json
import re
import tomllib
from pathlib import Path
from typing import Final

import pytest
import yaml

from simulator.scenarios import compiling
from simulator.scenarios.library import Library
from simulator.scenarios.loading import parse
from simulator.web.documentation import CONTENTS, contents
from tests.docs.pages import AROUND, FOLDER, PAGES, README, Block, blocks, read
from tests.docs.reader import Reader
from tests.support.inventory import every
from tests.support.packages import use_packages

EVERYTHING: Final = [README, *PAGES]
# What a page may show.
LANGUAGES: Final = frozenset(
    {"console", "html", "ini", "javascript", "json", "python", "sh", "toml", "typescript", "yaml"}
)
MOST_NOT_RUN: Final = 10
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def _name(page: Path) -> str:
    return page.stem


@pytest.mark.timeout(400)
@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_what_a_page_says_is_done_and_comes_out_as_shown(page: Path, tmp_path: Path) -> None:
    if any(block.language == "typescript" for block in blocks(read(page))):
        use_packages(tmp_path)
    reader = Reader(tmp_path)
    try:
        reader.read(read(page))
    finally:
        reader.close()


@every(EVERYTHING, _name)
def test_every_block_is_of_a_kind_that_is_checked(page: Path) -> None:
    for block in blocks(read(page)):
        if block.not_run is None and block.mark != "test command":
            assert block.language in LANGUAGES, block
            _check(block)


def _check(block: Block) -> None:
    if block.language == "json":
        json.loads(block.text)
    if block.language == "ini":
        configparser.ConfigParser().read_string(block.text)
    if block.language == "toml":
        tomllib.loads(block.text)
    if block.language == "yaml":
        yaml.safe_load(block.text)


@every(EVERYTHING, _name)
def test_every_scenario_that_is_shown_is_a_good_one(page: Path) -> None:
    for block in blocks(read(page)):
        if block.language == "yaml" and block.not_run is None:
            compiling.check(Library().resolve(parse(block.text)))


def test_few_blocks_cannot_be_run_and_each_says_why() -> None:
    reasons = [
        block.not_run
        for page in EVERYTHING
        for block in blocks(read(page))
        if block.not_run is not None
    ]
    assert all(len(each.split()) >= 3 for each in reasons)
    assert len(reasons) <= MOST_NOT_RUN


def test_the_contents_list_every_page_once_and_say_what_is_on_it() -> None:
    listed = [entry for section in contents() for entry in section.entries]
    names = sorted(_name(each) for each in PAGES if _name(each) != CONTENTS)
    assert sorted(each.name for each in listed) == names, "a page has a line in README.md"
    assert [each.name for each in listed if not each.about] == []


def test_a_page_is_called_what_the_contents_call_it() -> None:
    for section in contents():
        for entry in section.entries:
            assert read(FOLDER / f"{entry.name}.md").startswith(f"# {entry.title}\n"), entry


@every([*EVERYTHING, *AROUND], _name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(_without_blocks(read(page))):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        found = (page.parent / file).resolve() if file else page
        assert found.exists(), target
        if anchor:
            assert anchor in _anchors(found), target


@every(PAGES, _name)
def test_a_page_links_only_to_what_is_served_with_it(page: Path) -> None:
    for target in _LINK.findall(_without_blocks(read(page))):
        local = not target.startswith(("http://", "https://", "#"))
        # A page, or a picture in the folder of one.
        assert not local or re.fullmatch(r"[\w-]+\.md(#[\w-]+)?|[\w-]+/[\w-]+\.svg", target), target


def _anchors(page: Path) -> set[str]:
    found: list[str] = []
    for words in _HEADING.findall(_without_blocks(read(page))):
        slug = re.sub(r"[^\w\- ]", "", words.replace("`", "").lower()).replace(" ", "-")
        count = sum(
            each == slug or re.fullmatch(rf"{slug}-\d+", each) is not None for each in found
        )
        found.append(f"{slug}-{count}" if count else slug)
    return set(found)


def _without_blocks(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
