"""Requests that nobody should send: made of the surfaces' own documents, and then altered a little."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from tests.support.lab import device_header

# These wait for something, go on for ever, or are faults that somebody asked for.
_LEFT_OUT: Final = ("events", "wait", "faults")
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_TEXTS: Final = (
    "REF30", "Cablevision", "demo", "default", "sample-app", "demo-roku", "", " ", "%", "%00", "%ff", "..",
    "a/b", "*", "null", "-1", "0", "1e309", "9" * 40, "PT1S", "P9999Y", "é", "\u202e", "\U0001d54f", "'",
    '"', "<a>", "${x}", "x" * 300, "A" * 5_000, "[zz]", "2026-13-99T25:61:61Z",
    "fingerprint YWJj", "Bearer x", "Basic eDp5",
)  # fmt: skip
_HEADERS: Final = (
    "Authorization", "AP-Device-Identifier", "X-Device-Info", "AP-Partner-Framework-Status",
    "AD-Service-Token", "Adobe-Subject-Token", "AP-TempPass-Identity", "X-Sim-Sandbox", "Content-Type",
    "Accept", "Origin", "Cookie", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
    "X-Forwarded-Proto", "X-Forwarded-Prefix", "If-None-Match", "Range", "User-Agent", "Referer",
)  # fmt: skip
# These take a hundred times as long as others, and there are others to be tried.
_LONG: Final = (
    "/bundle",
    "/docs",
    "/scenarios",
    "/requests.har",
    "/state",
    "/conduct",
    "/operations",
)
_SHARE_OF_LONG: Final = 0.1
# What there is behind a path whose parameters lead somewhere.
_FITTING: Final = {"serviceProvider": "REF30", "service_provider": "REF30", "mvpd": "Cablevision",
    "partner": "Apple", "name": "demo", "id": "demo-roku"}  # fmt: skip
_SHARE_OF_FITTING: Final = 0.7
# These end most requests before anything else is looked at, and often the connection.
_EARLY: Final = ("Content-Encoding", "Expect", "Transfer-Encoding", "Host", "Connection")
_BYTES: Final = (
    b"", b"{", b"[]", b"null", b'{"a":1,"a":2}', b"\xff\xfe", b"\xef\xbb\xbf{}", b"\x1f\x8b\x08hello",
    b"a=b&a=b", b"[" * 5_000, b'{"x":' * 2_000, b"\x00" * 100,
)  # fmt: skip
_PIECES: Final = (
    b"\x00", b"\xff", b'"', b"{", b"}", b"[", b",", b":", b"\\", b"\\u0000", b"\\ud800", b"%", b"&", b"=",
    b"-", b"1e999", b"null", b"true", b"9" * 30, b"\xe2\x80\xae", b"\xc3\x28", b"\r\n", b"<!--", b"*",
)  # fmt: skip
_WEIGHT_OF_EARLY: Final = 0.02
_CASES: Final = 4_000


@dataclass(frozen=True, kw_only=True)
class Target:
    """An operation of a document, and the members that its body may have."""

    method: str
    path: str
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A request, in parts that can be altered one by one."""

    method: str
    path: bytes
    headers: tuple[tuple[str, bytes], ...]
    body: bytes

    def on_the_wire(self) -> bytes:
        """Its bytes."""
        lines = [b"%s %s HTTP/1.1" % (self.method.encode(), self.path), b"Host: 127.0.0.1"]
        chunked = False
        for name, value in self.headers:
            lines.append(b"%s: %s" % (name.encode(), value))
            chunked = chunked or name == "Transfer-Encoding"
        if not chunked:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join((*lines, b"", self.body))


def targets(document: dict[str, Any]) -> list[Target]:
    """What can be asked for by a document."""
    found = []
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item and not any(each in path for each in _LEFT_OUT):
                body = json.dumps(item[method].get("requestBody", {}))
                members = _members(document, body)
                found.append(Target(method=method.upper(), path=path, members=members))
    return found


def _members(document: dict[str, Any], body: str) -> tuple[str, ...]:
    schemas = document.get("components", {}).get("schemas", {})
    named = (each for name, each in schemas.items() if f'schemas/{name}"' in body)
    return tuple(member for each in named for member in each.get("properties", {}))


