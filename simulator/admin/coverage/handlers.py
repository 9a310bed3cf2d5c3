"""`/admin/v1/coverage`: what apps were shown of the backend, and the way to the rest."""

import re
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.admin.coverage.reports import as_html, as_junit
from simulator.admin.schemas.bodies import Body, Name, read_body
from simulator.domain.coverage.axes import AXES, UnknownCellError, cell
from simulator.domain.coverage.outcomes import Outcome
from simulator.http.documented import Doc, Query
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.services.errors import (
    InvalidFormat,
    InvalidGeneration,
    NothingToArm,
    UnknownCell,
    UnknownFilter,
)
from simulator.services.observe import coverage
from simulator.services.observe.arming.arm import arm as arm_sandbox
from simulator.services.observe.arming.preparing import Way
from simulator.services.observe.arming.ways import way_to
from simulator.services.observe.coverage import CellCount, Report


class CoverageWay(TypedDict):
    """How a cell is met: arm it, then let the app make its call."""

    arm: Annotated[str, Field(description="The command that prepares the sandbox for it.")]
    does: Annotated[str, Field(description="What that does; empty where nothing is needed.")]
    first: Annotated[
        str | None, Field(description="The call that the app has to make before, if any.")
    ]
    then: Annotated[str, Field(description="The call of the app that meets it then.")]
    note: Annotated[str, Field(description="What that call has to be like.")]


class CoverageOutcomes(TypedDict):
    """How often an app did what about it, over its next 20 requests or ten minutes."""

    well: Annotated[int, Field(description="Did what was asked for, or got a positive answer.")]
    looped: Annotated[int, Field(description="Met the same answer five times.")]
    stopped: Annotated[int, Field(description="Was silent, though there was something to do.")]
    gave_up: Annotated[int, Field(description="Began a new journey instead.")]
    open: Annotated[int, Field(description="It is too early to say.")]


class CoverageCell(TypedDict):
    """Something that an app can be shown, and whether it was."""

    name: Annotated[str, Field(description="Its name on the axis.", examples=["L5"])]
    says: Annotated[str, Field(description="What it is.")]
    met: Annotated[int, Field(description="How often it was met.")]
    forced: Annotated[int, Field(description="How often of these a fault made it.")]
    last: Annotated[str | None, Field(description="The last request that met it.")]
    verdict: Annotated[
        str | None, Field(description="Of a rule of conduct: kept, broken or not seen.")
    ]
    outcomes: Annotated[CoverageOutcomes, Field(description="What the app did then.")]
    way: Annotated[CoverageWay, Field(description="The way to meet it.")]


class CoverageAxis(TypedDict):
    """An axis; axes are never added up."""

    axis: Annotated[str, Field(description="Its id, as in `logout:L5`.", examples=["logout"])]
    title: Annotated[str, Field(description="Its title.")]
    cells: Annotated[list[CoverageCell], Field(description="All its cells, met or not.")]


class CoverageKnown(TypedDict):
    """Whom there are counts of."""

    applications: Annotated[list[str], Field(description="The registered applications.")]
    platforms: Annotated[list[str], Field(description="The platforms.")]
    devices: Annotated[list[str], Field(description="The plain identifiers.")]
    generations: Annotated[list[int], Field(description="The generations; 0 is all old ones.")]


class RequiredCell(TypedDict):
    """A cell that was required, and whether it was met."""

    cell: Annotated[str, Field(description="Axis and name.", examples=["logout:L5"])]
    met: Annotated[bool, Field(description="Whether it was met.")]


class CoverageReport(TypedDict):
    """What apps were shown, axis by axis."""

    generation: Annotated[int, Field(description="The generation that the sandbox is in.")]
    incomplete: Annotated[
        bool, Field(description="Entries were dropped that conduct could be judged by.")
    ]
    known: Annotated[CoverageKnown, Field(description="Those that it can be narrowed to.")]
    required: Annotated[list[RequiredCell], Field(description="The cells in `require`.")]
    axes: Annotated[list[CoverageAxis], Field(description="The axes.")]


class Armed(TypedDict):
    """What was prepared, and the call that meets it now."""

    cell: Annotated[str, Field(description="Axis and name.")]
    did: Annotated[str, Field(description="What was prepared, in words.")]
    then: Annotated[dict[str, Any], Field(description="The call that is to come.")]


class Cleared(TypedDict):
    """Whether there were any counts."""

    cleared: Annotated[bool, Field(description="False where nothing was counted yet.")]


class ArmBody(Body):
    """The cell to show, and to whom."""

    cell: Name = Field(description="Axis and name, as in `logout:L5`.")
    device: Name | None = Field(
        None, description="The device to show it to; the one that called last when absent."
    )


_HTML: Final = "text/html"
_JUNIT: Final = "application/xml"
_FORMATS: Final = ("json", "junit", "html")
_FILTERS: Final = ("application", "platform", "device")
_KNOWN: Final = frozenset({*_FILTERS, "since", "require", "format", "sim_sandbox"})
_SINCE: Final = re.compile("(?:generation:)?([1-9][0-9]{0,8}|current)")
_TAG: Final = "Coverage"


