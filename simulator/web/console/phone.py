"""The address in a QR code: one that a phone can reach, also where the console was opened at loopback."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from simulator.certificates.interfaces import lan_addresses
from simulator.http.endpoint import SETTINGS
from simulator.http.readers import instance_origin, public_origin

_EVERYWHERE: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - what is compared
_START: Final = "Start it with --host 0.0.0.0, or with --public-url, for phones to log in."


@dataclass(frozen=True, kw_only=True, slots=True)
class PhoneAddress:
    """Where a phone can log in; `problem` says why it probably cannot, and what helps."""

    origin: str
    problem: str = ""


def phone_address(request: web.Request) -> PhoneAddress:
    """The address that a phone should go to, for a console that was opened by this `request`.

    That is the console's own, unless it is one of this machine alone: then that of the machine in its
    network, where the simulator listens there.
    """
    own = public_origin(request)
    parts = urlsplit(instance_origin(request))
    host = parts.hostname or ""
    if not _is_local(host):
        return PhoneAddress(origin=own)
    settings = request.app[SETTINGS]
    if settings.host not in _EVERYWHERE:
        return PhoneAddress(origin=own, problem=f"It listens on {settings.host} alone. {_START}")
    if not _came_here(request):
        # Through a port that somebody forwards, as container engines do: the address here is another.
        problem = "Open the console by the machine's own address in the lab's network."
        return PhoneAddress(origin=own, problem=problem)
    reachable = [each for each in lan_addresses() if each.version == 4 or settings.host == "::"]  # noqa: PLR2004
    if not reachable:
        return PhoneAddress(origin=own, problem="This machine is in no network.")
    found = str(reachable[0])
    name = f"[{found}]" if ":" in found else found
    port = f":{parts.port}" if parts.port else ""
    instance = f"{parts.scheme}://{name}{port}{parts.path}"
    return PhoneAddress(origin=instance + own.removeprefix(instance_origin(request)))


def _came_here(request: web.Request) -> bool:
    """Whether the browser is on this machine itself."""
    reached = request.transport.get_extra_info("sockname") if request.transport else None
    return isinstance(reached, tuple) and _is_local(str(reached[0]))


def _is_local(host: str) -> bool:
    """Whether `host` leads every machine to itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
