"""Names and addresses told apart, and the names that this machine has."""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

LOCAL: Final = "localhost"


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
    def of(cls, names: Iterable[str]) -> Self:
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


def names_here(extra: Iterable[str] = ()) -> Names:
    """The names of this machine, and `extra` ones, with the names below each that has a dot.

    `ci-42.lab.local` is the sandbox ci-42 of `lab.local`. Nobody is asked for them.
    """
    host = socket.gethostname().lower()
    told = Names.of(
        each for each in (LOCAL, host, f"{host.partition('.')[0]}.local", *extra) if each
    )
    below = {f"*.{each}" for each in told.hosts if "." in each and not each.startswith("*.")}
    return told | Names(hosts=frozenset(below), addresses=frozenset())
