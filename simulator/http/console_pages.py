"""The door of the console, which asks for the admin API's token once, and the frame of its pages."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from simulator.services.errors import AdminError, NotFound, Unauthorized

from .endpoint import ADMIN_TOKEN, SETTINGS
from .pages import page
from .request_context import context_of

COOKIE: Final = "pass_simulator_console"
PATH: Final = "/console"
LOGIN: Final = f"{PATH}/login"
STATIC: Final = f"{PATH}/static"

_PART: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_SAFE: Final = frozenset({"GET", "HEAD"})
_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    # Nothing comes from elsewhere, and no script or style stands in the page itself.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def may_enter(request: web.Request) -> bool:
    """Whether the request has the token, or the cookie that was given for it, or needs neither."""
    token = request.app.get(ADMIN_TOKEN)
    if token is None:
        return True
    shown = request.cookies.get(COOKIE, "")
    return same(shown, pass_for(token)) or same(context_of(request).bearer or "", token)


def pass_for(token: str) -> str:
    """What the cookie holds instead of the token: it opens the console, and nothing else."""
    return hmac.new(token.encode(), b"console", hashlib.sha256).hexdigest()


def same(given: str, wanted: str) -> bool:
    """Whether two secrets are the same, without telling by the time it takes."""
    return hmac.compare_digest(given.encode(errors="surrogateescape"), wanted.encode())


def root(request: web.Request) -> str:
    """The path that a proxy puts the console under, "" where there is none."""
    public = request.app[SETTINGS].public_url
    return urlsplit(public).path if public else context_of(request).origin.prefix


def base(request: web.Request) -> str:
    """What the console's links begin with, so that they stay in the sandbox of the page."""
    prefix = context_of(request).prefix
    return f"{root(request)}/s/{prefix}" if prefix else root(request)


def by_htmx(request: web.Request) -> bool:
    """Whether a script of the page asks, which puts the answer into the page."""
    return "HX-Request" in request.headers


def part_of(request: web.Request) -> str:
    """The id of the part of the page in which the form stands that was sent off; "" where it does not say."""
    part = request.query.get("at", "")
    return part if _PART.fullmatch(part) else ""


def console_page(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **names: object,
) -> web.Response:
    """The page of the console made from `template` with `names`."""
    return page(
        request,
        f"console/{template}",
        status=status,
        headers={**_HEADERS, **(headers or {})},
        root=root(request),
        base=base(request),
        asset=lambda name: root(request) + asset(name),
        locked=ADMIN_TOKEN in request.app,
        **names,
    )


def problem_page(
    request: web.Request, error: AdminError, headers: Mapping[str, str] | None = None
) -> web.Response:
    """What the console says of an error: a page of its own, or a note on the page that asked."""
    headers, status = {**(headers or {})}, error.status
    if isinstance(error, Unauthorized):
        if by_htmx(request):
            return web.Response(status=status, headers={"HX-Refresh": "true"})
        to = root(request) + request.path_qs if request.method in _SAFE else base(request) + PATH
        return console_page(
            request, "login.html", status=status, headers=headers, to=to, problem=""
        )
    # A sandbox that is not there has no pages to lead to.
    lost = error.code == NotFound.code_of("sandbox")
    inside = by_htmx(request)
    if inside:
        part = part_of(request)
        headers |= {
            "HX-Retarget": f"[id='said-{part}']" if part else "#told",
            "HX-Reswap": "innerHTML",
            "HX-Reselect": "#problem",
        }
    return console_page(
        request,
        "problem.html",
        status=status,
        headers=headers,
        error=error,
        lost=lost,
        inside=inside,
    )


@cache
def content(name: str) -> bytes:
    """A file of those that the pages load."""
    return files("simulator.web").joinpath("static", name).read_bytes()


@cache
def asset(name: str) -> str:
    """The address of a file that the pages load; it changes with its content, so it may be kept."""
    return f"{STATIC}/{name}?v={hashlib.sha256(content(name)).hexdigest()[:12]}"
