"""A capture made shareable: an HTTP Archive of the exchanges with the backend, stand-ins and all."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from simulator import __version__

from .exchanges import Exchange

_CREATOR: Final = {"name": "pass-simulator redact", "version": __version__}

# An answer whose headers were all left out still had some.
_NONE: Final[Mapping[bool, Mapping[str, str]]] = {True: {"x-left-out": "all"}, False: {}}


def archive(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """The text of the archive, piece by piece."""
    yield f'{{"log":{{"version":"1.2","creator":{json.dumps(_CREATOR)},"entries":['
    separator = "\n"
    for each in exchanges:
        yield separator + json.dumps(_entry(each), separators=(",", ":"))
        separator = ",\n"
    yield "\n]}}\n"


def _entry(exchange: Exchange) -> dict[str, Any]:
    begun = datetime.fromtimestamp(exchange.at / 1000, UTC).isoformat(timespec="milliseconds")
    text = None if exchange.answer is None else json.dumps(exchange.answer, separators=(",", ":"))
    size = len(text or "")
    content: dict[str, Any] = {
        "size": size,
        "mimeType": exchange.answer_headers.get("content-type", ""),
    }
    if text is not None:
        content["text"] = text
    elif exchange.answered:
        content["text"] = ""
    return {
        "startedDateTime": begun,
        "time": exchange.took,
        "request": {
            "method": exchange.method,
            "url": f"{exchange.origin}{exchange.target}",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.headers),
            "queryString": [
                {"name": name, "value": value}
                for name, value in parse_qsl(exchange.query, keep_blank_values=True)
            ],
            "headersSize": -1,
            "bodySize": len(exchange.body or ""),
            **_posted(exchange),
        },
        "response": {
            "status": exchange.status,
            "statusText": _phrase(exchange.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.answer_headers or _NONE[exchange.headed]),
            "content": content,
            "redirectURL": exchange.answer_headers.get("location", ""),
            "headersSize": -1,
            "bodySize": size,
        },
        "cache": {},
        "timings": {"send": 0, "wait": exchange.took, "receive": 0},
        **({"_sim": {**exchange.own, "at": begun}} if exchange.own else {}),
    }


def _pairs(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _posted(exchange: Exchange) -> dict[str, Any]:
    if exchange.body is None:
        return {}
    return {
        "postData": {
            "mimeType": exchange.headers.get("content-type", ""),
            "text": exchange.body,
        }
    }


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
