"""Texts, parameters and JSON without what is secret in them, be it known by its name or by its look.

What is packed into a text is looked at as well: JSON, Base64, hexadecimal digits, and what was escaped.
What has more packed in it, or deeper, than anybody's has is replaced whole, as nobody looked through it. A
text in which nothing has to be replaced stays as it is, letter by letter.
"""

import base64
import json
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from simulator.domain.bounded_cache import bounded_cache
from simulator.domain.texts import from_base64

from .identities import Identities
from .looks import FOUND, IN_AGENTS, PEOPLE, TELLING, is_address
from .names import VALUES, key_of_value, kind_of, said_name
from .packing import BASE64, COMPRESSED, HEX, as_json, from_hex, printable, readable, unescaped
from .stand_ins import StandIns

_TEXTS_KEPT: Final = 50_000
# Of a text, so many letters for each of its own, and some more, are unpacked: those of a few layers of Base64
# and percent-encoding, and of what is deflated as messages of SAML are.
_UNPACKED: Final = 16
_UNPACKED_ANYWAY: Final = 2_048
# Nobody packs deeper.
_DEEPEST: Final = 8
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_USER: Final = re.compile(r"(?<=://)[^/@\s?#\"']+@")
_SHORTEST_PACKED: Final = 8
_AROUND: Final = re.compile("([/+_-])")
_NAMED: Final = re.compile(
    r"(?<![\w.-])([\w.-]{2,40})\\?[\"']?\s*(?:=>|[=:])\s*(?:\\?([\"']))?"
)  # fmt: skip
_VALUE: Final = re.compile(r"[^\s\"'&<>;,]{3,}")
# What is in no cookie before its first name, but in a query.
_IN_QUERY: Final = re.compile(r"[^\s\"'&<>;,=]+(?=&[\w.-]+=)")
_QUOTED: Final = {each: re.compile(rf"[^{each}\\]+") for each in ('"', "'")}
_LINE: Final = re.compile(r"[^\r\n<>]+")
# What is named beside its value: an element, a field of a form that is multipart, one of a page. Bounded, as
# what is between the two may be the rest of a long text.
_FIELDS: Final = tuple(
    re.compile(each)
    for each in (
        r"<(?:[\w.-]{1,40}:)?([\w.-]{2,40})(?:\s[^<>]{0,400})?>\s*(?:<!\[CDATA\[)?([^<>\]]+)",
        r"name=\\?[\"']?([\w.-]{2,40})[^\r\n<>]{0,99}(?:\r?\n[^\r\n]{1,99}){0,4}\r?\n\r?\n([^\r\n]+)",
        r"name=\\?[\"']([\w.-]{2,40})\\?[\"'][^<>]{0,200}?\svalue=\\?[\"']([^\"'\\]+)",
    )
)
_RESERVED: Final = " !#$&'()*+,/:;=?@[]"
_ENCRYPTED: Final = "encrypted"
_AGENTS: Final = frozenset(
    ["userAgent", "originalUserAgent", "version", "osVersion", "browserVersion", "profile"]
)
# A token may be described by an object; of all others, all that is in it is what its name says.
_DESCRIBED: Final = frozenset({None, "", "token", "media-token"})
_LONGEST_NAME: Final = 40
_CREDENTIALS: Final = frozenset({"token", "cookie", "secret"})


T = TypeVar("T")


