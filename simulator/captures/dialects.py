"""One entry of an HTTP Archive as an exchange, whichever tool wrote it.

HAR 1.2 leaves room, and each tool uses it in its own way: bodies as Base64, forms as parameters without a
text, pseudo headers of HTTP/2, times in any zone, entries that never got an answer.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, unquote_plus, urlencode

from simulator.domain.members import LATEST

Pairs = list[tuple[str, str]]

FORM: Final = "application/x-www-form-urlencoded"
_STATUS: Final = re.compile("[1-9][0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawExchange:
    """A request and its answer as an entry has them, secrets and all.

    `at` and `took` are milliseconds, the first since 1970. A body is None where the capture has none;
    `status` is 0 where there was no answer. `own` is what our own archives say besides.
    """

    at: int
    took: int
    method: str
    url: str
    headers: Pairs
    body: str | None
    status: int
    answer_headers: Pairs
    answer: str | None
    own: Mapping[str, Any]


def exchange(entry: Any) -> RawExchange | None:  # noqa: ANN401 - JSON of any shape
    """The exchange of an entry; None where it is none that could be read."""
    if not isinstance(entry, dict):
        return None
    asked, sent = entry.get("request"), entry.get("response")
    at = _instant(entry.get("startedDateTime"))
    if not isinstance(asked, dict) or not isinstance(sent, dict) or at is None:
        return None
    own = entry.get("_sim")
    own = own if isinstance(own, dict) else {}
    # Ours say when it was by the sandbox's clock.
    moment = _instant(own.get("at"))
    return RawExchange(
        at=at if moment is None else moment,
        took=_length(entry.get("time")),
        method=str(asked.get("method", "")).upper(),
        url=str(asked.get("url", "")),
        headers=[*_headers(asked), *_cookies(asked, "cookie"), *_cookies(sent, "set-cookie")],
        body=_posted(asked.get("postData")),
        status=_status(sent.get("status")),
        answer_headers=_headers(sent),
        answer=_content(sent.get("content")),
        own=own,
    )


def _status(value: object) -> int:
    """The status of an answer, which some tools write as a text; 0 where there was none."""
    found = _STATUS.fullmatch(str(value))
    return int(found[0]) if found else 0


def _instant(text: object) -> int | None:
    """Epoch milliseconds; without a zone it is taken for UTC, and what no clock shows for no instant."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        moment = round(found.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return moment if 0 <= moment < LATEST else None


def _length(value: object) -> int:
    # A day: nothing that is longer was one request.
    if isinstance(value, int | float) and 0 <= value < 86_400_000:  # noqa: PLR2004
        return round(value)
    return 0


def _headers(message: Mapping[str, Any]) -> Pairs:
    """Name and value of each; what HTTP/2 has for the request line is none."""
    return [each for each in _pairs(message.get("headers")) if not each[0].startswith(":")]


def _cookies(message: Mapping[str, Any], header: str) -> Pairs:
    """The cookies that stand beside the headers, or instead of theirs."""
    return [(header, f"{name}={value}") for name, value in _pairs(message.get("cookies"))]


def _pairs(found: object) -> Pairs:
    if not isinstance(found, list):
        return []
    return [
        (each["name"], each["value"])
        for each in found
        if isinstance(each, dict)
        and isinstance(each.get("name"), str)
        and isinstance(each.get("value"), str)
    ]


def _posted(found: object) -> str | None:
    if not isinstance(found, dict):
        return None
    text = found.get("text")
    if isinstance(text, str) and (text or not found.get("params")):
        packed = "base64" in {found.get("encoding"), found.get("_encoding")}
        return _unpacked(text) if packed else text
    pairs = found.get("params")
    if not isinstance(pairs, list):
        return None
    return urlencode(
        [
            (_plain(each["name"]), _plain(each.get("value") or ""))
            for each in pairs
            if isinstance(each, dict) and isinstance(each.get("name"), str)
        ],
        quote_via=quote,
    )


def _plain(text: object) -> str:
    """A parameter as it is meant: some tools leave it encoded, as it was sent."""
    value = text if isinstance(text, str) else str(text)
    encoded = "%" in value and quote(unquote_plus(value), safe="*-._") == value.replace("+", "%20")
    return unquote_plus(value) if encoded else value


def _content(found: object) -> str | None:
    if not isinstance(found, dict):
        return None
    text = found.get("text")
    # One that has a size, and no letters, was left out.
    if not isinstance(text, str) or (not text and _length(found.get("size"))):
        return None
    return _unpacked(text) if found.get("encoding") == "base64" else text


def _unpacked(text: str) -> str | None:
    """A body that was written as Base64, of what was sent or of what it was packed from."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        if data.startswith(_GZIP):
            data = zlib.decompressobj(wbits=31).decompress(data, _LONGEST)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return data.decode("utf-8-sig", errors="replace")


_GZIP: Final = b"\x1f\x8b"
# No answer of the backend has more bytes.
_LONGEST: Final = 16 * 1024 * 1024
