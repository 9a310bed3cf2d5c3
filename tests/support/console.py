"""The console as a browser without JavaScript has it: pages that are read, forms that are sent off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, cast

from lxml import html

from .lab import Lab
from .logins import FORM, form_of
from .replies import Reply

HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Page:
    """A page of the console."""

    reply: Reply

    @cached_property
    def tree(self) -> html.HtmlElement:
        return html.fromstring(self.reply.text)

    def texts(self, selector: str) -> list[str]:
        """What stands in the elements that an XPath finds, with blanks in a row made one."""
        return [" ".join(each.text_content().split()) for each in self._found(selector)]

    def attributes(self, selector: str, name: str) -> list[str]:
        return [str(each.get(name)) for each in self._found(selector)]

    @property
    def cards(self) -> dict[str, str]:
        """The text of each card of a board, by its heading."""
        cards = "//*[@id='board']/article"
        return dict(zip(self.texts(f"{cards}//h2"), self.texts(cards), strict=True))

    @property
    def told(self) -> str:
        """What the page tells of the action that led to it."""
        return " ".join(self.texts("//*[@class='told']"))

    @property
    def forms(self) -> list[str]:
        """Where the forms of the page go that act, whatever part of it they stand in."""
        actions = self.attributes("//form[@method='post']", "action")
        return [each.partition("?at=")[0] for each in actions]

    def _found(self, selector: str) -> list[html.HtmlElement]:
        return cast("list[html.HtmlElement]", self.tree.xpath(selector))


@dataclass(frozen=True, kw_only=True)
class Console:
    """A browser on the console, in the sandbox of `prefix`."""

    lab: Lab
    prefix: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    async def ask(self, path: str = "", **headers: str) -> Reply:
        """Whatever the console answers."""
        return await self.lab.call(
            "GET", f"{self.prefix}/console{path}", {**self.headers, **_named(headers)}
        )

    async def open(self, path: str = "", status: int = 200) -> Page:
        """A page."""
        reply = await self.ask(path)
        assert (reply.status, reply.headers["Content-Type"]) == (status, HTML), reply.text
        return Page(reply)

    async def send(self, path: str, fields: Mapping[str, str], **headers: str) -> Reply:
        """Send a form as a browser does."""
        sent = {"Origin": self.lab.origin, "Content-Type": FORM, **self.headers, **_named(headers)}
        return await self.lab.call("POST", f"{self.prefix}/console{path}", sent, **form_of(fields))

    async def act(self, path: str, /, **fields: str) -> Page:
        """Send a form that must work, and go where it leads."""
        reply = await self.send(path, fields)
        assert reply.status == 303, reply.text
        location = reply.headers["Location"]
        found = await self.lab.call("GET", location.partition("#")[0], self.headers)
        assert found.status == 200, found.text
        return Page(found)

    async def refused(self, path: str, status: int, /, **fields: str) -> str:
        """The text of the page that says why a form was not carried out."""
        reply = await self.send(path, fields)
        assert (reply.status, reply.headers["Content-Type"]) == (status, HTML), reply.text
        return " ".join(Page(reply).texts("//*[@role='alert']"))


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
