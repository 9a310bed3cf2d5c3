"""`/admin/v1/clock`: the time of a sandbox."""

from datetime import datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import AwareDatetime, Field

from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.scenarios.durations import Duration, format_ms
from simulator.services import clocks
from simulator.services.clocks import ClockReading

from .bodies import Body, read_body
from .views import instant


class ClockBody(Body):
    """How the clock goes, and from when on; `now` must name its offset from UTC."""

    mode: Literal["real", "frozen"]
    now: AwareDatetime | None = None


class AdvanceBody(Body):
    """How far to move the clock on."""

    by: Annotated[Duration, Field(gt=0)]


async def show(request: web.Request) -> object:
    """`GET clock`."""
    return _view(await clocks.read(request.app[SIMULATOR], request[HEAD]))


async def put(request: web.Request) -> object:
    """`PUT clock`: stop it or let it run, at an instant of your choice."""
    wanted = await read_body(request, ClockBody)
    reading = await clocks.put(
        request.app[SIMULATOR],
        request[HEAD],
        frozen=wanted.mode == "frozen",
        now=None if wanted.now is None else _milliseconds(wanted.now),
    )
    return _view(reading)


async def advance(request: web.Request) -> object:
    """`POST clock/advance`: move it on and tell what fell due in between, in order."""
    wanted = await read_body(request, AdvanceBody)
    return _view(await clocks.advance(request.app[SIMULATOR], request[HEAD], wanted.by))


async def reset(request: web.Request) -> object:
    """`POST clock/reset`: real time again."""
    return _view(await clocks.reset(request.app[SIMULATOR], request[HEAD]))


def _milliseconds(moment: datetime) -> int:
    # Through whole seconds, because a float of seconds cannot hold every millisecond.
    return int(moment.replace(microsecond=0).timestamp()) * 1000 + moment.microsecond // 1000


def _view(reading: ClockReading) -> dict[str, Any]:
    return {
        "now": instant(reading.now),
        "mode": "frozen" if reading.frozen else "real",
        "offset": format_ms(reading.offset),
        "due": [{**event, "at": instant(event["at"])} for event in reading.due],
    }
