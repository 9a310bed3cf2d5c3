"""What a request says of itself besides its sandbox: its form, and where the client reached us."""

from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from simulator.domain.texts import storable

from .bodies import body_of
from .endpoint import SETTINGS
from .request_context import REQUEST_CONTEXT

FORM: Final = "application/x-www-form-urlencoded"


async def form(request: web.Request) -> dict[str, list[str]]:
    """The parameters of the form in the body, each with all its values; what is no form is ignored."""
    body = (await body_of(request)).decode("utf-8-sig", errors="replace")
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


async def relayed_code(request: web.Request) -> str | None:
    """The code that a provider's response came back with, at the one address for all sandboxes."""
    values = (await form(request)).get("RelayState")
    return storable(values[0]) if values else None


def public_origin(request: web.Request) -> str:
    """Scheme, host and, where the request came under one, the path prefix of its sandbox."""
    prefix = request[REQUEST_CONTEXT].prefix
    origin = instance_origin(request)
    return f"{origin}/s/{prefix}" if prefix else origin


def instance_origin(request: web.Request) -> str:
    """Scheme and host, whichever the sandbox.

    `--public-url` wins; else the first values of X-Forwarded-Proto and X-Forwarded-Host; else what
    the request itself says.
    """
    origin = request.app[SETTINGS].public_url
    if origin is None:
        headers, scheme, host = request.headers, request.scheme, request.host
        if forwarded := headers.get("X-Forwarded-Proto"):
            scheme = first_value(forwarded) or scheme
        if forwarded := headers.get("X-Forwarded-Host"):
            host = first_value(forwarded) or host
        origin = storable(f"{scheme}://{host}")
    return origin


def device_address(request: web.Request) -> tuple[str | None, int | None]:
    """Where the device is: the first address in X-Forwarded-For, else the peer's; and the peer's port.

    (Adobe: retrieve session, API4)
    """
    peer = request.transport.get_extra_info("peername") if request.transport else None
    address, port = peer[:2] if isinstance(peer, tuple) else (None, None)
    return storable(first_value(request.headers.get("X-Forwarded-For", ""))) or address, port


def first_value(values: str) -> str:
    """The first of several values of a header, which is what the client had."""
    return values.partition(",")[0].strip()
