"""The answer of the backend's throttle, to a request that it would have admitted."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from simulator.middleware.throttle import too_many_requests

from .actions import Proceed


async def refuse(
    _request: web.Request, _action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """429, as the throttle gives it."""
    return too_many_requests()
