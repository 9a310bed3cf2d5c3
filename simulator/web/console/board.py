"""The lab board: every device that talks to the simulator now."""

import asyncio
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from simulator.http.readers import public_origin
from simulator.services.observe import board
from simulator.services.observe.board import Board

from .frame import at, digest, live, show

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


async def show_all(request: web.Request) -> web.StreamResponse:
    """`GET /console`: the board; with `live`, the part of it that changes, unless that is still the same."""
    found = await board.show(*at(request))
    # Beside the event loop, so that devices do not wait for it.
    return await asyncio.to_thread(_page, request, found)


def _page(request: web.Request, found: Board) -> web.Response:
    origin = public_origin(request)
    shown = {
        "board": found,
        "origin": origin,
        "local": (urlsplit(origin).hostname or "") in _LOCAL,
    }
    seen = digest((state_of(found), origin))
    if "live" in request.query:
        return live(request, "board_live.html", seen, **shown)
    return show(request, "board.html", "Board", seen=seen, **shown)


def state_of(found: Board) -> tuple[object, int]:
    """The board, and how its clock goes, without the time that has passed."""
    clock = found.now if found.frozen else found.now - found.real_now
    return replace(found, now=0, real_now=0), clock
