"""The right answer, late. Nobody else waits."""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from simulator.domain.latency import seconds
from simulator.middleware.endpoints import SIMULATOR

from .actions import Proceed


async def wait(
    request: web.Request, action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """Wait for as long as the fault says, then go on."""
    await asyncio.sleep(seconds(action, request.app[SIMULATOR].ids.chance()))
    return await proceed()
