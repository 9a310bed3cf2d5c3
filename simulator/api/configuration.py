"""Configuration APIs: retrieve the configuration of a service provider."""

from aiohttp import web

from simulator.http.endpoint import CONTEXT, SANDBOX_REF
from simulator.http.readers import public_origin
from simulator.services.device import configuration

from .calls import device_call


async def retrieve(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/configuration` (Adobe: configuration, API1)."""
    return await configuration.configuration(
        request.app[CONTEXT], request[SANDBOX_REF], device_call(request), public_origin(request)
    )
