"""The world of a sandbox: its scenario, snapshots, clock, faults and switches at a glance, and in reach."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from aiohttp import web

from simulator.domain.errors import ERRORS
from simulator.domain.operations import OPERATION_NAMES
from simulator.domain.switches import SWITCHES
from simulator.domain.texts import IN_WORDS, NUMBER, SNAPSHOT
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.services.control import clock, sandboxes, seeding, settings, snapshots
from simulator.services.errors import InvalidDocument, InvalidRequest
from simulator.services.observe import overview
from simulator.validation.problems import Problem, ScenarioError

from .degradation import ENDS, RULES
from .faults import KINDS
from .frame import at, back, digest, given, live, record_as, show, text

PATH: Final = "/console/world"

_KEPT: Final[Mapping[str, tuple[str, ...]]] = {"clients": ("clients",), "nothing": ()}
_SECOND: Final = 1_000
_MINUTE: Final = 60 * _SECOND
STEPS: Final = (
    ("+1 min", _MINUTE),
    ("+30 min", 30 * _MINUTE),
    ("+6 h", 360 * _MINUTE),
    ("+1 d", 1_440 * _MINUTE),
)
"""How far the buttons move the clock on."""


async def look(request: web.Request) -> web.StreamResponse:
    """`GET /console/world`: the sandbox at a glance; `device` is put into the form for a fault.

    `of` names the scenario that was put in force just now, of which what leads nowhere is shown.
    """
    found = await overview.show(*at(request))
    of = text(request, "of")
    shown = {
        "world": found,
        "steps": STEPS,
        "fault_kinds": KINDS,
        "degradation_rules": RULES,
        "degradation_ends": ENDS,
        "operations": OPERATION_NAMES,
        "codes": sorted(ERRORS),
        "device": text(request, "device"),
        "of": of,
        "warnings": await _warnings(request, of) if of in found.scenarios else (),
    }
    # Seconds pass without making another page of it; what falls due shows in what changed.
    frozen = found.sandbox["now"] if found.sandbox["frozen"] else found.ahead // _SECOND
    seen = digest((replace(found, real_now=0, ahead=0, sandbox={**found.sandbox, "now": frozen}),))
    if "live" in request.query:
        return live(request, "world_live.html", seen, **shown)
    return show(request, "world.html", "World", seen=seen, **shown)


async def _warnings(request: web.Request, scenario: str) -> Sequence[Problem]:
    library = request.app[CONTEXT].library
    if known := library.known(scenario):
        return known.warnings
    try:
        _, found = await asyncio.to_thread(library.examine, scenario)
    except ScenarioError:
        # Its file was changed meanwhile, and has worse than that now.
        return ()
    return found.warnings


async def seed(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/seed`: put another scenario in force, or merge one into the world."""
    fields, simulator = await given(request), request.app[CONTEXT]
    library, name = simulator.library, fields.get("scenario", "")
    document = library.complete(library.draft(name))
    seeding.refuse_nothing(document)
    if fields.get("mode") == "merge":
        record_as(request, "POST", "/seed", {"scenario": document.name, "mode": "merge"})
        done, result = "merged", await seeding.merge(*at(request), document)
    else:
        keep = kept(fields)
        done, result = "seeded", await seeding.seed(*at(request), document, keep=keep)
    return back(request, fields, done, PATH, **({"of": name} if result["warnings"] else {}))


async def reset(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/reset`: to the baseline, to nothing, or to a snapshot."""
    fields = await given(request)
    await seeding.reset(*at(request), fields.get("target"), keep=kept(fields))
    return back(request, fields, "reset", PATH)


async def set_keep(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/keep`: what resets of the sandbox keep where they do not say."""
    fields = await given(request)
    name = sandbox_of(request).name
    await sandboxes.change(request.app[CONTEXT], name, keep=kept(fields) or ())
    return back(request, fields, "kept", PATH)


def kept(fields: Mapping[str, str]) -> tuple[str, ...] | None:
    """What a form says that stays: None where it leaves that to the sandbox. Raises `InvalidDocument`."""
    keep = fields.get("keep")
    if keep is None or keep in _KEPT:
        return None if keep is None else _KEPT[keep]
    raise InvalidDocument.at("keep", f"must be one of {', '.join(_KEPT)}", "The form")


async def take_snapshot(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/snapshots`: freeze the state under a name."""
    fields = await given(request)
    name = fields.get("name", "")
    if not re.fullmatch(SNAPSHOT, name):
        problem = f"must be {IN_WORDS[SNAPSHOT]}"
        raise InvalidDocument.at("name", problem, "The form")
    await snapshots.take(*at(request), name)
    return back(request, fields, "snapshot-taken", PATH)


async def delete_snapshot(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/snapshots/delete`: forget one."""
    fields = await given(request)
    await snapshots.discard(*at(request), fields.get("name", ""))
    return back(request, fields, "snapshot-deleted", PATH)


async def set_clock(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/clock`: stop it, let it run, go back to real time, or move it on."""
    fields = await given(request)
    simulator, ref = at(request)
    what = fields.get("what")
    if what == "advance":
        await clock.advance(simulator, ref, _milliseconds(fields.get("by", "")))
    elif what == "freeze":
        await clock.put(simulator, ref, frozen=True, now=None)
    elif what == "run":
        await clock.put(simulator, ref, frozen=False, now=None)
    elif what == "reset":
        await clock.reset(simulator, ref)
    else:
        raise InvalidRequest("A clock can be advanced, frozen, run and reset.")
    return back(request, fields, "clock", PATH)


async def set_switch(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/settings`: set a switch; without a value it goes back to its default."""
    fields = await given(request)
    name = fields.get("name", "")
    changes = {name: _value(name, fields.get("value"))}
    await settings.change(*at(request), changes)
    record_as(request, "PATCH", "/settings", changes)
    return back(request, fields, "setting", PATH)


def _value(name: str, given_value: str | None) -> object:
    """What was typed as the switch's kind of value; what cannot be that is for the service to refuse."""
    default = SWITCHES[name].default if name in SWITCHES else ""
    if given_value is None:
        return None
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(given_value, given_value)
    if isinstance(default, int) and NUMBER.fullmatch(given_value):
        return int(given_value)
    return given_value


def _milliseconds(by: str) -> int:
    if not NUMBER.fullmatch(by):
        raise InvalidRequest(f"'{by}' is not a number of milliseconds.")
    return int(by)
