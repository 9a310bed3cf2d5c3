"""The sandboxes: which there are, making one, and getting rid of one."""

import re
from typing import Final

from aiohttp import web

from simulator.domain.texts import IN_WORDS, SANDBOX
from simulator.http.console_pages import root
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.services.control import sandboxes
from simulator.services.control.sandboxes import Wanted
from simulator.services.errors import InvalidDocument

from .frame import back, given, show, text

PATH: Final = "/console/sandboxes"
_SHOWN: Final = 100


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
    await sandboxes.create(simulator, Wanted(name=name, scenario=scenario, sandbox=source))
    return back(request, fields, "created", PATH)


async def delete(request: web.Request) -> web.StreamResponse:
    """`POST /console/sandboxes/delete`: the one that the page is in, with all that is in it."""
    await sandboxes.delete(request.app[CONTEXT], sandbox_of(request).name)
    # The page's own sandbox is gone, so there is no way back into it.
    return web.Response(status=303, headers={"Location": f"{root(request)}{PATH}?done=deleted"})
