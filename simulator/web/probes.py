"""`/livez` and `/readyz`: whether the process lives, and whether it can answer devices."""

from aiohttp import web

from simulator.http.endpoint import CONTEXT, STOPPING, Answer
from simulator.services.control import readiness


async def live(request: web.Request) -> object:
    """The process answers."""
    del request
    return {"status": "live"}


async def ready(request: web.Request) -> object:
    """503 until migrations and seeding are done, while the database is away or full, and in a stop."""
    if request.app[STOPPING].is_set():
        return Answer(body={"status": "stopping"}, status=503)
    problem = await readiness.problem(request.app[CONTEXT].engine)
    if problem is None:
        return {"status": "ready"}
    return Answer(body={"status": "not ready", "reason": problem}, status=503)
