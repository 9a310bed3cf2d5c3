"""Texts, parameters and JSON without what is secret in them, be it known by its name or by its look.

What is packed into a text is looked at as well: JSON, Base64, and what was percent-encoded, however often. A
text in which nothing has to be replaced stays as it is, letter by letter.
"""

import base64
import binascii
import ipaddress
import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

from simulator.domain.bounded_cache import bounded_cache

from .identities import Identities
from .names import kind_of
from .stand_ins import PIECES, SHORTEST, StandIns

_TEXTS_KEPT: Final = 50_000
# Bounded, so that a long text without one takes no longer than one with it.
_JWT: Final = r"eyJ[\w-]{6,2000}\.[\w-]+(?:\.[\w-]*){0,3}"
_MAIL: Final = r"[\w.+-]{1,64}(?:'[\w.+-]{1,64}){0,4}(?:@|%40)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_IPV4: Final = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.])"
_IPV6: Final = rf"(?<![\w:.])(?:[0-9A-Fa-f]{{0,4}}:){{2,7}}(?:{_IPV4}|[0-9A-Fa-f]{{0,4}}(?![\w:.]))"
_BEARER: Final = r"(?i:bearer)(?:\s|%20|\+)+[\w.~+/=-]+"
_BASIC: Final = r"(?i:basic)\s+[\w+/-]{6,}={0,2}"
_SECRET: Final = f"(?P<token>{_JWT})|(?P<bearer>{_BEARER})|(?P<email>{_MAIL})"
_FOUND: Final = re.compile(f"{_SECRET}|(?P<basic>{_BASIC})|(?P<ip>{_IPV6}|(?<![\\w.]){_IPV4})")
# Versions of four numbers stand behind a slash, or begin with a small one.
_IN_AGENTS: Final = re.compile(f"{_SECRET}|(?P<ip>(?<![\\w./])(?=[1-9][0-9]){_IPV4})")
# None of these is in a text without one of them.
_TELLING: Final = re.compile(r"eyJ|@|%40|\d\.\d|:[0-9A-Fa-f]*:|(?i:bearer|basic\s)")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_USER: Final = re.compile(r"(?<=://)[^/@\s?#\"']+@")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_SHORTEST_PACKED: Final = 16
_COMPRESSED: Final = (b"\x1f\x8b", b"x\x9c", b"x\xda", b"x\x01", b"PK\x03\x04")
_NAMED: Final = re.compile(r"(?<![\w.-])([\w.-]{2,40})[\"']?\s*[=:>]\s*[\"']?")
_VALUE: Final = re.compile(r"[^\s\"'&<>;,]{3,}")
# Nobody encodes more often.
_LAYERS: Final = 8
_RESERVED: Final = " !#$&'()*+,/:;=?@[]"
_ENCRYPTED: Final = "encrypted"
_AGENTS: Final = frozenset(
    ["userAgent", "originalUserAgent", "version", "osVersion", "browserVersion", "profile"]
)
# Deeper than any answer, and than what can be walked through.
_DEEPEST: Final = 60


