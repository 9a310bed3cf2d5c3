"""Under which names and addresses this machine can be reached."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self

import ifaddr

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOOPBACK: Final[tuple[Address, ...]] = (
    ipaddress.IPv4Address("127.0.0.1"),
    ipaddress.IPv6Address("::1"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """Host names and addresses, as the subject of a certificate; a name may begin with `*.`."""

    hosts: frozenset[str]
    addresses: frozenset[Address]

    @classmethod
    def none(cls) -> Self:
        """Neither a name nor an address."""
        return cls(hosts=frozenset(), addresses=frozenset())

    @classmethod
    def of(cls, names: Iterator[str] | list[str]) -> Self:
        """Names and addresses told apart."""
        hosts, addresses = set(), set()
        for name in names:
            try:
                addresses.add(ipaddress.ip_address(name.strip("[]")))
            except ValueError:
                hosts.add(name.lower().rstrip("."))
        return cls(hosts=frozenset(hosts), addresses=frozenset(addresses))

    def __or__(self, other: Self) -> "Names":
        return Names(hosts=self.hosts | other.hosts, addresses=self.addresses | other.addresses)

    def cover(self, other: "Names") -> bool:
        """Whether everything in `other` is here, too."""
        return self.hosts >= other.hosts and self.addresses >= other.addresses

    def shown(self) -> list[str]:
        """All of them as text: names first, then addresses, each in order."""
        return [
            *sorted(self.hosts),
            *(str(each) for each in sorted(self.addresses, key=lambda each: (each.version, each))),
        ]


def lan_addresses() -> list[Address]:
    """The addresses of this machine that others may reach, IPv4 first; loopback and link-local are not.

    Among equals the one that traffic takes comes first: a machine may have bridges of containers, too.
    """
    found = {each for each in (*_of_interfaces(), *_of_routes()) if _reachable(each)}
    taken = list(_of_routes())
    return sorted(found, key=lambda each: (each.version, each not in taken, each))


def machine_names(extra: list[str] | tuple[str, ...] = ()) -> Names:
    """Every name and address that a certificate of this machine should have, and `extra` ones.

    A name with a dot also stands for the names below it: `ci-42.lab.local` is the sandbox ci-42.
    """
    host = socket.gethostname().lower()
    names = {"localhost", host, f"{host.partition('.')[0]}.local", *extra}
    addresses = Names(hosts=frozenset(), addresses=frozenset((*_LOOPBACK, *lan_addresses())))
    told = Names.of([each for each in names if each])
    below = {f"*.{each}" for each in told.hosts if "." in each and not each.startswith("*.")}
    return told | addresses | Names(hosts=frozenset(below), addresses=frozenset())


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
