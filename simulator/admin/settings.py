"""`/admin/v1/settings`: the switches of a sandbox."""

from aiohttp import web

from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.services import switches

from .bodies import read_object


async def show(request: web.Request) -> object:
    """`GET settings`: every switch with its value and where that came from."""
    return await switches.show(request.app[SIMULATOR], request[HEAD])


async def change(request: web.Request) -> object:
    """`PATCH settings`: set switches; null takes one back to its default."""
    changes = await read_object(request)
    return await switches.change(request.app[SIMULATOR], request[HEAD], changes)
