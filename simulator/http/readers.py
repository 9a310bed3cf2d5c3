"""What a request says of itself besides its sandbox: its form, and what URLs for its client begin with."""

from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from .endpoint import SETTINGS
from .origin import InvalidOrigin
from .request_context import REQUEST_CONTEXT

FORM: Final = "application/x-www-form-urlencoded"


async def form(request: web.Request) -> dict[str, list[str]]:
    """The parameters of the form in the body, each with all its values; what is no form is ignored."""
    body = (await request.read()).decode(errors="replace")
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def public_origin(request: web.Request) -> str:
    """Scheme, host and, where the request came under one, the path prefix of its sandbox.

    `--public-url` wins, else it is where the client reached us. Raises `InvalidOrigin` where that is nowhere.
    """
    context = request[REQUEST_CONTEXT]
    origin = request.app[SETTINGS].public_url
    if origin is None:
        if context.origin.problem:
            raise InvalidOrigin(context.origin.problem)
        origin = context.origin.url
    return f"{origin}/s/{context.prefix}" if context.prefix else origin
