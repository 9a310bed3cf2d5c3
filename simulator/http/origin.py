"""Where the client reached us: the origin of absolute URLs in answers."""

from aiohttp import web

from .endpoint import SETTINGS
from .sandbox import readable, sandbox_prefix


def public_origin(request: web.Request) -> str:
    """Scheme, host and, where the request came under one, the path prefix of its sandbox.

    `--public-url` wins; else the first values of X-Forwarded-Proto and X-Forwarded-Host; else what
    the request itself says.
    """
    origin = request.app[SETTINGS].public_url
    if origin is None:
        scheme = _first(request, "X-Forwarded-Proto") or request.scheme
        host = _first(request, "X-Forwarded-Host") or request.host
        origin = readable(f"{scheme}://{host}")
    prefix = sandbox_prefix(request)
    return f"{origin}/s/{prefix}" if prefix else origin


def _first(request: web.Request, header: str) -> str:
    return request.headers.get(header, "").partition(",")[0].strip()