class Texts:
    """The texts of one run with its stand-ins."""

    def __init__(self, stand_ins: StandIns, identities: Identities) -> None:
        self._stand_ins = stand_ins
        self._identities = identities
        self.text = bounded_cache(_TEXTS_KEPT)(self._searched)

    # By name

    def named(self, name: str, value: str) -> str:
        """The value of a parameter or member, by its name."""
        kind = kind_of(name)
        if kind is None or (kind == "ip" and not is_address(value)):
            return self.url(value)
        if name == "pt_device_id":
            return self._identities.hashed_device(value)
        if kind == "token":
            # What has a name of its own elsewhere is the same here.
            return self._stand_ins.met(value) or self._stand_ins.of(kind, value)
        return self._stand_ins.of(kind, value) if kind else "0"

    def query(self, text: str) -> str:
        """Parameters, each by its name."""
        pairs = parse_qsl(text, keep_blank_values=True)
        made = [(self.text(name), self.named(name, value)) for name, value in pairs]
        return text if made == pairs else urlencode(made, quote_via=quote)

    def url(self, text: str) -> str:
        """A text that may be a URL, whose query may have secrets by name."""
        if "?" not in text and "#" not in text:
            return self.text(text)
        path, mark, query = text.partition("?" if "?" in text else "#")
        if "=" not in query:
            return self.text(text)
        query, fragment, rest = query.partition("#")
        tail = f"#{self.query(rest) if '=' in rest else self.text(rest)}" if fragment else ""
        return f"{self.text(path)}{mark}{self.query(query)}{tail}"

    def member(self, value: Any, name: str, device: str = "") -> Any:  # noqa: ANN401 - JSON of any shape
        """A value of JSON, by the name of the member that it is, of an answer to `device`."""
        if isinstance(value, str):
            return self._string(value, name, device)
        if isinstance(value, dict):
            if value.get("state") == "enc" and "value" in value:
                return {**value, "value": _ENCRYPTED}
            # An attribute of the user metadata is called what holds its value, and others say their name.
            called = value["name"] if isinstance(value.get("name"), str) else name
            return {
                self.text(each): self._all(inner, called, device)
                if each == "value" and kind_of(called)
                else self.member(inner, each, device)
                for each, inner in value.items()
            }
        if isinstance(value, list):
            return [self.member(each, name, device) for each in value]
        return self._number(value, name)

    def _all(self, value: Any, name: str, device: str) -> Any:  # noqa: ANN401 - JSON of any shape
        """The value of an attribute, all of which is what its name says."""
        if isinstance(value, dict):
            return {self.text(each): self._all(one, name, device) for each, one in value.items()}
        if isinstance(value, list):
            return [self._all(each, name, device) for each in value]
        return self.member(value, name, device)

    def _string(self, value: str, name: str, device: str) -> str:
        if name in {"userID", "upstreamUserID"}:
            return self._identities.user_id(value, device)
        if name == "access_token":
            return self._identities.bearer(value)
        if name == "serviceToken":
            return self._identities.service_token(value)
        return self.agent(value) if name in _AGENTS else self.named(name, value)

    def _number(self, value: Any, name: str) -> Any:  # noqa: ANN401 - a number, true, false or null
        """A number has one for its stand-in, so that it is still of the same type."""
        kind = kind_of(name) if isinstance(value, int | float) else None
        if not kind or isinstance(value, bool):
            return value
        text = self._stand_ins.of(kind, str(value))
        return value if text == str(value) else int("".join(filter(str.isdecimal, text)) or 0)

    # By look

    def agent(self, value: str) -> str:
        """What is full of versions, which look like addresses."""
        found = _SURROGATES.sub("\ufffd", value)
        return self._without_known(_IN_AGENTS.sub(self._replaced, found), PIECES)

    def _searched(self, text: str) -> str:
        """A text without tokens, addresses, what is named in it, and whatever was met by name before."""
        found = _SURROGATES.sub("\ufffd", text)
        if (unpacked := self._unpacked(found)) is not None:
            return unpacked
        found = _USER.sub("", found)
        if _TELLING.search(found):
            found = _FOUND.sub(self._replaced, found)
        if any(each in found for each in "=:>"):
            found = self._assigned(found)
        found = _BASE64.sub(lambda piece: self._unpacked_base64(piece[0]), found)
        return self._without_known(found, PIECES)

    def _unpacked(self, text: str) -> str | None:
        """JSON, or what was percent-encoded, without what is secret in it; None where nothing is."""
        document = as_json(text)
        if document is not None:
            made = self.member(document, "")
            return text if made == document else json.dumps(made, separators=(",", ":"))
        plain = text
        for _ in range(_LAYERS if "%" in text else 0):
            plain = unquote(plain)
        if plain == text:
            return None
        found = self.url(plain)
        if found == plain:
            return None
        return quote(found, safe=_RESERVED if any(each in text for each in " /:?") else "")

    def _unpacked_base64(self, text: str) -> str:
        data = _decoded(text)
        if data is None:
            return text
        if data.startswith(_COMPRESSED):
            return self._stand_ins.of("token", text)
        plain = _printable(data)
        if plain is None:
            pieces = text.split("/")
            return "/".join(map(self._piece, pieces)) if len(pieces) > 1 else text
        found = self.url(plain)
        return text if found == plain else base64.b64encode(found.encode()).decode()

    def _piece(self, text: str) -> str:
        return self._unpacked_base64(text) if len(text) >= _SHORTEST_PACKED else text

    def _assigned(self, text: str) -> str:
        """A text without the values that stand behind a name for what is secret."""
        done, at = "", 0
        while found := _NAMED.search(text, at):
            done += text[at : found.end()]
            at = found.end()
            value = _VALUE.match(text, at) if kind_of(found[1]) else None
            if value is not None:
                done += self.named(found[1], value[0])
                at = value.end()
        return done + text[at:]

    def _without_known(self, text: str, pieces: tuple[re.Pattern[str], ...]) -> str:
        """A text without what was met by name before, be it all of it or a piece."""
        if len(text) < SHORTEST:
            return text
        known = self._stand_ins.met(text)
        if known is not None or not pieces:
            return known or text
        return pieces[0].sub(lambda piece: self._without_known(piece[0], pieces[1:]), text)

    def _replaced(self, found: re.Match[str]) -> str:
        kind, text = found.lastgroup or "", found[0]
        if kind == "bearer":
            return f"Bearer {self._stand_ins.of('token', re.split('[ +]|%20', text)[-1])}"
        if kind == "basic":
            told = _printable(_decoded(text.split()[-1]) or b"")
            return f"Basic {self._stand_ins.of('token', text)}" if ":" in (told or "") else text
        if kind == "ip" and not is_address(text):
            return text
        if kind == "email":
            return self._stand_ins.of("email", text.replace("%40", "@"))
        return self._stand_ins.of(kind, text)


def is_address(text: str) -> bool:
    """Whether a text is the address of a machine that is not the one that it is read on."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    # The machine itself identifies nobody.
    return not (found.is_unspecified or found.is_loopback)


def as_json(text: str | None) -> Any:  # noqa: ANN401 - JSON of any shape
    """A text as JSON; None where it is none, or deeper than anybody's."""
    if not text or not text.lstrip().startswith(("{", "[")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    shallow = text.count("{") + text.count("[") <= _DEEPEST
    return found if shallow or _within(found, _DEEPEST) else None


def _within(value: Any, depth: int) -> bool:  # noqa: ANN401 - JSON of any shape
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_within(each, depth - 1) for each in inner)


def _decoded(text: str) -> bytes | None:
    plain = text.rstrip("=").translate(_URL_SAFE)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


_URL_SAFE: Final = str.maketrans("-_", "+/")


def _printable(data: bytes) -> str | None:
    try:
        found = data.decode()
    except UnicodeDecodeError:
        return None
    return found if all(each.isprintable() or each in "\r\n\t" for each in found) else None
