"""What apps were shown: the tables of rules, codes and faults, the met rows lit, with the way to the rest."""

from typing import Any, Final

from aiohttp import web

from simulator.domain.coverage.axes import AXES, UnknownCellError, cell
from simulator.domain.coverage.outcomes import Outcome
from simulator.services.errors import UnknownCell
from simulator.services.observe import coverage
from simulator.services.observe.arming.arm import arm as arm_sandbox
from simulator.services.observe.arming.ways import way_to
from simulator.services.observe.coverage import CellCount

from .frame import at, back, given, show, text

PATH: Final = "/console/coverage"

# What the journal of the console can be searched for.
_SEARCHED: Final = {
    "operations": "operation",
    "codes": "error",
    **dict.fromkeys(
        ("logout", "sessions", "decisions", "partner-sessions", "partner-profiles"), "rule"
    ),
}
_WRONG: Final = (Outcome.LOOPED, Outcome.STOPPED, Outcome.GAVE_UP)


async def look(request: web.Request) -> web.StreamResponse:
    """`GET /console/coverage`: all axes, of every app or of an `application`, `platform` or `device`."""
    whose = {name: text(request, name) for name in ("application", "platform", "device")}
    found = await coverage.report(
        *at(request),
        application=whose["application"] or None,
        platform=whose["platform"] or None,
        device=whose["device"] or None,
    )
    axes = [
        {
            "axis": axis,
            "rows": [
                _row(axis.id, name, says, found.counts[axis.id][name])
                for name, says in axis.cells.items()
            ],
        }
        for axis in AXES.values()
    ]
    return show(
        request,
        "coverage.html",
        "Coverage",
        axes=axes,
        whose=whose,
        known=found.known,
        incomplete=found.incomplete,
    )


def _row(axis: str, name: str, says: str, count: CellCount) -> dict[str, Any]:
    wrong = any(count.outcomes[each] for each in _WRONG) or count.verdict == "broken"
    return {
        "cell": f"{axis}:{name}",
        "name": name,
        "says": says,
        "count": count,
        "outcomes": [
            (each.replace("_", " "), number) for each, number in count.outcomes.items() if number
        ],
        "lit": "wrong" if wrong and count.met else "met" if count.met else "",
        "search": _SEARCHED.get(axis),
        "way": way_to(f"{axis}:{name}"),
        "armable": way_to(f"{axis}:{name}").prepare is not None
        or way_to(f"{axis}:{name}").passes_time,
    }


async def arm(request: web.Request) -> web.StreamResponse:
    """`POST /console/coverage/arm`: let the app's next matching call meet the cell in the form."""
    fields = await given(request)
    try:
        axis, name = cell(fields.get("cell", ""))
    except UnknownCellError as error:
        raise UnknownCell(str(error), f"The axes are {', '.join(AXES)}.") from error
    await arm_sandbox(*at(request), f"{axis}:{name}", fields.get("device"))
    return back(request, fields, "armed", PATH)


async def clear(request: web.Request) -> web.StreamResponse:
    """`POST /console/coverage/clear`: forget all counts."""
    fields = await given(request)
    await coverage.clear(*at(request))
    return back(request, fields, "coverage-cleared", PATH)
