"""Which sandbox a request belongs to."""

from aiohttp import web

from simulator.domain.access.device_info import readable_identifier
from simulator.domain.bounded_cache import bounded_cache
from simulator.domain.errors import EnhancedError
from simulator.domain.sessions.authentication_sessions import readable_code
from simulator.storage.worlds.resolution import SandboxHints

from .endpoint import CONTEXT, EXPLANATION, SANDBOX_REF, Surface, endpoint_of

SANDBOX_HEADER = "X-Sim-Sandbox"
# A device sends the same headers with every call; so many are kept as they were read.
_KEPT = 1_024
# Besides paths that name a sandbox, those under /s/ carry it here.
SANDBOX_SEGMENT = "sandbox_prefix"


async def resolve_sandbox(request: web.Request) -> None:
    """Take note of the sandbox of the request. Raises `UnknownSandbox`."""
    hints = SandboxHints(
        named=named_sandbox(request),
        host=_label(readable(request.host)),
        token=_sandbox_of_token(request),
        code=_code(request),
        device=device_of(request),
    )
    found = await request.app[CONTEXT].engine.resolve(hints)
    request[SANDBOX_REF] = found.with_explanation(request.get(EXPLANATION))


def named_sandbox(request: web.Request) -> str | None:
    """The sandbox that the request names itself, by path prefix or header."""
    prefix = sandbox_prefix(request)
    if prefix is not None:
        return readable(prefix)
    named = request.query.get("sim_sandbox") or request.headers.get(SANDBOX_HEADER)
    return None if named is None else readable(named)


def readable(text: str) -> str:
    """`text` with "?" for what no database keeps: bytes that are no UTF-8, and NUL."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.encode(errors="replace").decode().replace("\x00", "?")


def sandbox_prefix(request: web.Request) -> str | None:
    """The sandbox in the path prefix /s/{sandbox}."""
    routed = request.match_info.get(SANDBOX_SEGMENT)
    if routed is None and request.path.startswith("/s/"):
        return request.path.removeprefix("/s/").partition("/")[0]
    return routed


def bearer(request: web.Request) -> str | None:
    """The text after "Bearer" in the Authorization header."""
    header = request.headers.get("Authorization")
    return None if header is None else _bearer(header)


@bounded_cache(_KEPT)
def _bearer(header: str) -> str | None:
    scheme, _, token = header.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


@bounded_cache(_KEPT)
def _label(host: str) -> str | None:
    """The first label of a host name, in lower case as sandboxes are; an address has none."""
    name = host.partition(":")[0]
    is_address = name.replace(".", "").isdecimal()
    return None if is_address else name.partition(".")[0].lower()


def _sandbox_of_token(request: web.Request) -> str | None:
    text = bearer(request)
    token = request.app[CONTEXT].keys.read(text) if text else None
    return token.sandbox if token else None


def _code(request: web.Request) -> str | None:
    given = request.match_info.get("code") or request.query.get("reg_code") or ""
    if not given:
        endpoint = endpoint_of(request)
        if endpoint is not None and endpoint.surface is Surface.WEB:
            # On a page for people it is the code that they typed.
            given = request.query.get("code", "")
    if not given:
        return None
    try:
        return readable_code(given)
    except EnhancedError:
        return None


def device_of(request: web.Request) -> str | None:
    """The plain identifier of the device in the request's header, if it can be read."""
    header = request.headers.get("AP-Device-Identifier")
    return None if header is None else readable_identifier(header)
