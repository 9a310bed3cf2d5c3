"""What is kept of a request and its answer: everything but secrets.

A secret token is replaced by a mark with the beginning of its SHA-256, so that two uses of the same
one can be told from two tokens; of passwords and identities nothing is left.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote_plus

from simulator.domain.bounded_cache import Memo, bounded_cache

LONGEST: Final = 64 * 1024
"""Bytes beyond which a body is not kept."""

_LONGEST_PAGE: Final = 4 * 1024
# Marks of what headers held that are not made out anew each time.
_MARKS_KEPT: Final = 512

_TOKENS: Final = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "adobe-subject-token",
        "ad-service-token",
        "x-roku-reserved-roku-connect-token",
        "client_secret",
        "software_statement",
        "access_token",
        "refresh_token",
        "samlresponse",
        "serializedtoken",
        "servicetoken",
        "token",
        "jws",
    }
)
_BLANKED: Final = frozenset({"password", "ap-temppass-identity", "x-sso-id", "x-sso-link", "key"})
SECRET: Final = _TOKENS | _BLANKED
"""The names, in lower case, of headers, parameters and members that hold secrets."""

# Whoever mentions one of the others mentions one of these.
_STEMS: Final = [name for name in SECRET if not any(each in name for each in SECRET - {name})]
# A letter is found, or missed, in a tenth of the time of a name, and most texts lack most of these.
_RARE: Final = "zjkw-_m"
_BY_LETTER: Final = tuple(
    (letter, tuple(each for each in _STEMS if next(filter(each.__contains__, _RARE)) == letter))
    for letter in _RARE
)
# A percent-encoded letter, dash or underscore: of anything else no name is made.
_ENCODED: Final = re.compile("%(?:2d|5f|[46][1-9a-f]|[57][0-9a])", re.IGNORECASE)
_BEARER: Final = re.compile(r"(?i)bearer\s+")
_PARTS: Final = re.compile("([?#])")
_WORD: Final = re.compile(r"[\w.-]*")
# What a page may have of a secret: in a link, a script or a text.
_ASSIGNED: Final = re.compile(
    rf"(?i)((?P<name>{'|'.join(sorted(SECRET))})[\"']?\s*[=:]\s*[\"']?)(?P<value>[^\s\"'&<>]+)"
)

MARK: Final = re.compile(r"(?:Bearer )?\[redacted(?: (?P<print>[0-9a-f]{8}))?\]")
"""What `mark` makes of a secret, with its fingerprint as `print`."""


_BLANK: Final = "[redacted]"


def mark(name: str, value: str) -> str:
    """What stands for the secret `value` called `name`."""
    return _BLANK if name.lower() in _BLANKED else _token_mark(value)


def _token_mark(value: str) -> str:
    scheme = "Bearer " if _BEARER.match(value) else ""
    return f"{scheme}[redacted {fingerprint(_BEARER.sub('', value, count=1))}]"


# An app sends the same token with every call.
_header_mark: Final = bounded_cache(_MARKS_KEPT)(_token_mark)


def fingerprint(secret: str) -> str:
    """Eight hexadecimal digits by which the same secret is known again."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()[:8]


def _mentions(text: str) -> bool:
    """Whether the name of a secret is in `text`, percent-encoded or not."""
    return _names_one(text.lower()) or bool(
        "%" in text and _ENCODED.search(text) and _names_one(unquote_plus(text).lower())
    )


def _names_one(lower: str) -> bool:
    # Loops, for this is done to every url and body: `any` would make a generator of each.
    for letter, names in _BY_LETTER:
        if letter in lower:
            for name in names:
                if name in lower:
                    return True
    return False


