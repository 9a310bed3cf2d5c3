"""The kinds of text that are told apart, each as a pattern; a module's own grammar stays with the module."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL cannot store, and halves of surrogate pairs, which no encoding has."""

LONGEST_KEY: Final = 2_100
"""Bytes that a text may have by which a row is found: what either database takes into an index."""

NUMBER: Final = re.compile("[0-9]{1,18}")
"""A whole number within 64 bits, such as that of an entry of the journal."""

TEXT: Final = r"^[^\x00]*$"
# Devices choose their identifiers themselves: nothing is asked but what a header can carry.
DEVICE: Final = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
ID: Final = r"^[^\x00-\x1f\x7f-\x9f/]*[^\x00-\x1f\x7f-\x9f/\s][^\x00-\x1f\x7f-\x9f/]*$"
NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
SNAPSHOT: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
# The name has to do as a label of a host name, too.
SANDBOX: Final = r"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$"

IN_WORDS: Final[Mapping[str, str]] = {
    TEXT: "a text without NUL",
    DEVICE: "a name without control characters",
    ID: 'a name without control characters and without "/"',
    NAME: "a name of letters, digits, dots, dashes and underscores",
    SNAPSHOT: "letters, digits, dots, dashes and underscores, at most 100 of them, a letter or digit "
    "first",
    SANDBOX: "at most 63 small letters, digits, dashes and underscores, with a letter or digit at "
    "either end",
}
"""What each pattern asks for."""


def is_storable(value: object) -> bool:
    """Whether a database can keep `value`, or be asked for it: no text that is in none of them."""
    # What can be printed can be stored, and that it can is seen sooner.
    return not isinstance(value, str) or value.isprintable() or not UNSTORABLE.search(value)


def storable(text: str) -> str:
    """`text` with "?" for what no database keeps: bytes that are no UTF-8, and NUL."""
    if text.isascii() and "\x00" not in text:
        return text
    return UNSTORABLE.sub("?", text)


def from_base64(text: str) -> bytes | None:
    """What is in standard or URL-safe Base64, padded or not; None when it is neither."""
    plain = text.rstrip("=").translate(_URL_SAFE)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


_URL_SAFE: Final = str.maketrans("-_", "+/")

# So wide a pattern takes its time to compile, and few ever need it.
_NOT_XML: Final = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


def xml_text(text: str) -> str:
    """`text` with a question mark for each character that XML cannot carry, escaped or not."""
    return re.sub(_NOT_XML, "?", text)
