"""What the names of headers, parameters and members say of their values, in whatever way they are spelt."""

import re
from collections.abc import Mapping
from typing import Final

from simulator.domain.bounded_cache import bounded_cache
from simulator.domain.journal.redaction import SECRET

_UNTOLD: Final = re.compile(r"[^a-z0-9]")


def _plain(name: str) -> str:
    return _UNTOLD.sub("", name.lower())


_NAMES: Final[Mapping[str, str]] = {
    "client": "client_id",
    "secret": "client_secret",
    "statement": "software_statement",
    "media-token": "serializedToken media_token short_media_token",
    "ip": "ip ip_address ip_addr client_ip remote_ip remote_addr connection_ip x_forwarded_for x_real_ip",
    "viewer": "user_id user_name upstream_user_id primaryOID typeID subscriber_id account_id account_number "
    "customer_id",
    "household": "household_id",
    "zip": "zip zip_code postal_code encrypted_zip",
    "email": "email mail email_address",
    "device": "device_id pt_device_id device_serial duid rida idfa idfv aaid gaid ifa advertising_id serial "
    "serial_number mac mac_address udid hardware_id ap_device_identifier",
    "visitor": "ap_visitor_identifier visitor_id ecid",
    "subject": "sub",
    "token": "SAMLRequest SAMLResponse RelayState request sid sig nonce",
    # A port is nobody's, but tells connections apart.
    "": "port connection_port",
}
_KINDS: Final = {
    **{_plain(name): "token" for name in SECRET},
    **{_plain(name): kind for kind, names in _NAMES.items() for name in names.split()},
}
_SECRETS: Final = re.compile(
    "(?:token|secret|passw(?:or)?d|pwd|passphrase|signature|cookie|sess(?:ion)?id|apikey|verifier|"
    "assertion|credentials?|authorization|jwt)$"
)


@bounded_cache(4_096)
def kind_of(name: str) -> str | None:
    """The kind of stand-in for a value that is called `name`; empty where it is none that has stand-ins."""
    plain = _plain(name)
    found = _KINDS.get(plain)
    return "token" if found is None and _SECRETS.search(plain) else found