class Redactor:
    """Redacts messages that have much in common, and makes out once what several of them hold.

    It remembers all of it, so it is for one batch.
    """

    def __init__(self) -> None:
        self._targets = Memo(target)
        self._objects = Memo[bytes, str | None](lambda content: body(content, ""))
        self._harmless: set[str] = set()

    def target(self, url: str) -> str:
        """A URL or path with its query."""
        return self._targets[url]

    def headers(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Header fields in their order, each as name and value."""
        harmless = self._harmless
        return [
            self._header(*pair) if pair[0] not in harmless or _may_be_url(pair[1]) else pair
            for pair in pairs
        ]

    def _header(self, name: str, value: str) -> tuple[str, str]:
        lower = name.lower()
        if lower in SECRET:
            return name, _BLANK if lower in _BLANKED else _header_mark(value)
        self._harmless.add(name)
        # Whatever it is called, it may be an address.
        return name, self._targets[value]

    def body(self, content: bytes | None, headers: Sequence[tuple[str, str]]) -> str | None:
        """The body of a message with these headers, as `body` has it."""
        if content and content.startswith(b"{"):
            # Whatever its type, it is an object; and many are answered the same.
            return self._objects[content]
        return body(content, _content_type(headers)) if content else None


def _content_type(headers: Sequence[tuple[str, str]]) -> str:
    types = (value for name, value in reversed(headers) if name.lower() == "content-type")
    return next(types, "")


def target(url: str) -> str:
    """A URL or path with its query and fragment."""
    if not _may_be_url(url) or not _mentions(url):
        return url
    path, *parts = _PARTS.split(url)
    return path + "".join(parameters(each) if _mentions(each) else each for each in parts)


def _may_be_url(text: str) -> bool:
    """Whether there is a query or a fragment in it."""
    return "?" in text or "#" in text


def parameters(text: str) -> str:
    """A query string, or the body of a form."""
    return "&".join(_pair(*pair) for pair in parse_qsl(text, keep_blank_values=True))


def _pair(name: str, value: str) -> str:
    if name.lower() in SECRET:
        return f"{_quoted(name)}={mark(name, value)}"
    if not _WORD.fullmatch(name) and _mentions(name):
        # It is no form at all, and its secrets are anywhere.
        return f"{_BLANK}={_BLANK}"
    return f"{_quoted(name)}={_quoted(_value(value))}"


def _value(text: str) -> str:
    """A value, which may be a URL or JSON with secrets of its own."""
    if text.startswith(("{", "[")) and _mentions(text):
        return _json(text)
    return target(text)


def _quoted(text: str) -> str:
    # A byte that is no UTF-8 comes as half a surrogate pair.
    return quote(text, errors="replace")


def body(content: bytes, content_type: str) -> str | None:
    """A body as text; None where there is none, and a note in brackets for what is not kept.

    Clients send either notation under any type, so the body itself decides.
    """
    if not content:
        return None
    if len(content) > LONGEST:
        return f"[{len(content)} bytes]"
    text = content.decode("utf-8-sig", errors="replace")
    if text.lstrip().startswith(("{", "[")):
        return _json(text) if _mentions(text) or ("\\" in text and "\\u" in text) else text
    if text.lstrip().startswith("<") and "html" in content_type:
        return _page(text[:_LONGEST_PAGE])
    if "=" in text and "\n" not in text.strip():
        return text if not _mentions(text) else parameters(text)
    if "html" in content_type and not _mentions(text):
        return text[:_LONGEST_PAGE]
    # Who knows what it is, and what is in it.
    return f"[{len(content)} bytes]"


def _page(text: str) -> str:
    if not _mentions(text):
        return text
    return _ASSIGNED.sub(lambda found: f"{found[1]}{mark(found['name'], found['value'])}", text)


def _json(text: str) -> str:
    try:
        document = json.loads(text)
        return json.dumps(_clean(document), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return f"[{len(text.encode(errors='replace'))} bytes]"


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, Mapping):
        return {name: _member(name, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return value


def _member(name: str, value: object) -> object:
    # A token may be described by an object, whose own members say which of them are secret.
    if name.lower() in _BLANKED or (name.lower() in SECRET and not isinstance(value, Mapping)):
        return mark(name, value if isinstance(value, str) else json.dumps(value))
    return _clean(value)
