"""The second-screen page: type the code that the TV shows, choose the provider, log in.

Apps have such pages of their own; this one is for labs whose app has none, or not yet.
"""

from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import web

from simulator.domain.errors import EnhancedError
from simulator.domain.texts import storable
from simulator.http.endpoint import CONTEXT
from simulator.http.pages import explain, page
from simulator.http.readers import form, public_origin
from simulator.http.request_context import sandbox_of
from simulator.services.device import second_screen
from simulator.services.device.second_screen import Screen, Step, tidy

PATH: Final = "/activate"
DONE: Final = "/activate/done"


async def show(request: web.Request) -> web.StreamResponse:
    """`GET /activate`: the form for a code; with `?code=`, what comes next for that one."""
    typed = storable(request.query.get("code", ""))
    if not typed.strip():
        return _ask(request)
    if tidy(typed) != typed:
        explain(request, f"on to the code as it is written: {tidy(typed)}")
        return _see(_address(request, PATH, tidy(typed)))
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    try:
        found = await second_screen.arrive(
            simulator, ref, typed, lambda code: _address(request, DONE, code)
        )
    except EnhancedError as error:
        return _ask(request, typed, error.message)
    return _answer(request, found)


async def submit(request: web.Request) -> web.StreamResponse:
    """`POST /activate`: a code that was typed, or the provider that was chosen for one."""
    given = {name: storable(values[0]) for name, values in (await form(request)).items()}
    if "mvpd" not in given:
        # Asked for again with the code in the address, which says whose sandbox this is about.
        typed = tidy(given.get("code", ""))
        explain(request, f"on to what comes next for the code {typed}" if typed else "no code")
        return _see(_address(request, PATH, typed) if typed else public_origin(request) + PATH)
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    code = tidy(storable(request.query.get("code", "")))
    try:
        found = await second_screen.choose(
            simulator, ref, code, given["mvpd"], lambda code: _address(request, DONE, code)
        )
    except EnhancedError as error:
        return _ask(request, code, error.message)
    return _answer(request, found)


async def show_done(request: web.Request) -> web.StreamResponse:
    """`GET /activate/done`: the end of a login whose app named no page of its own to go to."""
    code = tidy(storable(request.query.get("code", "")))
    try:
        success = await second_screen.logged_in(request.app[CONTEXT], sandbox_of(request), code)
    except EnhancedError as error:
        return _ask(request, code, error.message)
    return _end(request, code, success=success)


def _answer(request: web.Request, found: Screen) -> web.Response:
    if found.step is Step.DONE:
        return _end(request, found.code, success=True)
    if found.step is Step.LOG_IN:
        path = f"/api/v2/authenticate/{quote(found.service_provider, safe='')}/{found.code}"
        return _see(public_origin(request) + path)
    return page(
        request,
        "choose.html",
        title="Choose your TV provider",
        service_provider=found.service_provider_name,
        action=_address(request, PATH, found.code),
        choices=found.choices,
        plain={id_ for id_, name in found.choices if _bare(id_) == _bare(name)},
        code=found.code,
    )


def _bare(name: str) -> str:
    """A name without what people do not tell names by."""
    return "".join(each for each in name.casefold() if each.isalnum())


def _ask(request: web.Request, typed: str = "", problem: str = "") -> web.Response:
    return page(
        request,
        "activate.html",
        status=400 if problem else 200,
        title="Enter the code on your TV",
        action=public_origin(request) + PATH,
        typed=typed,
        problem=problem,
    )


def _end(request: web.Request, code: str, *, success: bool) -> web.Response:
    return page(
        request,
        "activated.html",
        title="You are signed in" if success else "You are not signed in",
        success=success,
        again=_address(request, PATH, code),
    )


def _see(location: str) -> web.Response:
    return web.Response(status=303, headers={"Location": location})


def _address(request: web.Request, path: str, code: str) -> str:
    return f"{public_origin(request)}{path}?{urlencode({'code': code})}"
