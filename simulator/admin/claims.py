"""`/admin/v1/devices/{id}/claim`: sending a device to a sandbox."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from simulator.middleware.endpoints import HEAD, SIMULATOR, Answer
from simulator.scenarios.durations import Duration
from simulator.services import claims

from .bodies import Body, Name, read_body
from .views import instant


class ClaimBody(Body):
    """Where the device goes, the sandbox of the request if not said, and for how long."""

    sandbox: Name | None = None
    duration: Annotated[Duration, Field(gt=0)] | None = Field(None, alias="for")


async def claim(request: web.Request) -> object:
    """`PUT devices/{id}/claim`: from now on the device's requests belong to the sandbox."""
    wanted = await read_body(request, ClaimBody)
    made = await claims.claim(
        request.app[SIMULATOR],
        request[HEAD],
        request.match_info["id"],
        sandbox=wanted.sandbox,
        duration=wanted.duration,
    )
    return {**made, "until": instant(made["until"])}


async def unclaim(request: web.Request) -> Answer:
    """`DELETE devices/{id}/claim`."""
    await claims.unclaim(request.app[SIMULATOR], request.match_info["id"])
    return Answer(body=None, status=204)
