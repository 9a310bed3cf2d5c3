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
    "cookie": "cookie cookie2 set_cookie set_cookie2",
    "ip": "ip ip_address ip_addr client_ip remote_ip remote_addr connection_ip x_forwarded_for x_real_ip",
    "viewer": "user user_id user_name upstream_user_id primaryOID typeID subscriber_id account_id "
    "account_number customer_id member_id hoh_id uid name_id SPProvidedID login login_name first_name "
    "given_name middle_name last_name family_name surname full_name phone phone_number telephone mobile "
    "msisdn street birth_date date_of_birth",
    "household": "household_id",
    "zip": "zip zip_code postal_code encrypted_zip",
    "email": "email mail email_address",
    "device": "pt_device_id device_serial duid rida idfa idfv aaid gaid ifa serial mac "
    "mac_address ap_device_identifier",
    "visitor": "ap_visitor_identifier visitor_id ecid",
    "subject": "sub",
    "token": "SAMLRequest SAMLResponse RelayState request sid sig nonce bearer pw pin otp passcode",
    # A port is nobody's, but tells connections apart.
    "": "port connection_port",
}
_KINDS: Final = {
    **{_plain(name): "token" for name in SECRET},
    **{_plain(name): kind for kind, names in _NAMES.items() for name in names.split()},
}
_ENDINGS: Final = re.compile(
    "(?:(?P<cookie>cookie)|(?P<secret>clientsecret)|"
    "(?P<device>(?:device|hardware|machine|receiver|stb|tv|card|android|advertising)(?:u|gu|uu)?id|udid|"
    "serialn(?:o|umber))|"
    "(?P<token>token|secret|passw(?:or)?d|pwd|passphrase|signature|sess(?:ion)?id|"
    "(?:api|access|private|secret|signing|encryption)key|verifier|assertion|credential|authorization|jwt))"
    "(?:value)?s?[0-9]*$"
)


@bounded_cache(4_096)
def kind_of(name: str) -> str | None:
    """The kind of stand-in for a value that is called `name`; empty where it is none that has stand-ins."""
    plain = _plain(name)
    kind = _KINDS.get(plain, _KINDS.get(plain.removesuffix("s")))
    if kind is None and (found := _ENDINGS.search(plain)):
        return found.lastgroup
    return kind


# The first of several counts.
_NAMING: Final = (
    "name", "Name", "NAME", "key", "Key", "k", "header", "Header", "field", "attribute"
)  # fmt: skip
VALUES: Final = frozenset(["value", "Value", "VALUE", "values", "Values", "val", "v", "content"])
"""What objects that say the name of their value have for the value."""
_NAME: Final = re.compile("[A-Za-z][A-Za-z_.-]{0,39}")


def said_name(members: Mapping[str, object]) -> str | None:
    """The name for something secret that an object says of its value; None where it says none."""
    names = (members[each] for each in _NAMING if each in members)
    return next((each for each in names if isinstance(each, str) and kind_of(each)), None)


def key_of_value(members: Mapping[str, object]) -> str | None:
    """The `key` of an object that names the value beside it, and so is no secret; None for any other."""
    key = members.get("key")
    if not isinstance(key, str) or VALUES.isdisjoint(members) or not _NAME.fullmatch(key):
        return None
    return key
