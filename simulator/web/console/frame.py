"""What the pages of the console share: their frame, forms and where they lead back to, live parts.

A form says by `at`, in the address that it is sent to, in which part of its page it stands: that part says
what was done, or what was wrong (see `console_pages.part_of`).
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from aiohttp import web
from yarl import URL

from simulator.domain.texts import storable
from simulator.http.console_pages import PATH, base, console_page, part_of, root
from simulator.http.endpoint import CONTEXT
from simulator.http.readers import form
from simulator.http.request_context import AdminCall, context_of, sandbox_of
from simulator.services.context import AppContext

from . import formatting

# What was done, by the word that the address of the next page carries.
_DONE: Final = {
    "approved": "Logged in: the device finds its profile the next time it asks.",
    "denied": "The login was refused.",
    "expired": "The code's time is over now.",
    "profile-invalidated": "The profile is invalidated: the provider ended the login.",
    "profile-expired": "The profile's time is over now.",
    "logged-in": "Logged in: the device has a profile now.",
    "cleared": "The journal is empty.",
    "created": "The sandbox is there.",
    "deleted": "The sandbox is gone.",
    "seeded": "The scenario is in force.",
    "merged": "The scenario was merged into the world.",
    "reset": "The sandbox was reset.",
    "snapshot-taken": "The snapshot is taken.",
    "snapshot-deleted": "The snapshot is gone.",
    "clock": "The clock is set.",
    "fault-added": "The fault is in force.",
    "fault-removed": "The fault is gone.",
    "faults-removed": "No fault is left.",
    "setting": "The setting is saved.",
    "armed": "The sandbox is prepared: the app's next matching call meets it.",
    "coverage-cleared": "What apps were shown is forgotten.",
    "kept": "From now on that is what resets keep.",
    "degradation-added": "The degradation rule is there.",
    "degradation-removed": "The degradation rule is gone.",
    "lent": "The sandbox is lent.",
    "brought-back": "The sandbox was brought back.",
    "claimed": "What the device asks belongs to this sandbox from now on, wherever it says nothing else.",
    "unclaimed": "The device is not sent anywhere any more.",
}
_CONSOLE: Final = re.compile(r"(/s/[^/?#\\]+)?/console([/?#][^\\]*)?")


def at(request: web.Request) -> tuple[AppContext, Any]:
    """What every service asks for first."""
    return request.app[CONTEXT], sandbox_of(request)


def show(
    request: web.Request,
    template: str,
    section: str,
    **names: Any,  # noqa: ANN401 - whatever the template asks for
) -> web.Response:
    """A page in the frame of the console; `section` is the part of it that the page belongs to.

    Among the `names` for the template there may be a `status`.
    """
    names = {**_done(request), **names}
    return console_page(request, template, section=section, say=formatting, **names)


def live(
    request: web.Request,
    template: str,
    seen: str,
    **names: Any,  # noqa: ANN401 - as above
) -> web.Response:
    """The part of a page that changes, for a page that shows `live`; nothing when that is `seen`."""
    if request.query.get("live") == seen:
        return web.Response(status=204)
    names = {**_done(request), **names}
    return console_page(request, template, say=formatting, seen=seen, **names)


def _done(request: web.Request) -> dict[str, str]:
    """What the page says was done, in which part of it, and the parameters that make it go on saying so."""
    done, part = request.query.get("done", ""), part_of(request)
    if done not in _DONE:
        return {"told": "", "told_at": "", "kept": ""}
    return {"told": _DONE[done], "told_at": part, "kept": f"&done={done}&at={part}"}


def address(path: str, **parameters: str) -> str:
    """`path` with those of the parameters that say something."""
    found = urlencode({name: value for name, value in parameters.items() if value})
    return f"{path}?{found}" if found else path


def digest(shown: object) -> str:
    """A short name for the present state of what is shown."""
    text = repr(shown).encode(errors="backslashreplace")
    return hashlib.blake2s(text, digest_size=9).hexdigest()


async def given(request: web.Request) -> dict[str, str]:
    """The fields of the form that were filled in."""
    found = {name: storable(values[-1]).strip() for name, values in (await form(request)).items()}
    return {name: value for name, value in found.items() if value}


def back(
    request: web.Request, fields: dict[str, str], done: str, path: str = PATH, **more: str
) -> web.Response:
    """On to the page that the form was on, else to `path`, to say there what was done."""
    to = URL(way(request, fields.get("to", "")) or base(request) + path)
    to = to.update_query(done=done, **more)
    if part := part_of(request):
        to = to.update_query(at=part).with_fragment(part)
    return web.Response(status=303, headers={"Location": str(to)})


def record_as(
    request: web.Request,
    method: str,
    path: str,
    body: object = None,
    *,
    answer: Mapping[str, object] | None = None,
) -> None:
    """Have what was done recorded as the call of the admin API that does the same, for a replay."""
    context_of(request).done_as = AdminCall(method, path, body, answer or {})


def segment(text: str) -> str:
    """A segment of the path of such a call."""
    return quote(text, safe="")


def way(request: web.Request, to: str) -> str:
    """`to` if it is a page of the console, else nothing: no form sends anybody anywhere else."""
    path = to.removeprefix(root(request))
    return to if _CONSOLE.fullmatch(path) and to.isprintable() else ""


def text(request: web.Request, name: str) -> str:
    """A parameter of the address; empty where there is none."""
    return storable(request.query.get(name, "")).strip()
