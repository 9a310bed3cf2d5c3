"""`/admin/v1/captures/learn`: what a capture of traffic shows of the world that it was made in."""

import asyncio
import io
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.captures.describing import scenario_text
from simulator.captures.errors import CaptureError
from simulator.captures.sequence import Capture, Reading
from simulator.captures.worlds import Learnt, learn
from simulator.http.bodies import body_of
from simulator.http.documented import Doc
from simulator.scenarios.models import ScenarioDocument
from simulator.services.errors import UnusableCapture

LARGEST: Final = 64 * 1024 * 1024
"""The bytes of a capture that are taken here; `pass-simulator learn` reads larger ones piece by piece."""


class ArchiveBody(TypedDict):
    """An HTTP Archive (HAR 1.2)."""

    log: Annotated[dict[str, Any], Field(description="The whole of it.")]


class LearntWorld(TypedDict):
    """A world that was learnt, with stand-ins for all that is secret in the capture."""

    scenario: Annotated[ScenarioDocument, Field(description="The scenario, ready to be seeded.")]
    text: Annotated[str, Field(description="The same as YAML, with the notes as comments.")]
    exchanges: Annotated[int, Field(description="How many requests to the backend there were.")]
    seen: Annotated[dict[str, int], Field(description="What was seen, and how many of each.")]
    assumed: Annotated[list[str], Field(description="What had to be assumed.")]
    unknown: Annotated[list[str], Field(description="What no capture shows.")]


@Doc(
    name="learnScenario",
    summary="Learn a scenario from a capture",
    tag="Scenarios",
    body=ArchiveBody,
    answer=LearntWorld,
    example={"log": {"version": "1.2", "entries": []}},
    errors=(UnusableCapture,),
)
async def learn_scenario(request: web.Request) -> object:
    """`POST captures/learn`: the scenario of an HTTP Archive; nothing is kept of it, and nothing changed."""
    found = await learnt_of(await body_of(request, LARGEST))
    return {
        "scenario": found.document,
        "text": scenario_text(found),
        "exchanges": found.exchanges,
        "seen": dict(found.seen),
        "assumed": [*found.assumed],
        "unknown": [*found.unknown],
    }


async def learnt_of(data: bytes) -> Learnt:
    """The world of the archive `data`. Raises `UnusableCapture`."""
    capture = Capture(name="The capture", open=lambda: io.BytesIO(data), size=len(data))
    try:
        # Devices want their answers meanwhile.
        return await asyncio.to_thread(learn, Reading(captures=[capture]), "learnt")
    except CaptureError as error:
        raise UnusableCapture(error.message, error.hint) from error
