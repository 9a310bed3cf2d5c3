"""What is packed into a text: JSON, what is escaped, and bytes as Base64 or as hexadecimal digits."""

import base64
import html
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
"""What may be Base64."""

HEX: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:0[xX])?[0-9A-Fa-f]{2}(?:[ :-]?[0-9A-Fa-f]{2}){5,}(?![0-9A-Za-z])"
)
"""What may be bytes as hexadecimal digits."""

COMPRESSED: Final = (b"\x1f\x8b", b"x\x9c", b"x\xda", b"x\x01", b"PK\x03\x04")
"""How compressed data begins."""

# Nobody encodes more often.
_LAYERS: Final = 8
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\"'\\/]))")
_NO_DIGIT: Final = re.compile("0[xX]|[^0-9A-Fa-f]")
_READABLE: Final = re.compile(rb"[ -~]{6,}")
# Deeper than any answer, and than what can be walked through.
_DEEPEST: Final = 60


def as_json(text: str | None) -> Any:  # noqa: ANN401 - JSON of any shape
    """A text as JSON; None where it is none, or deeper than anybody's."""
    plain = (text or "").lstrip("\ufeff \t\r\n")
    if not plain.startswith(("{", "[")):
        return None
    try:
        found = json.loads(plain)
    except (ValueError, RecursionError):
        return None
    shallow = plain.count("{") + plain.count("[") <= _DEEPEST
    return found if shallow or _within(found, _DEEPEST) else None


def _within(value: Any, depth: int) -> bool:  # noqa: ANN401 - JSON of any shape
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_within(each, depth - 1) for each in inner)


def packed_json(members: Mapping[str, Any]) -> str:
    """An object as JSON in Base64."""
    return base64.b64encode(json.dumps(members, separators=(",", ":")).encode()).decode()


def unescaped(text: str) -> str:
    """A text without percent-encoding, entities and escapes, however often they were put around it."""
    for _ in range(_LAYERS):
        plain = unquote(text) if "%" in text else text
        if "&" in plain:
            plain = _ENTITY.sub(lambda found: html.unescape(found[0]), plain)
        if "\\" in plain:
            plain = _ESCAPE.sub(_meant, plain)
        if plain == text:
            break
        text = plain
    return text


def _meant(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    return chr(int(digits, 16)) if digits else found[3]


def from_hex(text: str) -> bytes:
    """The bytes that hexadecimal digits are, whatever is between them."""
    return bytes.fromhex(_NO_DIGIT.sub("", text))


def printable(data: bytes) -> str | None:
    """Bytes as a text; None where they are none."""
    try:
        found = data.decode()
    except UnicodeDecodeError:
        return None
    return found if all(each.isprintable() or each in "\r\n\t" for each in found) else None


def readable(data: bytes, most: int) -> list[str] | None:
    """The pieces of text in bytes that are none: UTF-16, a message of a protocol, or deflated.

    None where there may be more than `most` letters of it.
    """
    try:
        # Bare, as SAML's binding by redirects has it.
        inflated = zlib.decompressobj(wbits=-15).decompress(data, most + 1)
    except zlib.error:
        inflated = b""
    if len(inflated) > most:
        return None
    return [
        found.decode()
        for each in (data.replace(b"\0", b""), inflated)
        for found in _READABLE.findall(each)
    ]
