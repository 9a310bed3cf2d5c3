"""What an instance shows to devices on HTTPS, and what there is to trust."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Instances without HTTPS do not pay for it.
    from cryptography import x509


@dataclass(kw_only=True, slots=True)
class Trust:
    """What can be told of an instance's HTTPS; ports are known once they are listened on."""

    authority: "x509.Certificate | None" = None
    certificate: "x509.Certificate | None" = None
    http_port: int | None = None
    https_port: int | None = None
    bad_ports: dict[str, int] = field(default_factory=dict)
