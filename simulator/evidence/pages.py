"""The pages of Adobe's documentation that are cited, which are listed in `pages.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

SITE: Final = "https://experienceleague.adobe.com/en/docs/pass/authentication/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A page: what citations call it, its title, and its path in Adobe's repository of pages."""

    name: str
    title: str
    path: str

    @property
    def url(self) -> str:
        """Where the page is published."""
        return SITE + self.path.removesuffix(".md")


@cache
def pages() -> Mapping[str, Page]:
    """Each page by what citations call it."""
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {
        name: Page(name=name, title=title, path=path)
        for name, (title, path) in written["pages"].items()
    }
