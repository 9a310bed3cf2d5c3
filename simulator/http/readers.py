"""What a request says of itself besides its sandbox: its form, and where the client reached us."""

from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from simulator.domain.texts import storable

from .endpoint import SETTINGS
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

    `--public-url` wins; else the first values of X-Forwarded-Proto and X-Forwarded-Host; else what
    the request itself says.
    """
    origin = request.app[SETTINGS].public_url
    if origin is None:
        headers, scheme, host = request.headers, request.scheme, request.host
        if forwarded := headers.get("X-Forwarded-Proto"):
            scheme = _first(forwarded) or scheme
        if forwarded := headers.get("X-Forwarded-Host"):
            host = _first(forwarded) or host
        origin = storable(f"{scheme}://{host}")
    prefix = request[REQUEST_CONTEXT].prefix
    return f"{origin}/s/{prefix}" if prefix else origin


def _first(values: str) -> str:
    return values.partition(",")[0].strip()