@Doc(
    name="getCoverage",
    summary="Tell what apps were shown, and what they did about it",
    tag=_TAG,
    answer=CoverageReport,
    answer_types={_JUNIT: str, _HTML: str},
    query=(
        Query(name="application", about="What this application met."),
        Query(name="platform", about="What apps on this platform met.", example="Roku"),
        Query(name="device", about="What apps on this device met.", example="demo-roku"),
        Query(
            name="since",
            about="What was met from this generation on: `generation:NUMBER`, or `current`.",
            example="generation:1",
        ),
        Query(
            name="require",
            about="A cell that has to be met, `axis:name`; may be given several times.",
            example="logout:L5",
        ),
        Query(
            name="format",
            about="As JSON, as JUnit XML, or as a page of HTML that stands alone.",
            schema={"type": "string", "enum": [*_FORMATS], "default": "json"},
            example="json",
        ),
    ),
    errors=(UnknownFilter, InvalidFormat, InvalidGeneration, UnknownCell),
)
async def show(request: web.Request) -> object:
    """`GET coverage`: every operation, rule, code, action, fault and event, met or not, axis by axis."""
    query = request.query
    if unknown := sorted({*query} - _KNOWN):
        message = f"Coverage is not filtered by {', '.join(unknown)}."
        raise UnknownFilter(message, sorted(_KNOWN - {"sim_sandbox"}))
    form = query.get("format", "json")
    if form not in _FORMATS:
        message = f"There is no coverage report in the format '{form}'."
        raise InvalidFormat(message, f"Use {', '.join(_FORMATS)}.")
    required = cells_in(query.getall("require", []))
    ref = sandbox_of(request)
    found = await coverage.report(
        request.app[CONTEXT],
        ref,
        application=query.get("application"),
        platform=query.get("platform"),
        device=query.get("device"),
        since=_since(query.get("since"), ref.generation),
    )
    if form == "junit":
        return web.Response(body=as_junit(found, required), content_type=_JUNIT, charset="utf-8")
    if form == "html":
        return web.Response(text=as_html(found, ref.name), content_type=_HTML)
    return _view(found, required)


def cells_in(given: list[str]) -> list[tuple[str, str]]:
    """Axes and names of cells. Raises `UnknownCell` with all that there are not."""
    found, problems = [], list[str]()
    for each in given:
        try:
            found.append(cell(each))
        except UnknownCellError as error:
            problems.append(str(error))
    if problems:
        raise UnknownCell(" ".join(problems), f"The axes are {', '.join(AXES)}.")
    return found


def _since(given: str | None, current: int) -> int | None:
    if given is None:
        return None
    found = _SINCE.fullmatch(given)
    if found is None:
        message = f"'{given}' is no generation to begin with."
        raise InvalidGeneration(message, "Use generation:NUMBER, or current.")
    return current if found[1] == "current" else int(found[1])


@Doc(name="clearCoverage", summary="Forget what apps were shown", tag=_TAG, answer=Cleared)
async def clear(request: web.Request) -> Cleared:
    """`DELETE coverage`: all counts go; world and journal stay as they are."""
    return {"cleared": await coverage.clear(request.app[CONTEXT], sandbox_of(request))}


@Doc(
    name="armCoverage",
    summary="Let the app's next matching call meet something",
    tag=_TAG,
    answer=Armed,
    body=ArmBody,
    example={"cell": "logout:L6", "device": "demo-roku"},
    errors=(UnknownCell, NothingToArm),
)
async def arm(request: web.Request) -> object:
    """`POST coverage/arm`: prepare the sandbox for one cell, and tell which call is to come then."""
    wanted = await read_body(request, ArmBody)
    ((axis, name),) = cells_in([wanted.cell])
    return await arm_sandbox(
        request.app[CONTEXT], sandbox_of(request), f"{axis}:{name}", wanted.device
    )


def _view(found: Report, required: list[tuple[str, str]]) -> CoverageReport:
    return {
        "generation": found.generation,
        "incomplete": found.incomplete,
        "known": {
            "applications": found.known.applications,
            "platforms": found.known.platforms,
            "devices": found.known.devices,
            "generations": found.known.generations,
        },
        "required": [
            {"cell": f"{axis}:{name}", "met": found.counts[axis][name].met > 0}
            for axis, name in required
        ],
        "axes": [
            {
                "axis": axis.id,
                "title": axis.title,
                "cells": [
                    _cell(f"{axis.id}:{name}", name, says, found.counts[axis.id][name])
                    for name, says in axis.cells.items()
                ],
            }
            for axis in AXES.values()
        ],
    }


def _cell(where: str, name: str, says: str, count: CellCount) -> CoverageCell:
    outcomes: Any = {each.value: count.outcomes[each] for each in Outcome}
    return {
        "name": name,
        "says": says,
        "met": count.met,
        "forced": count.forced,
        "last": count.request,
        "verdict": count.verdict,
        "outcomes": outcomes,
        "way": way_view(where, way_to(where)),
    }


def way_view(where: str, way: Way) -> CoverageWay:
    """The way to a cell as it is told."""
    return {
        "arm": f"pass-simulator coverage arm {where}",
        "does": way.says,
        "first": way.first,
        "then": way.call,
        "note": way.note,
    }
