"""Under which names and addresses this machine can be reached."""

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

import ifaddr

from .host_names import Address, Names, names_here

_LOOPBACK: Final[tuple[Address, ...]] = (
    ipaddress.IPv4Address("127.0.0.1"),
    ipaddress.IPv6Address("::1"),
)


def lan_addresses() -> list[Address]:
    """The addresses of this machine that others may reach, IPv4 first; loopback and link-local are not.

    Among equals the one that traffic takes comes first: a machine may have bridges of containers, too.
    """
    found = {each for each in (*_of_interfaces(), *_of_routes()) if _reachable(each)}
    taken = list(_of_routes())
    return sorted(found, key=lambda each: (each.version, each not in taken, each))


def machine_names(extra: Iterable[str] = ()) -> Names:
    """Every name and address that a certificate of this machine should have, and `extra` ones."""
    addresses = frozenset((*_LOOPBACK, *lan_addresses()))
    return names_here(extra) | Names(hosts=frozenset(), addresses=addresses)


def _reachable(address: Address) -> bool:
    return not (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    )


def _of_routes() -> Iterator[Address]:
    """The addresses that packets to elsewhere would come from; nothing is sent for it."""
    for family, somewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((somewhere, 9))
            yield ipaddress.ip_address(probe.getsockname()[0])


def _of_interfaces() -> Iterator[Address]:
    """The addresses of all interfaces."""
    # Some systems keep the list to themselves; what routes tell has to do there.
    with suppress(OSError):
        for adapter in ifaddr.get_adapters():
            for each in adapter.ips:
                yield ipaddress.ip_address(each.ip if isinstance(each.ip, str) else each.ip[0])
