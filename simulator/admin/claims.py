"""`/admin/v1/devices/{id}/claim`: sending a device to a sandbox."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field, StrictBool
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import Body, Name, read_body
from simulator.admin.schemas.common import Instant
from simulator.admin.schemas.views import instant
from simulator.http.documented import Doc
from simulator.http.endpoint import CONTEXT, Answer
from simulator.http.request_context import sandbox_of
from simulator.scenarios.loading import validate_as
from simulator.services.control import claims
from simulator.services.errors import Claimed
from simulator.validation.durations import Duration
from simulator.validation.texts import DeviceId


class ClaimBody(Body):
    """Where the device goes, the sandbox of the request if not said, and for how long."""

    sandbox: Name | None = Field(
        None, description="Where the device goes; the sandbox of the request when absent."
    )
    duration: Annotated[Duration, Field(gt=0)] | None = Field(
        None, alias="for", description="For how long; for good when absent."
    )
    take: StrictBool = Field(
        default=False, description="Whether to take it away from another sandbox that claimed it."
    )


class ClaimedDevice(BaseModel):
    """The device that the path names."""

    device: DeviceId = Field(description="The plain identifier of the device.")


class Claim(TypedDict):
    """Where a device's requests belong when they say nothing of a sandbox."""

    device: Annotated[str, Field(description="The plain identifier of the device.")]
    sandbox: Annotated[str, Field(description="The name of the sandbox.")]
    until: Annotated[Instant | None, Field(description="When it ends; null for never.")]


_TAG: Final = "Sandboxes"
_DEVICE: Final = {"id": "demo-roku"}


@Doc(
    name="claimDevice",
    summary="Send a device to a sandbox",
    tag=_TAG,
    body=ClaimBody,
    answer=Claim,
    path=_DEVICE,
    example={"for": "PT1H"},
    errors=(Claimed,),
)
async def claim(request: web.Request) -> Claim:
    """`PUT devices/{id}/claim`: from now on the device's requests belong to the sandbox."""
    claimed = validate_as(ClaimedDevice, {"device": request.match_info["id"]})
    wanted = await read_body(request, ClaimBody)
    made = await claims.claim(
        request.app[CONTEXT],
        sandbox_of(request),
        claimed.device,
        sandbox=wanted.sandbox,
        duration=wanted.duration,
        take=wanted.take,
    )
    return {
        "device": made["device"],
        "sandbox": made["sandbox"],
        "until": instant(made["until"]),
    }


@Doc(
    name="releaseDevice",
    summary="End the claim of a device",
    tag=_TAG,
    status=204,
    path=_DEVICE,
    missing=("claim",),
)
async def unclaim(request: web.Request) -> Answer:
    """`DELETE devices/{id}/claim`: its requests find their sandbox without help again."""
    await claims.unclaim(request.app[CONTEXT], request.match_info["id"])
    return Answer(body=None, status=204)
