"""Faults by hand: ordered with a form, and taken away with a button."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from simulator.services.control import entities
from simulator.services.control.entities import FAULT_ACTIONS, FAULTS

from .frame import at, back, given, record_as, segment

PATH: Final = "/console/world"

KINDS: Final = {kind: action.in_words for kind, action in FAULT_ACTIONS.items()}
"""What can happen to a request, in the words of the form."""

_MATCHES: Final = ("operation", "device", "platform", "mvpd")


async def order(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/faults`: let requests fail from now on."""
    fields = await given(request)
    kind = fields.get("kind", "")
    # Whatever else the form holds is not for that kind of action.
    takes = FAULT_ACTIONS[kind].model_fields if kind in FAULT_ACTIONS else ("kind",)
    action = {name: fields[name] for name in takes if name in fields}
    wanted: dict[str, Any] = {
        "match": {name: fields[name] for name in _MATCHES if name in fields},
        "action": _numbers(action, "status", "seconds", "after"),
        **_numbers({name: fields[name] for name in ("times", "skip") if name in fields}),
    }
    made = await entities.create(*at(request), FAULTS, wanted)
    record_as(request, "POST", "/faults", wanted, answer={"id": made.entity.id})
    return back(request, fields, "fault-added", PATH)


async def remove(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/faults/delete`: take a fault away."""
    fields = await given(request)
    fault = fields.get("id", "")
    await entities.delete(*at(request), FAULTS, fault)
    record_as(request, "DELETE", f"/faults/{segment(fault)}")
    return back(request, fields, "fault-removed", PATH)


async def remove_all(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/faults/clear`: take all of them away."""
    fields = await given(request)
    await entities.delete_all(*at(request), FAULTS)
    record_as(request, "DELETE", "/faults")
    return back(request, fields, "faults-removed", PATH)


def _numbers(fields: Mapping[str, str], *only: str) -> dict[str, object]:
    """The fields, those that should be numbers as such; what is none is for the service to refuse."""
    found: dict[str, object] = {**fields}
    for name in only or fields:
        text = fields.get(name, "")
        if text.isascii() and text.isdecimal():
            found[name] = int(text[:18])
        elif name == "seconds" and text.replace(".", "", 1).isdecimal() and text.isascii():
            found[name] = float(text)
    return found
