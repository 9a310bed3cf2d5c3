"""The way into the console where the instance asks for its token, and the files that its pages load."""

import mimetypes
from typing import Final

from aiohttp import web

from simulator.http.console_pages import COOKIE, PATH, base, console_page, content, pass_for, same
from simulator.http.endpoint import ADMIN_TOKEN
from simulator.http.readers import public_origin

from .frame import given, text, way

_FILES: Final = frozenset({"console.css", "console.js", "htmx.min.js", "htmx.LICENSE.txt"})


async def show(request: web.Request) -> web.StreamResponse:
    """`GET /console/login`: the form for the token."""
    return _form(request, way(request, text(request, "to")))


async def enter(request: web.Request) -> web.StreamResponse:
    """`POST /console/login`: a cookie for whoever has the token, and on to the page that was asked for."""
    fields = await given(request)
    to = way(request, fields.get("to", "")) or base(request) + PATH
    token = request.app.get(ADMIN_TOKEN)
    if token is not None and not same(fields.get("token", ""), token):
        return _form(request, to, "That is not the token of this instance.", status=401)
    response = web.Response(status=303, headers={"Location": to})
    if token is not None:
        # A script cannot read it, no other site can use it, and it goes with the browser.
        response.set_cookie(
            COOKIE,
            pass_for(token),
            httponly=True,
            samesite="Strict",
            secure=public_origin(request).startswith("https:"),
        )
    return response


async def leave(request: web.Request) -> web.StreamResponse:
    """`POST /console/leave`: forget the cookie."""
    response = web.Response(status=303, headers={"Location": f"{base(request)}{PATH}"})
    response.del_cookie(COOKIE)
    return response


async def load(request: web.Request) -> web.StreamResponse:
    """`GET /console/static/{file}`: a style sheet or a script."""
    name = request.match_info["file"]
    if name not in _FILES:
        raise web.HTTPNotFound
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return web.Response(body=content(name), content_type=kind, charset="utf-8", headers=headers)


def _form(
    request: web.Request, to: str, problem: str = "", *, status: int = 200
) -> web.StreamResponse:
    return console_page(request, "login.html", status=status, to=to, problem=problem)
