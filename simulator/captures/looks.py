"""What is secret by its look, whatever it is called: tokens, addresses of people and of machines."""

import ipaddress
import re
from typing import Final

# Bounded, so that a long text without one takes no longer than one with it.
_JWT: Final = r"eyJ[\w-]{6,2000}\.[\w-]+(?:\.[\w-]*){0,3}"
_WHO: Final = r"[\w.+!$*^`{|}~-]{1,64}"
# A picture for screens of more dots has an address's letters as well.
_SCALED: Final = r"@[1-9](?:\.[0-9])?x\.(?:png|jpe?g|gif|webp|svg)(?![\w-]|\.\w)"
_MAIL: Final = (
    rf"{_WHO}(?:'{_WHO}){{0,4}}(?!{_SCALED})(?:@|%40)(?:\[[^\]\s]{{2,60}}\]|[\w-]+(?:\.[\w-]+)+)"
)
# A sentence may end behind one.
_END: Final = r"(?![A-Za-z0-9]|\.\w)"
_IPV4: Final = rf"(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}{_END}"
_IPV6: Final = (
    r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}"
    rf"(?:{_IPV4}|[0-9A-Fa-f]{{1,4}}(?!\w|\.\w|:[\w:])|(?<=::)(?![\w:.]))"
)
_MAC: Final = (
    r"(?<![\w:-])[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})(?![\w:-])"
)
_BEARER: Final = r"(?i:bearer)(?:\s|%20|\+)+[\w.~+/=-]+"
_BASIC: Final = r"(?i:basic)\s+[\w+/-]{6,}={0,2}"
# All of a message of SAML, or of a part of one, also where its end is cut off.
_SAML: Final = (
    r"<(?P<tag>(?:[\w.-]{1,40}:)?(?:Response|Assertion|EncryptedAssertion|AuthnRequest|LogoutRequest|"
    r"LogoutResponse|Subject|AttributeStatement|Attribute|AttributeValue|NameID|BaseID|EncryptedID))"
    r"(?=[\s/>])(?s:.)*?(?:</(?P=tag)\s*>|\Z)"
)
_SECRET: Final = (
    f"(?P<saml>{_SAML})|(?P<token>{_JWT})|(?P<bearer>{_BEARER})|(?P<email>{_MAIL})"
    f"|(?P<device>{_MAC})"
)
FOUND: Final = re.compile(f"{_SECRET}|(?P<basic>{_BASIC})|(?P<ip>{_IPV6}|(?<![A-Za-z0-9.]){_IPV4})")
"""Each by the kind of what it is; what is called ip may be none."""

# Versions of four numbers stand behind a slash, or begin with a small one.
IN_AGENTS: Final = re.compile(f"{_SECRET}|(?P<ip>{_IPV6}|(?<![A-Za-z0-9./])(?=[1-9][0-9]){_IPV4})")
"""The same in what is full of versions, which look like addresses."""

TELLING: Final = re.compile(
    r"eyJ|[@<]|%40|\d\.\d|:[0-9A-Fa-f]*:|-[0-9A-Fa-f]{2}-|(?i:bearer|basic\s)"
)
"""None of them is in a text without one of these."""

PEOPLE: Final = re.compile(
    r"<(?:[\w.-]{1,40}:)?NameID(?:\s[^<>]{0,400})?>\s*(?:<!\[CDATA\[)?([^<>\]]+)"
    r"|\sSPProvidedID=[\"']([^\"']+)"
)
"""Whom a message of SAML names."""


def is_address(text: str) -> bool:
    """Whether a text is the address of a machine that is not the one that it is read on."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    # The machine itself identifies nobody.
    return not (found.is_unspecified or found.is_loopback)
