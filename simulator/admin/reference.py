"""`/admin/v1/openapi.json` and `docs`: the admin API described, for programs and for people."""

import asyncio
from typing import Any, Final

from aiohttp import web

from simulator.admin.openapi.document import document
from simulator.admin.openapi.page import view
from simulator.http.documented import Doc, documented
from simulator.http.endpoint import ENDPOINTS, JSON_TYPE
from simulator.http.origin import public_origin
from simulator.http.pages import rendered
from simulator.json_codec import to_json

_TAG: Final = "Service"


@documented(
    Doc(
        name="getOpenapi", summary="Get this document for programs", tag=_TAG, answer=dict[str, Any]
    )
)
async def openapi(request: web.Request) -> web.Response:
    """`GET openapi.json`: this document, in OpenAPI 3.1."""
    body = await asyncio.to_thread(lambda: to_json(_document(request)))
    return web.Response(body=body, headers={"Content-Type": JSON_TYPE})


@documented(
    Doc(
        name="getDocs",
        summary="Get this document as a page",
        tag=_TAG,
        answer_types={"text/html": str},
    )
)
async def docs(request: web.Request) -> web.Response:
    """`GET docs`: this document as a page to read and search."""
    text = await asyncio.to_thread(_page, request)
    return web.Response(text=text, content_type="text/html")


def _document(request: web.Request) -> dict[str, Any]:

    return document(request.app[ENDPOINTS].values(), public_origin(request))


def _page(request: web.Request) -> str:

    return rendered("reference.html", **view(_document(request)))
