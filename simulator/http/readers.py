"""What a request says of itself besides its sandbox: its form, and what URLs for its client begin with."""

from typing import Final
from urllib.parse import parse_qsl

from aiohttp import hdrs, web

from simulator.domain.texts import storable

from .bodies import body_of
from .endpoint import SETTINGS
from .origin import InvalidOrigin
from .request_context import REQUEST_CONTEXT

FORM: Final = "application/x-www-form-urlencoded"

# What every browser of people says it is, one engine or the other. The web view of an app on an Apple device
# does not, and one on Android says that it is one.
_BROWSERS: Final = ("Safari/", "Firefox/")
_WEB_VIEW: Final = "; wv)"


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


def in_a_browser(request: web.Request) -> bool:
    """Whether a browser's own window shows the answer to somebody, rather than an app its web view.

    What is neither, such as a test's client of HTTP, is no browser.
    """
    agent = request.headers.get(hdrs.USER_AGENT, "")
    return (
        any(name in agent for name in _BROWSERS)
        and _WEB_VIEW not in agent
        and "text/html" in request.headers.get(hdrs.ACCEPT, "")
        and "X-Requested-With" not in request.headers
    )


def public_origin(request: web.Request) -> str:
    """Scheme, host and, where the request came under one, the path prefix of its sandbox."""
    prefix = request[REQUEST_CONTEXT].prefix
    origin = instance_origin(request)
    return f"{origin}/s/{prefix}" if prefix else origin


def instance_origin(request: web.Request) -> str:
    """Scheme and host, whichever the sandbox.

    `--public-url` wins, else it is where the client reached us. Raises `InvalidOrigin` where that is nowhere.
    """
    context = request[REQUEST_CONTEXT]
    origin = request.app[SETTINGS].public_url
    if origin is None:
        if context.origin.problem:
            raise InvalidOrigin(context.origin.problem)
        origin = context.origin.url
    return origin
