"""`/admin/v1/bundle`: a run in one file, to be replayed elsewhere."""

from aiohttp import web

from simulator import __version__
from simulator.http.documented import Doc
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.services.observe import bundles

ZIP = "application/zip"


@Doc(
    name="getBundle",
    summary="Bundle the current generation up for a replay elsewhere",
    tag="Journal",
    answer_types={ZIP: bytes},
)
async def show(request: web.Request) -> web.Response:
    """`GET bundle`: a zip of the state at the generation's beginning, its requests, and the switches.

    Passwords are left out, and secrets in requests; `pass-simulator replay` makes others in their place.
    """
    ref = sandbox_of(request)
    packed = await bundles.bundle(request.app[CONTEXT], ref, version=__version__)
    name = f"{ref.name}-{ref.generation}.zip"
    headers = {"Content-Type": ZIP, "Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=packed, headers=headers)
