"""Long work told line by line: progress while it lasts, then its result or its error."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from simulator.http.endpoint import json_response
from simulator.http.errors import answered
from simulator.http.request_context import context_of
from simulator.json_codec import to_json
from simulator.services.control.seeding import Progress

LINES: Final = "application/x-ndjson"


async def in_lines(
    request: web.Request, work: Callable[[Progress], Awaitable[object]]
) -> web.StreamResponse:
    """The answer of `work` as lines of JSON.

    `{"progress": {"done", "total"}}` any number of times, then `{"result": …}` or `{"error": …}`. The
    status has been sent by then, so it is 200 either way. Work whose client goes away is given up.
    """
    stream = web.StreamResponse(headers={"Content-Type": LINES})
    await context_of(request).start(request, stream)
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()

    def progress(done: int, total: int) -> None:
        lines.put_nowait(to_json({"progress": {"done": done, "total": total}}))

    async def finished(_request: web.Request) -> web.StreamResponse:
        return json_response({"result": await work(progress)})

    task = asyncio.create_task(answered(request, finished))
    task.add_done_callback(lambda _: lines.put_nowait(None))
    try:
        while (line := await lines.get()) is not None:
            await stream.write(line + b"\n")
        last = await task
    finally:
        task.cancel()
    if isinstance(last, web.Response) and isinstance(last.body, bytes):
        await stream.write(last.body + b"\n")
    return stream
