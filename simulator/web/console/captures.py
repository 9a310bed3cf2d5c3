"""A capture of traffic: what would be learnt of it, and a sandbox that is seeded with that."""

import asyncio
import io
from typing import Final

from aiohttp import BodyPartReader, web

from simulator.captures.describing import scenario_text
from simulator.captures.errors import CaptureError
from simulator.captures.sequence import Capture, Reading
from simulator.captures.worlds import Learnt, learn
from simulator.http.console_pages import root
from simulator.http.endpoint import CONTEXT
from simulator.scenarios.loading import parse
from simulator.services.control import sandboxes, seeding
from simulator.services.control.sandboxes import Wanted
from simulator.services.errors import InvalidBody, UnusableCapture

from .frame import given, show

PATH: Final = "/console/captures"
LARGEST: Final = 64 * 1024 * 1024
"""The bytes of a capture that are taken here; `pass-simulator learn` reads larger ones piece by piece."""

_KEPT: Final = 700 * 1024
"""The letters of a scenario that go through a form of the page."""


async def look(request: web.Request) -> web.StreamResponse:
    """`GET /console/captures`: where a capture is dropped."""
    return show(request, "captures.html", "World", learnt=None, text="", largest=LARGEST >> 20)


async def learn_world(request: web.Request) -> web.StreamResponse:
    """`POST /console/captures`: what would be learnt; the capture itself is kept nowhere."""
    name, data = await _uploaded(request)
    capture = Capture(name=name, open=lambda: io.BytesIO(data), size=len(data))
    try:
        found = await asyncio.to_thread(learn, Reading(captures=[capture]), "learnt")
    except CaptureError as error:
        raise UnusableCapture(error.message, error.hint) from error
    return show(request, "captures.html", "World", **_shown(found))


def _shown(found: Learnt) -> dict[str, object]:
    text = scenario_text(found)
    return {
        "learnt": found,
        "text": text,
        "too_long": len(text) > _KEPT,
        "largest": LARGEST >> 20,
    }


async def seed(request: web.Request) -> web.StreamResponse:
    """`POST /console/captures/seed`: a new sandbox with the world that was learnt."""
    fields, simulator = await given(request), request.app[CONTEXT]
    document = simulator.library.resolve(parse(fields.get("scenario", "")))
    made = await sandboxes.create(simulator, Wanted(name=fields.get("id")))
    await seeding.seed(simulator, made.details.ref, document)
    location = f"{root(request)}/s/{made.details.ref.name}/console/world?done=seeded"
    return web.Response(status=303, headers={"Location": location})


async def _uploaded(request: web.Request) -> tuple[str, bytes]:
    """The name and the bytes of the file in the form. Raises `AdminError`."""
    if not request.content_type.startswith("multipart/"):
        raise InvalidBody("The form has no file.", "Choose a HAR file, and send it again.")
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "capture":
                found = bytearray()
                while piece := await part.read_chunk(64 * 1024):
                    found += piece
                    if len(found) > LARGEST:
                        raise UnusableCapture(
                            f"The capture has more than {LARGEST >> 20} MiB.",
                            "Learn it with `pass-simulator learn`, which reads it piece by piece.",
                        )
                if found:
                    return "The capture", bytes(found)
    except ValueError as error:
        raise InvalidBody("The form cannot be read.", "Send it again.") from error
    raise InvalidBody("The form has no file.", "Choose a HAR file, and send it again.")
