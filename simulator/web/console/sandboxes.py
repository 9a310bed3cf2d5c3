"""The sandboxes: which there are, making one, and getting rid of one."""

import re
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from simulator.domain.texts import DEVICE, IN_WORDS, LONGEST_KEY, SANDBOX
from simulator.http.console_pages import root
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.services.control import claims, leases, sandboxes
from simulator.services.control.sandboxes import Wanted
from simulator.services.errors import InvalidDocument

from .frame import back, given, show, text
from .world import kept

PATH: Final = "/console/sandboxes"
_SHOWN: Final = 100

_MINUTE: Final = 60_000
TERMS: Final = (
    (30 * _MINUTE, "30 minutes"),
    (2 * 60 * _MINUTE, "2 hours"),
    (8 * 60 * _MINUTE, "8 hours"),
    (24 * 60 * _MINUTE, "a day"),
)
"""For how long a sandbox is lent, or a device sent to one: milliseconds, and in words."""


async def show_all(request: web.Request) -> web.StreamResponse:
    """`GET /console/sandboxes`: by name; `after` goes on with the next ones."""
    simulator = request.app[CONTEXT]
    found = await sandboxes.find_all(simulator, after=text(request, "after"), limit=_SHOWN + 1)
    return show(
        request,
        "sandboxes.html",
        "Sandboxes",
        found=found[:_SHOWN],
        next=found[_SHOWN - 1]["id"] if len(found) > _SHOWN else "",
        scenarios=simulator.library.names(),
        default_scenario=simulator.default_scenario,
        here=sandbox_of(request).name,
        terms=TERMS,
    )


async def create(request: web.Request) -> web.StreamResponse:
    """`POST /console/sandboxes`: from a scenario, or as a copy of another sandbox."""
    simulator, fields = request.app[CONTEXT], await given(request)
    name, source = fields.get("id"), fields.get("from_sandbox")
    if name is not None and not re.fullmatch(SANDBOX, name):
        raise InvalidDocument.at("name", f"must be {IN_WORDS[SANDBOX]}", "The form")
    scenario = None
    if source is None:
        scenario = fields.get("scenario") or simulator.default_scenario
    wanted = Wanted(name=name, scenario=scenario, sandbox=source, keep=kept(fields))
    await sandboxes.create(simulator, wanted)
    return back(request, fields, "created", PATH)


async def delete(request: web.Request) -> web.StreamResponse:
    """`POST /console/sandboxes/delete`: the one that the page is in, with all that is in it."""
    await sandboxes.delete(request.app[CONTEXT], sandbox_of(request).name)
    # The page's own sandbox is gone, so there is no way back into it.
    return web.Response(status=303, headers={"Location": f"{root(request)}{PATH}?done=deleted"})


async def lend(request: web.Request) -> web.StreamResponse:
    """`POST /console/sandboxes/lend`: the one that the page is in, to `owner` and for a time of `TERMS`."""
    fields = await given(request)
    if "owner" not in fields:
        raise InvalidDocument.at("owner", "required", "The form")
    on_return = fields.get("on_return", "reset")
    if on_return not in _RETURNS:
        raise InvalidDocument.at("on_return", "must be reset or delete", "The form")
    await leases.lease(
        request.app[CONTEXT],
        sandbox_of(request),
        owner=fields["owner"],
        duration=_duration(fields) or TERMS[0][0],
        on_return=on_return,
    )
    return back(request, fields, "lent", PATH)


async def bring_back(request: web.Request) -> web.StreamResponse:
    """`POST /console/sandboxes/bring-back`: end the lease of the one that the page is in."""
    fields = await given(request)
    await leases.release(request.app[CONTEXT], sandbox_of(request))
    return back(request, fields, "brought-back", PATH)


async def claim(request: web.Request) -> web.StreamResponse:
    """`POST /console/sandboxes/claim`: send `device` to the one that the page is in.

    With `take` it may be one that another sandbox has claimed.
    """
    fields = await given(request)
    device = fields.get("device", "")
    if not re.fullmatch(DEVICE, device) or len(device.encode()) > LONGEST_KEY:
        problem = f"must be {IN_WORDS[DEVICE]}, of at most {LONGEST_KEY} bytes"
        raise InvalidDocument.at("device", problem, "The form")
    await claims.claim(
        request.app[CONTEXT],
        sandbox_of(request),
        device,
        sandbox=None,
        duration=_duration(fields),
        take=fields.get("take") == "yes",
    )
    return back(request, fields, "claimed", PATH)


async def unclaim(request: web.Request) -> web.StreamResponse:
    """`POST /console/sandboxes/unclaim`: what `device` asks finds its sandbox without help again."""
    fields = await given(request)
    await claims.unclaim(request.app[CONTEXT], fields.get("device", ""))
    return back(request, fields, "unclaimed", PATH)


_RETURNS: Final = frozenset({"reset", "delete"})


def _duration(fields: Mapping[str, str]) -> int | None:
    """The milliseconds that were chosen; None for ever. Raises `InvalidDocument`."""
    chosen = fields.get("for")
    if chosen is None:
        return None
    found = next((each for each, _ in TERMS if str(each) == chosen), None)
    if found is None:
        known = ", ".join(str(each) for each, _ in TERMS)
        raise InvalidDocument.at("for", f"must be one of {known}", "The form")
    return found
