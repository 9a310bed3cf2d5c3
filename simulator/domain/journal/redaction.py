"""What is kept of a request and its answer: everything but secrets.

A secret token is replaced by a mark with the beginning of its SHA-256, so that two uses of the same
one can be told from two tokens; of passwords and identities nothing is left.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote_plus

from simulator.domain.bounded_cache import bounded_cache

LONGEST: Final = 64 * 1024
"""Bytes beyond which a body is not kept."""

_LONGEST_PAGE: Final = 4 * 1024
# Names of headers, and marks of what they held, that are not made out anew each time.
_NAMES_KEPT: Final = 512
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

_TELLING: Final = SECRET | {"location"}
_LONGEST_NAME: Final = max(map(len, _TELLING))
# Whoever mentions one of the others mentions one of these.
_STEMS: Final = tuple(
    name for name in sorted(SECRET) if not any(each in name for each in SECRET - {name})
)
# A percent-encoded letter, dash or underscore: of anything else no name is made.
_ENCODED: Final = re.compile("%(?:2d|5f|[46][1-9a-f]|[57][0-9a])", re.IGNORECASE)
_BEARER: Final = re.compile(r"(?i)bearer\s+")

MARK: Final = re.compile(r"(?:Bearer )?\[redacted(?: (?P<print>[0-9a-f]{8}))?\]")
"""What `mark` makes of a secret, with its fingerprint as `print`."""


def mark(name: str, value: str) -> str:
    """What stands for the secret `value` called `name`."""
    if name.lower() in _BLANKED:
        return "[redacted]"
    scheme = "Bearer " if _BEARER.match(value) else ""
    return f"{scheme}[redacted {fingerprint(_BEARER.sub('', value, count=1))}]"


# An app sends the same token with every call.
@bounded_cache(_MARKS_KEPT)
def _header_mark(field: tuple[str, str]) -> str:
    return mark(*field)


def fingerprint(secret: str) -> str:
    """Eight hexadecimal digits by which the same secret is known again."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()[:8]


def _mentions(text: str) -> bool:
    """Whether the name of a secret is in `text`, percent-encoded or not."""
    return _names_one(text.lower()) or bool(
        "%" in text and _ENCODED.search(text) and _names_one(unquote_plus(text).lower())
    )


def _names_one(lower: str) -> bool:
    # A loop, for this is done to every url and body: `any` would make a generator of it.
    for name in _STEMS:  # noqa: SIM110
        if name in lower:
            return True
    return False


def headers(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Header fields in their order, each as name and value."""
    return [
        [name, _value(name, value) if len(name) <= _LONGEST_NAME and _tells(name) else value]
        for name, value in pairs
    ]


@lru_cache(_NAMES_KEPT)
def _tells(name: str) -> bool:
    """Whether the value of a header may hold a secret."""
    return name.lower() in _TELLING


def _value(name: str, value: str) -> str:
    return target(value) if name.lower() == "location" else _header_mark((name, value))


def target(url: str) -> str:
    """A URL or path with its query."""
    path, question, query = url.partition("?")
    if not question or not _mentions(query):
        return url
    return f"{path}?{parameters(query)}"


def parameters(text: str) -> str:
    """A query string, or the body of a form."""
    return "&".join(
        f"{quote(name)}={mark(name, value) if name.lower() in SECRET else quote(value)}"
        for name, value in parse_qsl(text, keep_blank_values=True)
    )


def body(content: bytes, content_type: str) -> str | None:
    """A body as text; None where there is none, and a note in brackets for what is not kept."""
    if not content:
        return None
    if len(content) > LONGEST:
        return f"[{len(content)} bytes]"
    text = content.decode(errors="replace")
    if text.lstrip().startswith(("{", "[")):
        return text if not _mentions(text) and "\\u" not in text else _json(text)
    if "html" in content_type:
        return text[:_LONGEST_PAGE]
    if "=" in text and "\n" not in text.strip():
        return text if not _mentions(text) else parameters(text)
    # Who knows what it is, and what is in it.
    return f"[{len(content)} bytes]"


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
