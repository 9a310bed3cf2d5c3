"""Whom the admin API and the console of an instance listen to: under which names, and sent by whose pages.

An open instance is there for the people and programs of its machine. A page from elsewhere in a browser
there can reach it as well: by its address, or by a name of the page's own that leads there. Browsers say
so in Host, Origin and Sec-Fetch-Site, which no page can forge.
"""

from enum import Enum, auto
from typing import Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from simulator.certificates.host_names import LOCAL, names_here
from simulator.domain.texts import storable
from simulator.services.errors import CrossOrigin, MisdirectedRequest
from simulator.settings import Settings

from .origin import is_address
from .request_context import context_of

SAFE: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
_ELSEWHERE: Final = frozenset({"cross-site", "same-site"})


class Caller(Enum):
    """Who sent a request, as far as a browser says."""

    UNKNOWN = auto()
    """No browser, or one so old that it does not say."""

    OWN_PAGE = auto()
    NAMED_PAGE = auto()
    """A page of an origin that `--admin-origin` names."""

    FOREIGN_PAGE = auto()


class Admission:
    """Whom an instance with these settings listens to; with a token, by whatever name it is called."""

    def __init__(self, settings: Settings, token: str | None) -> None:
        self._public = urlsplit(settings.public_url or "").netloc
        self._origins = frozenset(settings.admin_origin)
        self._hosts = frozenset[str]() if token else own_hosts(settings)
        self._open = token is None

    def check_host(self, request: web.Request) -> None:
        """Raise `MisdirectedRequest` where the request was sent to a name that is not ours."""
        if not self._open:
            return
        context = context_of(request)
        names = context.origin.names
        if context.endpoint is not None and not context.endpoint.guarded and request.method in SAFE:
            # What says no more than our documentation may be read through any proxy.
            names = names[-1:]
        for name in names:
            if not self._is_ours(name):
                raise MisdirectedRequest(
                    f"Without an --admin-token, this is not served under the name '{name}'.",
                    f"Call it by an address or as {LOCAL}, or start it with --allowed-host {name}, "
                    "or with an --admin-token.",
                )

    def _is_ours(self, name: str) -> bool:
        if is_address(name) or name in self._hosts:
            return True
        parent = name
        while parent := parent.partition(".")[2]:
            if f"*.{parent}" in self._hosts:
                return True
        return False

    def caller(self, request: web.Request) -> Caller:
        """Whose page sent the request."""
        origin = request.headers.get(hdrs.ORIGIN)
        site = request.headers.get("Sec-Fetch-Site")
        if origin is not None and origin in self._origins:
            return Caller.NAMED_PAGE
        if origin is not None:
            here = self._is_here(request, origin) and site not in _ELSEWHERE
            return Caller.OWN_PAGE if here else Caller.FOREIGN_PAGE
        if site is None:
            return Caller.UNKNOWN
        return Caller.FOREIGN_PAGE if site in _ELSEWHERE else Caller.OWN_PAGE

    def _is_here(self, request: web.Request, origin: str) -> bool:
        """Whether `origin` is where we are asked at: by the client, by a proxy, or by our settings."""
        try:
            asked = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        here = (request.headers.get(hdrs.HOST, ""), context_of(request).origin.host, self._public)
        return asked != "" and asked in {each.lower() for each in here}


ADMISSION: Final = web.AppKey("admission", Admission)


def foreign(request: web.Request, what: str) -> CrossOrigin:
    """The error for a page of another origin that asks for `what`."""
    origin = storable(request.headers.get(hdrs.ORIGIN, "")) or "another site"
    return CrossOrigin(
        f"A page of {origin} may not use {what}.",
        "Open the address by itself. Scripts may use the admin API if it is started with --admin-origin "
        "and their origin; behind a proxy, --public-url says which origin is its own.",
    )


def is_link(request: web.Request) -> bool:
    """Whether somebody follows a link: nothing changes, and the page with the link cannot read the answer."""
    headers = request.headers
    return (
        request.method in SAFE
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and hdrs.ORIGIN not in headers
    )


def own_hosts(settings: Settings) -> frozenset[str]:
    """The host names that an instance without a token is called by; those below one begin with `*.`."""
    return names_here((*settings.names, *settings.allowed_host)).hosts | {f"*.{LOCAL}"}
