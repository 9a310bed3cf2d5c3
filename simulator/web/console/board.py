"""The lab board: every device that talks to the simulator now."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from aiohttp import web

from simulator.http.console_pages import PATH, base
from simulator.http.readers import public_origin
from simulator.services.observe import board
from simulator.services.observe.board import Board, Present

from .formatting import slug
from .frame import address, at, digest, live, show, text
from .phone import phone_address

FEW: Final = 6
"""So many devices are shown with all that is known of them; more as a list, of which one is open."""

_BAD: Final = 400

KINDS: Final[Mapping[str, tuple[str, Callable[[Present], bool]]]] = {
    "code": ("with a code", lambda each: bool(each.codes)),
    "in": ("logged in", lambda each: any(one.valid for one in each.profiles)),
    "out": ("not logged in", lambda each: not any(one.valid for one in each.profiles)),
    "error": ("last answered with an error", lambda each: _status(each) >= _BAD),
    "quiet": ("silent", lambda each: each.quiet),
}
"""Which devices can be asked for: in words, and what holds of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What somebody wants to see of a board: the devices with `words`, of one of `KINDS`.

    `view` is cards, list, or "" for what suits their number; `open` the device that is open in a list.
    """

    words: str = ""
    kind: str = ""
    view: str = ""
    open: str = ""

    def address(self, path: str, **changes: str) -> str:
        """The page that shows it, or with `changes` another one."""
        asked = {"q": self.words, "show": self.kind, "view": self.view, "open": self.open}
        return address(path, **{**asked, **changes})

    def finds(self, present: Present) -> bool:
        """Whether the device is asked for."""
        if self.kind and not KINDS[self.kind][1](present):
            return False
        known = " ".join(_known(present)).casefold()
        return all(word in known for word in self.words.casefold().split())


async def show_all(request: web.Request) -> web.StreamResponse:
    """`GET /console`: the board; with `live`, the part of it that changes, unless that is still the same.

    `q` are words that a device has, `show` is one of `KINDS`, `view` cards or list, `open` the device that is
    open in a list.
    """
    found = await board.show(*at(request))
    # Beside the event loop, so that devices do not wait for it.
    return await asyncio.to_thread(_page, request, found)


def _page(request: web.Request, found: Board) -> web.Response:
    kind, view = text(request, "show"), text(request, "view")
    asked = Asked(
        words=text(request, "q"),
        kind=kind if kind in KINDS else "",
        view=view if view in {"cards", "list"} else "",
        open=text(request, "open"),
    )
    devices = tuple(filter(asked.finds, found.devices))
    cards = asked.view == "cards" or (not asked.view and len(devices) <= FEW)
    opened = devices[0].device if len(devices) == 1 else asked.open
    path, phone = base(request) + PATH, phone_address(request)
    shown = {
        "board": found,
        "devices": devices,
        "cards": cards,
        "opened": opened,
        "asked": asked,
        "path": path,
        "here": asked.address(path),
        "kinds": {name: words for name, (words, _) in KINDS.items()},
        "origin": public_origin(request),
        "phone": phone,
    }
    told_at = _told_at(request, devices if cards else (), opened)
    if told_at is not None:
        shown["told_at"] = told_at
    seen = digest((state_of(replace(found, devices=devices)), len(found.devices), phone, opened))
    if "live" in request.query:
        return live(request, "board_live.html", seen, **shown)
    return show(request, "board.html", "Board", seen=seen, **shown)


def _told_at(request: web.Request, cards: tuple[Present, ...], opened: str) -> str | None:
    """None, or "" where the card that a message is for is not there any more: the page says it then."""
    marks = {mark(opened), *(mark(each.device) for each in cards)}
    return None if request.query.get("at") in marks else ""


def mark(device: str) -> str:
    """The id of the card of a device."""
    return f"d-{slug(device)}"


def _known(present: Present) -> Iterator[str]:
    """All that a device can be found by."""
    last = present.last
    yield from filter(
        None,
        (
            present.device,
            present.name,
            present.platform,
            present.application,
            present.client,
            present.service_provider,
            *((last.operation, str(last.status), last.rule, last.error) if last else ()),
        ),
    )
    for code in present.codes:
        yield code.session.id
        yield code.session.mvpd or ""
    for held in present.profiles:
        yield held.profile.mvpd
        yield held.viewer or ""


def _status(present: Present) -> int:
    return (present.last.status or 0) if present.last else 0


def state_of(found: Board) -> tuple[object, int]:
    """The board, and how its clock goes, without the time that has passed."""
    clock = found.now if found.frozen else found.now - found.real_now
    return replace(found, now=0, real_now=0), clock