class Requests:
    """An endless row of requests: the same one for the same `seed`.

    `known` are the targets of each surface. Making a request takes long, so there are some thousands of
    them, which go out altered. `token` opens the device surface, for there is more behind it than in front.
    """

    def __init__(self, known: Sequence[Sequence[Target]], token: str, seed: int) -> None:
        self._known = known
        self._random = random.Random(seed)
        self._entitled = (
            ("Authorization", f"Bearer {token}".encode()),
            ("AP-Device-Identifier", device_header("demo-roku").encode()),
        )
        self._cases = [self._case() for _ in range(_CASES)]

    def next(self) -> tuple[bytes, bool]:
        """The bytes of the next one, and whether they are HTTP, which another may follow."""
        pick = self._random
        chance = pick.random()
        if chance < 0.01:
            return pick.randbytes(pick.randint(1, 200)) + b"\r\n\r\n", False
        case = pick.choice(self._cases)
        for _ in range(pick.randrange(3)):
            case = self._altered(case)
        wire = case.on_the_wire()
        return (_cut(wire, pick), False) if chance < 0.02 else (wire, True)

    def _case(self) -> Case:
        pick = self._random
        # As many of devices as of the admin API, which has more operations.
        target = pick.choice(pick.choice(self._known))
        while target.path.endswith(_LONG) and pick.random() > _SHARE_OF_LONG:
            target = pick.choice(pick.choice(self._known))
        path = target.path
        while "{" in path:
            before, _, rest = path.partition("{")
            name, _, rest = rest.partition("}")
            fitting = _FITTING.get(name) if pick.random() < _SHARE_OF_FITTING else None
            path = before + quote(fitting or self._text(), safe="%") + rest
        if pick.random() < 0.3:
            path += f"?{quote(self._text())}={quote(self._text())}"
        form = target.path.startswith(("/api", "/o/")) and pick.random() < 0.5
        kind = b"application/x-www-form-urlencoded" if form else b"application/json"
        headers = [("Content-Type", kind)]
        if pick.random() < 0.6:
            headers += self._entitled
        headers += [(pick.choice(_HEADERS), self._value()) for _ in range(pick.randint(0, 2))]
        if pick.random() < _WEIGHT_OF_EARLY:
            headers.append((pick.choice(_EARLY), self._value()))
        body = b""
        if target.method != "GET" or pick.random() < 0.1:
            body = self._form() if form else self._body(target)
        return Case(method=target.method, path=path.encode(), headers=tuple(headers), body=body)

    def _altered(self, case: Case) -> Case:
        pick = self._random
        part = pick.random()
        if part < 0.5 and case.body:
            return replace(case, body=self._spoilt(case.body))
        if part < 0.7:
            places = [*case.headers]
            at = pick.randrange(len(places))
            places[at] = places[at][0], self._value()
            return replace(case, headers=tuple(places))
        if part < 0.8:
            other = pick.choice(self._cases)
            return replace(case, headers=other.headers, body=other.body)
        if part < 0.9:
            return replace(case, method=pick.choice(_METHODS).upper())
        before, slash, _ = case.path.rpartition(b"/")
        return replace(case, path=before + slash + quote(self._text(), safe="%").encode())

    def _spoilt(self, body: bytes) -> bytes:
        pick = self._random
        at = pick.randrange(len(body) + 1)
        kind = pick.randrange(4)
        if kind == 0:
            return body[:at]
        if kind == 1:
            return body[:at] + pick.choice(_PIECES) + body[at:]
        end = min(len(body), at + pick.randint(1, 8))
        if kind == 2:
            return body[:at] + pick.choice(_PIECES) + body[end:]
        return body[:at] + body[at:end] * 2 + body[end:]

    def _text(self) -> str:
        return self._random.choice(_TEXTS)

    def _value(self) -> bytes:
        return self._text().encode()

    def _form(self) -> bytes:
        names = ("mvpd", "domainName", "redirectUrl", "grant_type", "client_id", self._text())
        return "&".join(f"{quote(name)}={quote(self._text())}" for name in names).encode()

    def _body(self, target: Target) -> bytes:
        pick = self._random
        if pick.random() < 0.1:
            return pick.choice(_BYTES)
        names = [each for each in target.members if pick.random() < 0.5] or [self._text()]
        return json.dumps({name: self._json(3) for name in names}).encode()

    def _json(self, depth: int) -> object:
        pick = self._random
        plain: list[object] = [None, True, 0, -1, 1.5, 2**63, 2**70, self._text(), self._text()]
        kind = pick.randint(0, 3 if depth else 1)
        if kind == 2:
            return [self._json(depth - 1) for _ in range(pick.randint(0, 3))]
        if kind == 3:
            return {self._text(): self._json(depth - 1) for _ in range(pick.randint(0, 3))}
        return pick.choice(plain)


def _cut(wire: bytes, pick: random.Random) -> bytes:
    """The request with some bytes of its head replaced: no longer HTTP, or another request."""
    head, _, body = wire.partition(b"\r\n\r\n")
    at = pick.randrange(len(head))
    return head[:at] + pick.choice(_PIECES) + head[at + pick.randint(0, 4) :] + b"\r\n\r\n" + body
