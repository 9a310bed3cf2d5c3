"""`/admin/v1/clock`: the time of a sandbox."""

from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import AwareDatetime, Field
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import Body, read_body
from simulator.admin.schemas.common import Instant, Span
from simulator.admin.schemas.views import instant, milliseconds
from simulator.http.documented import Doc
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.services.control import clock
from simulator.services.control.clock import ClockReading
from simulator.services.errors import InvalidInstant
from simulator.validation.durations import Duration, format_ms


class ClockBody(Body):
    """How the clock goes, and from when on; `now` must name its offset from UTC."""

    mode: Literal["real", "frozen"] = Field(description="Whether it runs.")
    now: AwareDatetime | None = Field(
        None,
        description="What it shows from now on, with its offset from UTC; nothing else when absent.",
    )


class AdvanceBody(Body):
    """How far to move the clock on."""

    by: Annotated[Duration, Field(gt=0)] = Field(description="By how much the clock moves on.")


class Due(TypedDict):
    """Something that fell due while the clock was moved on."""

    at: Annotated[Instant, Field(description="When, by the clock of the sandbox.")]
    event: Annotated[
        Literal[
            "profile_expired",
            "code_expired",
            "degradation_started",
            "degradation_ended",
        ],
        Field(description="What it was."),
    ]
    id: Annotated[str, Field(description="The entity's id.")]


class Clock(TypedDict):
    """What the clock of a sandbox shows."""

    now: Annotated[Instant, Field(description="What it shows.")]
    mode: Annotated[Literal["real", "frozen"], Field(description="Whether it runs.")]
    offset: Annotated[Span, Field(description="How far it is from real time.")]
    due: Annotated[list[Due], Field(description="What fell due in this call, in order.")]


_TAG: Final = "Clock"


@Doc(name="getClock", summary="Read the clock", tag=_TAG, answer=Clock)
async def show(request: web.Request) -> Clock:
    """`GET clock`: what it shows, and whether it runs."""
    return _view(await clock.read(request.app[CONTEXT], sandbox_of(request)))


@Doc(
    name="setClock",
    summary="Stop the clock, or let it run",
    tag=_TAG,
    body=ClockBody,
    answer=Clock,
    example={"mode": "frozen", "now": "2026-01-01T00:00:00Z"},
    errors=(InvalidInstant,),
)
async def put(request: web.Request) -> Clock:
    """`PUT clock`: stop it or let it run, at an instant of your choice."""
    wanted = await read_body(request, ClockBody)
    reading = await clock.put(
        request.app[CONTEXT],
        sandbox_of(request),
        frozen=wanted.mode == "frozen",
        now=None if wanted.now is None else milliseconds(wanted.now),
    )
    return _view(reading)


@Doc(
    name="advanceClock",
    summary="Move the clock on",
    tag=_TAG,
    body=AdvanceBody,
    answer=Clock,
    example={"by": "PT6H"},
    errors=(InvalidInstant,),
)
async def advance(request: web.Request) -> Clock:
    """`POST clock/advance`: move it on and tell what fell due in between, in order."""
    wanted = await read_body(request, AdvanceBody)
    return _view(await clock.advance(request.app[CONTEXT], sandbox_of(request), wanted.by))


@Doc(name="resetClock", summary="Let the clock show real time again", tag=_TAG, answer=Clock)
async def reset(request: web.Request) -> Clock:
    """`POST clock/reset`: real time again."""
    return _view(await clock.reset(request.app[CONTEXT], sandbox_of(request)))


def _view(reading: ClockReading) -> Clock:
    return {
        "now": instant(reading.now),
        "mode": "frozen" if reading.frozen else "real",
        "offset": format_ms(reading.offset),
        "due": [
            {"at": instant(each["at"]), "event": each["event"], "id": each["id"]}
            for each in reading.due
        ],
    }
