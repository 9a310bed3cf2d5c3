"""What counts as a redirect URL: an absolute URL that a user agent or an app can be sent to."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from simulator.domain.bounded_cache import bounded_cache

_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*", re.IGNORECASE)
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f<>\"\\]")
# An app gives the same ones again and again.
_KEPT: Final = 128
_WEB: Final = frozenset({"http", "https"})
_SAMPLES: Final = ("adobe.com",)
_SCRIPTS: Final = frozenset({"javascript", "data", "vbscript", "blob", "about"})


@bounded_cache(_KEPT)
def redirect_problem(url: str) -> str | None:
    """What keeps `url` from being a redirect URL, or None; custom app schemes are fine."""
    if not url:
        return "it is empty"
    if _FORBIDDEN.search(url):
        return "it contains blanks, control characters, quotes, angle brackets or backslashes"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"it is no URL ({error})"
    if not _SCHEME.fullmatch(parts.scheme):
        return "it has no scheme; give an absolute URL such as https://example.com/"
    if parts.scheme.lower() in _SCRIPTS:
        return f"the scheme {parts.scheme} cannot be redirected to"
    if parts.scheme.lower() in _WEB and not host:
        return "it has no host; give an absolute URL such as https://example.com/"
    if not (parts.netloc or parts.path):
        return "nothing follows its scheme"
    return None


def within(url: str, domains: Iterable[str], schemes: Iterable[str]) -> bool:
    """Whether a usable `url` leads into one of `domains`, or has one of the custom `schemes`."""
    parts = urlsplit(url)
    if parts.scheme.lower() not in _WEB:
        return parts.scheme.lower() in {scheme.lower() for scheme in schemes}
    host = (parts.hostname or "").lower()
    names = [domain.lower() for domain in domains]
    return any(host == name or host.endswith(f".{name}") for name in names)


def ends_here(url: str, page: str) -> bool:
    """Whether somebody's browser sees a page of ours that names `url`, rather than being sent there.

    `page` is the switch redirect_url.page. A page of adobe.com stands in samples, and is nobody's app.
    """
    return page == "always" or (page == "samples" and within(url, _SAMPLES, ()))
