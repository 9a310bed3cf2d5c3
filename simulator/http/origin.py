"""Where a client is, and where it reached us: Host, Forwarded and X-Forwarded-*, read in one place.

A proxy says what its client asked for: by Forwarded (RFC 7239), or where that is silent by X-Forwarded-Proto,
-Host, -Port, -Prefix and -For. Of several values the first is the client's; what is none does not count.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote

from aiohttp import hdrs, web
from multidict import istr

from simulator.domain.bounded_cache import bounded_cache

_KEPT: Final = 1_024
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_LAST_PORT: Final = 65_535
_SHOWN: Final = 255

_PROTO: Final = istr("X-Forwarded-Proto")
_HOST: Final = istr("X-Forwarded-Host")
_PORT: Final = istr("X-Forwarded-Port")
_PREFIX: Final = istr("X-Forwarded-Prefix")
_FOR: Final = istr("X-Forwarded-For")

_WHOLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)(.*)", re.DOTALL)
# A name, or an address of either version, and perhaps a port.
_AUTHORITY: Final = re.compile(
    r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?)(?::([0-9]{0,5}))?"
)
# What no message should hold of what a stranger sent.
_UNUSUAL: Final = re.compile(r"[^A-Za-z0-9_.:/@\[\]() -]")
_NUMBER: Final = re.compile("[0-9]{1,5}")
_PATH: Final = re.compile(r"((?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*)/?")
_MEMBER: Final = re.compile(
    r"([\w!#$%&'*+.^`|~-]+)=(\"(?:[^\"\\]|\\.)*\"|[^\",;\s]*)\s*(,?)", re.ASCII
)


class InvalidOrigin(web.HTTPBadRequest):
    """A URL has to be made, and the request names no host that could stand in it."""

    hint: Final = "Call it by a host name or an address, or start it with --public-url."

    def __init__(self, problem: str) -> None:
        super().__init__(reason=f"No URL can be made: {problem}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientOrigin:
    """Where a client reached us: one host for the sandbox and for the `url` that those of answers begin with.

    `host` has the port where it is not the usual one, and `prefix` is the path that a proxy took away.
    `names` are the host names that the request was sent to, without ports: by the client, then to us;
    `label` is the first label of the first, as sandboxes are called, and None for an address. No URL can be
    made where there is a `problem`: the `url` is for the journal then, with what is odd in it escaped.
    """

    url: str
    host: str
    prefix: str
    names: tuple[str, ...]
    label: str | None
    problem: str


def client_origin(request: web.Request, host: str | None = None) -> ClientOrigin:
    """Where the client of `request` reached us: at `host` where that stood in its target, which counts then.

    (RFC 9112, 3.2.2)
    """
    headers = request.headers
    if host is None:
        host = headers.get(hdrs.HOST)
    return _read(
        (
            request.scheme,
            _own_address(request) if host is None else host,
            headers.get(hdrs.FORWARDED, ""),
            headers.get(_PROTO, ""),
            headers.get(_HOST, ""),
            headers.get(_PORT, ""),
            headers.get(_PREFIX, ""),
        )
    )


def split_target(target: str) -> tuple[str | None, str]:
    """Host, and path with query, of a target that begins with no slash; None where it names no host."""
    whole = _WHOLE.fullmatch(target)
    return (None, target) if whole is None else (whole[1], whole[2])


def device_address(request: web.Request) -> tuple[str | None, int | None]:
    """Where the device is: the address that a proxy names, else the peer's; and the peer's port.

    (Adobe: retrieve session, API4)
    """
    peer = request.transport.get_extra_info("peername") if request.transport else None
    address, port = peer[:2] if isinstance(peer, tuple) else (None, None)
    headers = request.headers
    named = _forwarded(headers.get(hdrs.FORWARDED, "")).get("for", "")
    return _address(named or _first(headers.get(_FOR, ""))) or address, port


@bounded_cache(_KEPT)
def is_address(name: str) -> bool:
    """Whether `name` is an address of either version, and no host name."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _own_address(request: web.Request) -> str:
    """Where the request came in, for a client so old that it names no host."""
    own = request.transport.get_extra_info("sockname") if request.transport else None
    host, port = own[:2] if isinstance(own, tuple) else ("localhost", 0)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@bounded_cache(_KEPT)
def _read(given: tuple[str, ...]) -> ClientOrigin:
    scheme, asked, forwarded, *rest = given
    proto, host, port, prefix = map(_first, rest)
    element = _forwarded(forwarded)
    proto, host = (element.get("proto") or proto).lower(), element.get("host") or host
    if proto in _DEFAULT_PORTS:
        scheme = proto
    # What a proxy says and cannot be meant does not count.
    if not (_NUMBER.fullmatch(port) and 0 < int(port) <= _LAST_PORT):
        port = ""
    path, named = _PATH.fullmatch(prefix), _authority(host)
    prefix = path[1] if path else ""
    if named is None:
        host = asked
    authority = named or _authority(asked)
    names = tuple(dict.fromkeys(map(_name, (host, asked))))
    host = _with_port(scheme, *authority, port) if authority else quote(_shown(asked), safe="")
    return ClientOrigin(
        url=f"{scheme}://{host}{prefix}",
        host=host,
        prefix=prefix,
        names=names,
        label=None if authority is None or _is_numeric(names[0]) else names[0].partition(".")[0],
        problem="" if authority else f"'{_shown(asked)}' is neither a host name nor an address",
    )


def _first(values: str) -> str:
    """The first of several values of a header, which is what the client had."""
    return values.partition(",")[0].strip()


def _forwarded(header: str) -> dict[str, str]:
    """The members of the first element of a Forwarded header, by their names in small letters."""
    found: dict[str, str] = {}
    for name, value, end in _MEMBER.findall(header) if header else ():
        quoted = value.startswith('"')
        found[name.lower()] = re.sub(r"\\(.)", r"\1", value[1:-1]) if quoted else value
        if end:
            break
    return found


def _authority(text: str) -> tuple[str, str] | None:
    """The host and the port, "" without one, of an authority; None where it is none."""
    found = _AUTHORITY.fullmatch(text)
    if found is None or int(found[2] or 0) > _LAST_PORT:
        return None
    if text.startswith("[") and not is_address(found[1][1:-1]):
        return None
    return found[1], found[2] or ""


def _with_port(scheme: str, host: str, port: str, forwarded: str) -> str:
    port = forwarded or port
    return host if not port or port == _DEFAULT_PORTS[scheme] else f"{host}:{port}"


def _name(authority: str) -> str:
    """The host name in it, in small letters; all of it where it is no authority."""
    found = _authority(authority)
    return found[0].strip("[]").rstrip(".").lower() if found else _shown(authority)


@bounded_cache(_KEPT)
def _address(text: str) -> str | None:
    """The address in a node of Forwarded, or in a value of X-Forwarded-For; None where it has none."""
    found = _authority(text)
    address = found[0].strip("[]") if found else text
    return address if is_address(address) else None


def _is_numeric(name: str) -> bool:
    return name.replace(".", "").isdecimal() or is_address(name)


def _shown(text: str) -> str:
    """As much of what is odd as a message, a log or a page may hold."""
    return _UNUSUAL.sub("?", text[:_SHOWN])