class Texts:
    """The texts of one run with its stand-ins."""

    def __init__(self, stand_ins: StandIns, identities: Identities) -> None:
        self._stand_ins = stand_ins
        self._identities = identities
        # Within how many others the text is packed that is searched, and how much may still be unpacked.
        self._depth = 0
        self._left = 0
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
            if name.startswith("SAML"):
                self._meet_people(printable(from_base64(value) or b"") or "")
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
        mark = "?" if "?" in text else "#"
        if "=" not in text.partition(mark)[2]:
            return self.text(text)
        # A parameter may be a URL that has parameters.
        found = self._inside(text, len(text), lambda: self._parts(text, mark))
        return self._stand_ins.of("token", text) if found is None else found

    def _parts(self, text: str, mark: str) -> str:
        path, _, query = text.partition(mark)
        query, fragment, rest = query.partition("#")
        tail = f"#{self.query(rest) if '=' in rest else self.text(rest)}" if fragment else ""
        return f"{self.text(path)}{mark}{self.query(query)}{tail}"

    def member(self, value: Any, name: str, device: str = "") -> Any:  # noqa: ANN401 - JSON of any shape
        """A value of JSON, by the name of the member that it is, of an answer to `device`."""
        if isinstance(value, str):
            return self._string(value, name, device)
        if isinstance(value, dict):
            return self._object(value, name, device)
        if isinstance(value, list):
            return self._list(value, name, device)
        return self._number(value, name)

    def _object(self, value: dict[str, Any], name: str, device: str) -> dict[str, Any]:
        # An attribute of the user metadata is called what holds its value, and others say their name.
        called = said_name(value) or name
        plain = kind_of(called) is None
        if (key := key_of_value(value)) is not None:
            value = {**value, "key": None}
        found = {
            self.text(each): self.member(inner, each, device)
            if plain and each != "id" and kind_of(each) is None
            else self._member(inner, each, (name, called), device)
            for each, inner in value.items()
        }
        if value.get("state") == "enc" and "value" in value:
            found["value"] = _ENCRYPTED
        return found if key is None else {**found, "key": self.url(key)}

    def _member(self, value: Any, each: str, names: tuple[str, str], device: str) -> Any:  # noqa: ANN401
        """A member of an object that has, and says, these names."""
        name, called = names
        kind = kind_of(each)
        if each in VALUES and kind_of(called):
            each = called
        elif kind is None and each == "id" and kind_of(f"{name}id"):
            each = f"{name}id"
        elif kind is None and kind_of(name) == "token" and isinstance(value, str):
            each = name
        elif kind in _DESCRIBED or _is_attribute(value):
            return self.member(value, each, device)
        return self._all(value, each, device)

    def _list(self, value: list[Any], name: str, device: str) -> list[Any]:
        """A list, which may be one of pairs, or have names and values by turns, as headers are written."""
        if all(isinstance(each, list) and len(each) == 2 for each in value):  # noqa: PLR2004 - pairs
            pairs = [(name, value) for name, value in value if isinstance(name, str)]
            if len(pairs) == len(value):
                return [
                    [self.text(called), self._all(inner, called, device)] for called, inner in pairs
                ]
        found, before = [], None
        for each in value:
            named = (
                isinstance(before, str)
                and len(before) <= _LONGEST_NAME
                and kind_of(before) in _CREDENTIALS
            )
            if named and not (isinstance(each, str) and kind_of(each)):
                found.append(self._all(each, str(before), device))
            else:
                found.append(self.member(each, name, device))
            before = each
        return found

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
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        kind, plain = kind_of(name), str(value)
        text = self._stand_ins.of(kind, plain) if kind else self._stand_ins.without(plain)
        return value if text == plain else int("".join(filter(str.isdecimal, text)) or 0)

    # By look

    def agent(self, value: str) -> str:
        """What is full of versions, which look like addresses."""
        return self._searched(value, self.agent, IN_AGENTS)

    def _searched(
        self,
        text: str,
        again: Callable[[str], str] | None = None,
        looks: re.Pattern[str] = FOUND,
    ) -> str:
        """A text without tokens, addresses, what is named in it, and whatever was met by name before.

        What is packed into it is searched by `again`, in the same way if there is none.
        """
        again = again or self.url
        found = _SURROGATES.sub("\ufffd", text)
        if (unpacked := self._unpacked(found, again)) is not None:
            return unpacked
        found = _USER.sub("", found)
        if TELLING.search(found):
            found = looks.sub(self._replaced, found)
        if any(each in found for each in "=:>"):
            found = self._assigned(found)
        found = HEX.sub(lambda piece: self._unpacked_hex(piece[0], again), found)
        found = BASE64.sub(lambda piece: self._unpacked_base64(piece[0], again), found)
        return self._stand_ins.without(found)

    def _unpacked(self, text: str, again: Callable[[str], str]) -> str | None:
        """JSON, or what was escaped, without what is secret in it; None where nothing is."""
        document = as_json(text)
        if document is not None:
            made = self._inside(text, len(text), lambda: self.member(document, ""))
            if made is None:
                return self._stand_ins.of("token", text)
            return text if made == document else json.dumps(made, separators=(",", ":"))
        plain = unescaped(text)
        if plain == text:
            return None
        found = self._inside(text, len(plain), lambda: again(plain))
        if found is None:
            return self._stand_ins.of("token", text)
        if found == plain:
            return None
        if "%" not in text:
            return found
        return quote(found, safe=_RESERVED if any(each in text for each in " /:?") else "")

    def _unpacked_hex(self, text: str, again: Callable[[str], str]) -> str:
        return self._repacked(text, from_hex(text), again, bytes.hex)

    def _unpacked_base64(self, text: str, again: Callable[[str], str]) -> str:
        data = from_base64(text)
        if data is not None:
            found = self._repacked(text, data, again, lambda made: base64.b64encode(made).decode())
            if found != text:
                return found
        # What belongs to the alphabet may be what is around it as well.
        pieces = _AROUND.split(text)
        if len(pieces) == 1:
            return text
        return "".join(
            self._unpacked_base64(each, again) if len(each) >= _SHORTEST_PACKED else each
            for each in pieces
        )

    def _repacked(
        self, text: str, data: bytes, again: Callable[[str], str], pack: Callable[[bytes], str]
    ) -> str:
        """A text that says `data`, without what is secret in that."""
        if data.startswith(COMPRESSED):
            return self._stand_ins.of("token", text)
        plain = printable(data)
        if plain is not None:
            found = self._inside(text, len(plain), lambda: again(plain))
            if found is not None:
                return text if found == plain else pack(found.encode())
        elif (known := self._stand_ins.met(f"hex:{data.hex()}")) is not None:
            return known
        elif self._is_harmless(text, data, again):
            return text
        return self._stand_ins.of("token", text)

    def _is_harmless(self, text: str, data: bytes, again: Callable[[str], str]) -> bool:
        """Whether nothing is secret in `data`, which `text` says and which is no text itself."""
        pieces = readable(data, self._allowed(text))
        if pieces is None:
            return False
        letters = sum(map(len, pieces))
        found = self._inside(text, letters, lambda: [*map(again, pieces)])
        return found == pieces

    def _allowed(self, text: str) -> int:
        """How many letters may still be unpacked of a text, or of that which it is packed in."""
        if not self._depth:
            self._left = _UNPACKED * len(text) + _UNPACKED_ANYWAY
        return max(self._left, 0)

    def _inside(self, text: str, letters: int, search: Callable[[], T]) -> T | None:
        """What a search of as many letters that are packed into `text` finds.

        None where that is more, or deeper, than anybody's.
        """
        self._left = self._allowed(text) - letters
        if self._left < 0 or self._depth == _DEEPEST:
            return None
        self._depth += 1
        try:
            return search()
        except RecursionError:
            return None
        finally:
            self._depth -= 1

    def _assigned(self, text: str) -> str:
        """A text without the values that stand behind a name for what is secret."""
        if "<" in text or "name=" in text:
            for each in _FIELDS:
                text = each.sub(self._field, text)
        done: list[str] = []
        at = 0
        while found := _NAMED.search(text, at):
            done.append(text[at : found.end()])
            at = found.end()
            value = self._value(found, text)
            if value is not None:
                done.append(self._once(found[1], value[0]))
                at = value.end()
        return "".join([*done, text[at:]])

    def _value(self, name: re.Match[str], text: str) -> re.Match[str] | None:
        """The value behind a name in a text, where it has to be replaced."""
        kind = kind_of(name[1])
        if not kind:
            return None
        whole = kind == "cookie" or name[1].lower().endswith("authorization")
        # A header may be quoted together with its name.
        begin = name.start()
        mark = name[2] or (whole and text[max(begin - 1, 0) : begin])
        if mark in _QUOTED:
            return _QUOTED[mark].match(text, name.end())
        if text[name.end() - 1] == "=" and (found := _IN_QUERY.match(text, name.end())):
            return found
        return (_LINE if whole else _VALUE).match(text, name.end())

    def _field(self, found: re.Match[str]) -> str:
        if not kind_of(found[1]):
            return found[0]
        begin, end = found.span(2)
        return (
            found.string[found.start() : begin]
            + self._once(found[1], found[2].strip())
            + found.string[end : found.end()]
        )

    def _once(self, name: str, value: str) -> str:
        """The value of what is named in a text, which its look may have given away before."""
        return value if self._stand_ins.has_made(value) else self.named(name, value)

    def _replaced(self, found: re.Match[str]) -> str:
        kind, text = found.lastgroup or "", found[0]
        if kind == "bearer":
            return f"Bearer {self._stand_ins.of('token', re.split('[ +]|%20', text)[-1])}"
        if kind == "basic":
            told = printable(from_base64(text.split()[-1]) or b"")
            return f"Basic {self._stand_ins.of('token', text)}" if ":" in (told or "") else text
        if kind == "ip" and not is_address(text):
            return text
        if kind == "email":
            return self._stand_ins.of("email", text.replace("%40", "@"))
        if kind == "saml":
            self._meet_people(text)
            return self._stand_ins.of("token", text)
        return self._stand_ins.of(kind, text)

    def _meet_people(self, message: str) -> None:
        for found in PEOPLE.finditer(message):
            self._stand_ins.expect("viewer", (found[1] or found[2]).strip())


def _is_attribute(value: object) -> bool:
    """Whether this is how user metadata says a value, and whether it is encrypted."""
    return isinstance(value, dict) and value.get("state") in _STATES


_STATES: Final = ("plain", "enc")
