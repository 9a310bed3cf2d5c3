"""Requests that nobody should send, from processes of their own; a sandbox beside them stays as it is."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.support.server import REPOSITORY, Server, serving

from .progress import progress
from .tally import Tally

_JOURNAL: Final = "500"
# Seeds of two senders are so far apart that none of their requests are the same.
_APART: Final = 1_000_000_000


@dataclass(kw_only=True)
class _Done:
    """How many requests each sender has sent."""

    of: int
    by: dict[int, int]

    def report(self, sender: int, done: int) -> None:
        self.by[sender] = done
        progress("fuzzed requests", sum(self.by.values()), self.of)


async def fuzz(folder: Path, requests: int, minutes: float) -> Tally:
    """Send so many to both surfaces, or as many as the minutes are enough for.

    For each processor there is a server, and a sender of its own.
    """
    tally = Tally(attack="fuzzed requests")
    servers = os.cpu_count() or 1
    done = _Done(of=requests, by={})
    await asyncio.gather(
        *(
            _fuzz(
                folder,
                each,
                (str(requests // servers), "--seconds", str(minutes * 60)),
                tally,
                done,
            )
            for each in range(servers)
        )
    )
    return tally


async def _fuzz(
    folder: Path, number: int, amount: tuple[str, ...], tally: Tally, done: _Done
) -> None:
    log = folder / f"fuzz-{number}.log"
    options = ("--db", str(folder / f"fuzz-{number}.db"), "--journal-entries", _JOURNAL)
    with serving("--port", "0", *options, directory=folder, log=log) as server:
        await asyncio.to_thread(_prepare, server)
        before = await asyncio.to_thread(_state, server)
        seed = number * _APART
        command = ("-m", "tests.attack.fuzzing", server.origin, *amount, "--seed", str(seed))
        sender = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
        )
        assert sender.stdout is not None
        ended = False
        async for line in sender.stdout:
            found = json.loads(line)
            if "sums" in found:
                _add(tally, found["sums"])
                ended = True
            else:
                done.report(number, found["done"])
        await sender.wait()
        if not ended:
            tally.hangs += 1
            tally.note = "a process that sends them ended before its time"
        tally.leaked += await asyncio.to_thread(_state, server) != before
        await asyncio.to_thread(server.stop)
    tally.read_log(log)


def _add(tally: Tally, sums: dict[str, Any]) -> None:
    tally.note = tally.note or sums["note"]
    for name in ("tries", "acknowledged", "errors", "hangs"):
        setattr(tally, name, getattr(tally, name) + sums[name])


def _prepare(server: Server) -> None:
    server.call("POST", "/admin/v1/sandboxes", {"id": "bystander", "scenario": "demo"})


def _state(server: Server) -> Any:  # noqa: ANN401 - JSON of any shape
    return server.call("GET", "/admin/v1/state", headers={"X-Sim-Sandbox": "bystander"})
