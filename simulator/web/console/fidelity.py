"""How far each operation is simulated: what is proven, what differs and what is open."""

import asyncio

from aiohttp import web

from simulator.domain.operations import DOCUMENTED
from simulator.evidence.summary import all_rows, fidelity_of, summary_of, summary_of_operation

from .frame import show


async def look(request: web.Request) -> web.StreamResponse:
    """`GET /console/fidelity`: the same in every sandbox."""
    # Beside the event loop: the first one reads all of the evidence.
    return await asyncio.to_thread(_page, request)


def _page(request: web.Request) -> web.Response:
    return show(
        request,
        "fidelity.html",
        "World",
        total=summary_of(all_rows()),
        operations=[(name, fidelity_of(name), summary_of_operation(name)) for name in DOCUMENTED],
    )
