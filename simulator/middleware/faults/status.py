"""A raw answer, as something between the app and the backend would give it."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from .actions import Proceed


async def answer(
    _request: web.Request, action: Mapping[str, Any], _proceed: Proceed
) -> web.StreamResponse:
    """The status, body, type and headers that the fault gives."""
    return web.Response(
        status=action["status"],
        body=action.get("body", "").encode(),
        headers={
            "Content-Type": action.get("content_type", "text/html"),
            **action.get("headers", {}),
        },
    )
