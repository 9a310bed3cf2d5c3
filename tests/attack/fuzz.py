"""Requests that nobody should send: made of the surfaces' own documents, and of bytes that are no HTTP."""

import asyncio
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from tests.bench.wire import Wire
from tests.support.server import Server, serving

from .progress import progress
from .tally import Tally

_AT_ONCE: Final = 8
_PATIENCE: Final = 15.0
_OK: Final = 200
_REPORTED: Final = 1_000
# These wait for something, go on for ever, or are faults that somebody asked for.
_LEFT_OUT: Final = ("events", "wait", "faults")
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_TEXTS: Final = (
    "REF30", "Cablevision", "demo", "default", "sample-app", "", " ", "%", "%00", "%ff", "..", "a/b", "*",
    "null", "-1", "0", "1e309", "9" * 40, "PT1S", "P9999Y", "é", "\u202e", "\U0001d54f", "'", '"', "<a>",
    "${x}", "x" * 300, "A" * 5_000, "[zz]", "2026-13-99T25:61:61Z",
    "fingerprint YWJj", "Bearer x", "Basic eDp5",
)  # fmt: skip
_HEADERS: Final = (
    "Authorization", "AP-Device-Identifier", "X-Device-Info", "AP-Partner-Framework-Status",
    "AD-Service-Token", "Adobe-Subject-Token", "AP-TempPass-Identity", "X-Sim-Sandbox", "Content-Type",
    "Content-Encoding", "Accept", "Origin", "Cookie", "Expect", "Forwarded", "X-Forwarded-For",
    "X-Forwarded-Host", "X-Forwarded-Proto", "If-None-Match", "Range", "Transfer-Encoding", "Host",
)  # fmt: skip
_BYTES: Final = (
    b"", b"{", b"[]", b"null", b'{"a":1,"a":2}', b"\xff\xfe", b"\xef\xbb\xbf{}", b"\x1f\x8b\x08hello",
    b"a=b&a=b", b"[" * 5_000, b'{"x":' * 2_000, b"\x00" * 100,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Target:
    """An operation of a document, and the members that its body may have."""

    method: str
    path: str
    members: tuple[str, ...]


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


class Fuzzer:
    """Makes requests, each run the same ones."""

    def __init__(self, known: list[Target], seed: int) -> None:
        self._known = known
        self._random = random.Random(seed)

    def request(self) -> bytes:
        """The bytes of one request."""
        pick = self._random
        if pick.random() < 0.02:
            return pick.randbytes(pick.randint(1, 200)) + b"\r\n\r\n"
        target = pick.choice(self._known)
        path = target.path
        while "{" in path:
            before, _, rest = path.partition("{")
            path = before + quote(self._text(), safe="%") + rest.partition("}")[2]
        if pick.random() < 0.5:
            path += f"?{quote(self._text())}={quote(self._text())}"
        body = self._body(target) if target.method != "GET" or pick.random() < 0.1 else b""
        headers = {"Host": "127.0.0.1", "Content-Type": "application/json"}
        for _ in range(pick.randint(0, 4)):
            headers[pick.choice(_HEADERS)] = self._text().replace("\r", "").replace("\n", "")
        lines = [f"{target.method} {path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if "Transfer-Encoding" not in headers:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode(errors="replace") + b"\r\n\r\n" + body

    def _text(self) -> str:
        return self._random.choice(_TEXTS)

    def _body(self, target: Target) -> bytes:
        pick = self._random
        if pick.random() < 0.2:
            return pick.choice(_BYTES)
        names = [each for each in target.members if pick.random() < 0.5] or [self._text()]
        return json.dumps({name: self._value(3) for name in names}).encode()

    def _value(self, depth: int) -> object:
        pick = self._random
        plain: list[object] = [None, True, 0, -1, 1.5, 2**63, 2**70, self._text(), self._text()]
        kind = pick.randint(0, 3 if depth else 1)
        if kind == 2:
            return [self._value(depth - 1) for _ in range(pick.randint(0, 3))]
        if kind == 3:
            return {self._text(): self._value(depth - 1) for _ in range(pick.randint(0, 3))}
        return pick.choice(plain)


async def fuzz(folder: Path, requests: int) -> Tally:
    """Send them to both surfaces; a sandbox that none of them names has to stay as it is."""
    tally = Tally(attack="fuzzed requests")
    log = folder / "fuzz.log"
    options = ("--port", "0", "--db", str(folder / "fuzz.db"), "--scenario", "demo")
    with serving(*options, directory=folder, log=log) as server:
        server.call("POST", "/admin/v1/sandboxes", {"id": "bystander", "scenario": "demo"})
        before = _state(server)
        documents = (
            server.call("GET", "/api/v2/openapi.json"),
            server.call("GET", "/admin/v1/openapi.json"),
        )
        known = [each for document in documents for each in targets(document)]
        left = iter(range(requests))

        async def send(seed: int) -> None:
            fuzzer = Fuzzer(known, seed)
            wire: Wire | None = None
            for number in left:
                if number % _REPORTED == 0:
                    progress(tally.attack, number, requests)
                wire = wire or await Wire.to(server.origin)
                wire = await _one(wire, fuzzer.request(), tally)

        await asyncio.gather(*(send(seed) for seed in range(_AT_ONCE)))
        tally.leaked += await asyncio.to_thread(_state, server) != before
        await asyncio.to_thread(server.stop)
    tally.read_log(log)
    return tally


async def _one(wire: Wire, request: bytes, tally: Tally) -> Wire | None:
    """Send one request; the connection, if it may go on."""
    tally.tries += 1
    try:
        answer = await asyncio.wait_for(wire.ask(request), _PATIENCE)
    except TimeoutError:
        # One whose body is said to be longer than it is waits for the rest, and may.
        if b"Transfer-Encoding" not in request:
            tally.hangs += 1
            tally.note = tally.note or repr(request[:200])
    except (ConnectionError, ValueError, IndexError):
        # It was no HTTP, and the connection is over.
        pass
    else:
        tally.acknowledged += answer.status // 100 == _OK // 100
        if answer.status == 500:
            tally.errors += 1
            tally.note = tally.note or repr(request[:200])
        if answer.status != 400:
            return wire
    wire.close()
    return None


def _state(server: Server) -> Any:  # noqa: ANN401 - JSON of any shape
    return server.call("GET", "/admin/v1/state", headers={"X-Sim-Sandbox": "bystander"})
