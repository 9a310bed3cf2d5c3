"""Configuration APIs: retrieve the configuration of a service provider."""

from aiohttp import web

from simulator.http.readers import public_origin
from simulator.services.device import configuration

from .calls import service_arguments


async def retrieve(request: web.Request) -> object:
    """`GET /api/v2/{serviceProvider}/configuration` (Adobe: configuration, API1)."""
    return await configuration.configuration(*service_arguments(request), public_origin(request))
