"""Logos of providers that have none of their own: a picture with the provider's name on its colour."""

import hashlib
from html import escape
from typing import Final

from aiohttp import web

_WIDTH: Final = 224
_HEIGHT: Final = 66
_TALLEST: Final = 30
_LONGEST: Final = 60
_HEADERS: Final = {
    "Content-Type": "image/svg+xml",
    "Cache-Control": "public, max-age=86400",
    # The name comes from the address, so the picture is kept from doing anything.
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


async def show(request: web.Request) -> web.Response:
    """`GET /logos/{name}`: the same picture for the same name, always and everywhere."""
    name = request.match_info["name"].removesuffix(".svg")
    return web.Response(body=picture(name).encode(), headers=_HEADERS)


def picture(name: str) -> str:
    """An SVG with `name` in it, twice the size that Adobe's pages show for logos."""
    shown = "".join(each for each in name if each.isprintable())[:_LONGEST]
    hue = int.from_bytes(hashlib.sha256(name.encode(errors="replace")).digest()[:2]) % 360
    # Letters are about six tenths as wide as they are tall.
    size = max(6, min(_TALLEST, int((_WIDTH - 24) / (0.6 * max(len(shown), 1)))))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}"><rect width="100%" height="100%" rx="8" '
        f'fill="hsl({hue},50%,32%)"/><text x="50%" y="50%" fill="#fff" font-family="sans-serif" '
        f'font-size="{size}" text-anchor="middle" dominant-baseline="central">{escape(shown)}</text></svg>\n'
    )
