"""The process that sends what `requests` makes, beside the server: `python -m tests.attack.fuzzing`.

What it came to is written to stdout in lines of JSON: now and then how far it is, and the sums at last.
"""

import argparse
import asyncio
import json
import math
import time
from dataclasses import asdict, dataclass
from typing import Any, Final

from tests.bench.wire import Wire
from tests.bench.wire import request as request_of

from .requests import Requests, targets

_AT_ONCE: Final = 24
_PATIENCE: Final = 20.0
_REPORTED: Final = 1_000
# After so many the world is made anew, else nothing would be found in it any more.
_ROUND: Final = 10_000
_NOT_SIMULATED: Final = 501


@dataclass(kw_only=True)
class Sums:
    """What the requests came to; `notes` are the first that went wrong."""

    tries: int = 0
    acknowledged: int = 0
    errors: int = 0
    hangs: int = 0
    note: str = ""

    def remember(self, what: str, request: bytes) -> None:
        """Keep the first request that went wrong, and how."""
        self.note = self.note or f"{what}: {request[:400]!r}"


class Fuzzing:
    """Requests to the simulator at `origin`, over some connections that are kept."""

    def __init__(self, origin: str, seed: int, seconds: float) -> None:
        self._origin = origin
        self._seed = seed
        self._until = time.monotonic() + seconds
        self.sums = Sums()

    async def run(self, requests: int) -> None:
        """Send so many, or as many as the time is enough for."""
        done = 0
        while done < requests and time.monotonic() < self._until:
            made = await self._made(self._seed + done)
            left = iter(range(min(_ROUND, requests - done)))
            await asyncio.gather(*(self._send(made, left) for _ in range(_AT_ONCE)))
            done = self.sums.tries

    async def _made(self, seed: int) -> Requests:
        """The requests of a round, for which the world is whole again."""
        wire = await Wire.to(self._origin)
        for sandbox in ({"id": "default", "scenario": "demo"}, {"id": "demo", "scenario": "demo"}):
            await wire.ask(request_of("POST", "/admin/v1/sandboxes", None, sandbox))
        await wire.must(request_of("POST", "/admin/v1/seed", None, {"scenario": "demo"}))
        minted = await wire.must(request_of("POST", "/admin/v1/tokens", None, {}))
        documents = [
            (await wire.must(request_of("GET", path))).json()
            for path in ("/api/v2/openapi.json", "/admin/v1/openapi.json")
        ]
        wire.close()
        known = [targets(document) for document in documents]
        return await asyncio.to_thread(Requests, known, minted.json()["access_token"], seed)

    async def _send(self, made: Requests, left: Any) -> None:  # noqa: ANN401 - an iterator that is shared
        wire: Wire | None = None
        for _ in left:
            if self.sums.tries % _REPORTED == 0:
                print(json.dumps({"done": self.sums.tries}), flush=True)
            if time.monotonic() >= self._until:
                break
            if wire is None or wire.closed:
                wire = await Wire.to(self._origin)
            wire = await self._one(wire, *made.next())
        if wire is not None:
            wire.close()

    async def _one(self, wire: Wire, request: bytes, is_http: bool) -> Wire | None:
        """Send one request; the connection, if it may go on."""
        sums = self.sums
        sums.tries += 1
        try:
            answer = await asyncio.wait_for(wire.ask(request), _PATIENCE)
        except TimeoutError:
            # What is no HTTP may be waited for the rest of.
            if is_http and b"\r\nTransfer-Encoding: " not in request:
                sums.hangs += 1
                sums.remember("not answered", request)
        except (ConnectionError, ValueError, IndexError):
            # It was no HTTP, and the connection is over.
            pass
        else:
            sums.acknowledged += answer.status // 100 == 2
            if answer.status >= 500 and answer.status != _NOT_SIMULATED:
                sums.errors += 1
                sums.remember(str(answer.status), request)
            if is_http:
                return wire
        wire.close()
        return None


async def main() -> None:
    """Send the requests, and write the sums."""
    parser = argparse.ArgumentParser()
    parser.add_argument("origin")
    parser.add_argument("requests", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=math.inf)
    given = parser.parse_args()
    fuzzing = Fuzzing(given.origin, given.seed, given.seconds)
    await fuzzing.run(given.requests)
    print(json.dumps({"sums": asdict(fuzzing.sums)}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
