"""An enhanced error instead of the answer; in registration, an OAuth error."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from simulator.domain.errors import ERRORS
from simulator.middleware.endpoints import Surface, json_response, surface_of
from simulator.middleware.errors import enhanced

from .actions import Proceed


async def answer(
    request: web.Request, action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """The error `code`, with the members of its row unless the fault gives others."""
    code = action["code"]
    kind = ERRORS.get(code)
    status = action.get("status") or (kind.status if kind else 500)
    if surface_of(request) is Surface.REGISTRATION:
        return json_response({"error": code}, status)
    return await enhanced(
        request,
        status,
        code,
        action.get("action") or (kind.action if kind else "none"),
        action.get("message")
        or (kind.message if kind else "A fault was ordered for this request."),
        action.get("details"),
    )
