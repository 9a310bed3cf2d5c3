"""`/livez` and `/readyz`: whether the process lives, and whether it can answer devices."""

from aiohttp import web

from simulator.middleware.endpoints import SIMULATOR, Answer
from simulator.services import readiness


async def live(request: web.Request) -> object:
    """The process answers."""
    del request
    return {"status": "live"}


async def ready(request: web.Request) -> object:
    """503 until migrations and seeding are done, and whenever the database does not answer."""
    if await readiness.is_ready(request.app[SIMULATOR]):
        return {"status": "ready"}
    return Answer(body={"status": "not ready"}, status=503)
