"""`/admin/v1` itself: what there is, and which version answers."""

import platform
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator import __version__
from simulator.http.documented import Doc
from simulator.http.endpoint import ENDPOINTS, Surface


class Index(TypedDict):
    """Every endpoint of the admin API, as method and path."""

    endpoints: Annotated[list[str], Field(description="Every endpoint, as method and path.")]


class Version(TypedDict):
    """Which version answers."""

    version: Annotated[str, Field(description="The version.")]
    python: Annotated[str, Field(description="The version of Python.")]


_TAG: Final = "Service"


@Doc(name="getIndex", summary="List the endpoints", tag=_TAG, answer=Index)
async def index(request: web.Request) -> Index:
    """`GET /admin/v1`: every endpoint of the admin API."""
    found = {
        f"{endpoint.method} {endpoint.path}"
        for endpoint in request.app[ENDPOINTS]
        if endpoint.surface is Surface.ADMIN
    }
    return {"endpoints": sorted(found, key=lambda each: each.partition(" ")[::-1])}


@Doc(name="getVersion", summary="Show the version", tag=_TAG, answer=Version)
async def version(request: web.Request) -> Version:
    """`GET version`: the version of the simulator and of Python."""
    del request
    return {"version": __version__, "python": platform.python_version()}
