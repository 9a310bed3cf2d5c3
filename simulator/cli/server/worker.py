"""One worker of several: `python -m simulator.cli.server.worker`, which `serve --workers` starts."""

import asyncio
import json
import sys
from typing import Final

from simulator.settings import load_settings

from . import memory
from .loops import run
from .stopping import Stop
from .workers import READY

_ENTRY: Final = "__main__"


async def _orphaned(stop: Stop) -> None:
    """Stop when the process that started us is gone, which closes our standard input."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stop.ask()


async def _work() -> None:
    from . import serving

    settings = load_settings(json.loads(sys.stdin.readline()))
    stop, watch = Stop(), None

    def ready(_port: int) -> None:
        nonlocal watch
        print(READY, flush=True)
        watch = asyncio.create_task(_orphaned(stop))

    problem = await serving.serve(settings, stop=stop, ready=ready, shared=True)
    if watch is not None:
        watch.cancel()
    if problem:
        print(json.dumps(problem), flush=True)


if __name__ == _ENTRY:
    memory.disable()
    run(_work())
