"""Reading form bodies leniently: under any content type, or none."""

from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

FORM: Final = "application/x-www-form-urlencoded"


async def form(request: web.Request) -> dict[str, list[str]]:
    """The parameters of the form in the body, each with all its values; what is no form is ignored."""
    body = (await request.read()).decode(errors="replace")
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found
