"""One device, and what can be done to it: its codes, its profiles, its latest requests."""

import asyncio
import io
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

import segno
from aiohttp import web

from simulator.domain.errors import EnhancedError
from simulator.domain.sessions.authentication_sessions import readable_code
from simulator.domain.sessions.profiles import Profile
from simulator.http.console_pages import base
from simulator.http.readers import public_origin
from simulator.services.control import codes, entities, profile_actions
from simulator.services.errors import NotFound
from simulator.services.observe import board

from .board import state_of
from .frame import at, back, digest, given, live, record_as, segment, show, text
from .phone import phone_address

PATH: Final = "/console/device"
_QR_CODES: Final = 512


async def look(request: web.Request) -> web.StreamResponse:
    """`GET /console/device?id=`: everything about one device."""
    device = text(request, "id")
    closeup = await board.look(*at(request), device)
    state = replace(closeup, board=replace(closeup.board, now=0, real_now=0))
    shown = {
        "closeup": closeup,
        "origin": public_origin(request),
        "phone": phone_address(request),
        "here": f"{base(request)}{PATH}?{urlencode({'id': device})}",
    }
    seen = digest((state, state_of(closeup.board)))
    if "live" in request.query:
        return live(request, "device_live.html", seen, **shown)
    return show(request, "device.html", "Board", seen=seen, **shown)


async def log_in(request: web.Request) -> web.StreamResponse:
    """`POST /console/device/log-in`: give the device a profile, without any code."""
    fields = await given(request)
    service_provider, _, mvpd = fields.get("at", "").partition("/")
    wanted = {
        "service_provider": service_provider,
        "mvpd": mvpd,
        "device": fields.get("device", ""),
        **({"subscriber": fields["subscriber"]} if "subscriber" in fields else {}),
    }
    made = await entities.create(*at(request), entities.PROFILES, wanted)
    record_as(request, "POST", "/profiles", wanted, answer=_known(made.entity))
    return back(request, fields, "logged-in")


async def approve(request: web.Request) -> web.StreamResponse:
    """`POST /console/codes/{code}/approve`: log in with a code, as the account that is named."""
    fields = await given(request)
    code = request.match_info["code"]
    who, mvpd = fields.get("subscriber"), fields.get("mvpd")
    await codes.approve(*at(request), code, subscriber=who, mvpd=mvpd)
    chosen = {"subscriber": who, "mvpd": mvpd}
    body = {name: each for name, each in chosen.items() if each is not None}
    record_as(request, "POST", f"/codes/{segment(code)}/approve", body)
    return back(request, fields, "approved")


async def deny(request: web.Request) -> web.StreamResponse:
    """`POST /console/codes/{code}/deny`: let the login fail."""
    code = request.match_info["code"]
    await codes.refuse(*at(request), code)
    record_as(request, "POST", f"/codes/{segment(code)}/deny")
    return back(request, await given(request), "denied")


async def expire(request: web.Request) -> web.StreamResponse:
    """`POST /console/codes/{code}/expire`: end the code's time."""
    code = request.match_info["code"]
    await codes.expire(*at(request), code)
    record_as(request, "POST", f"/codes/{segment(code)}/expire")
    return back(request, await given(request), "expired")


async def invalidate_profile(request: web.Request) -> web.StreamResponse:
    """`POST /console/profiles/invalidate`: the provider ends a login."""
    fields = await given(request)
    profile = fields.get("id", "")
    found = await profile_actions.invalidate(*at(request), profile)
    path = f"/profiles/{segment(profile)}/invalidate"
    record_as(request, "POST", path, answer=_known(found.entity))
    return back(request, fields, "profile-invalidated")


async def expire_profile(request: web.Request) -> web.StreamResponse:
    """`POST /console/profiles/expire`: end a profile's time."""
    fields = await given(request)
    profile = fields.get("id", "")
    found = await profile_actions.expire(*at(request), profile)
    path = f"/profiles/{segment(profile)}/expire"
    record_as(request, "POST", path, answer=_known(found.entity))
    return back(request, fields, "profile-expired")


def _known(profile: Profile) -> dict[str, object]:
    """By what a replay finds the profile again."""
    return {name: getattr(profile, name) for name in ("id", "device", "service_provider", "mvpd")}


async def draw(request: web.Request) -> web.StreamResponse:
    """`GET /console/codes/{code}/qr.svg`: the way to log in with a code, for a phone's camera."""
    try:
        code = readable_code(request.match_info["code"])
    except EnhancedError as error:
        raise NotFound("code", message="No code looks like this.") from error
    url = f"{phone_address(request).origin}/activate?{urlencode({'code': code})}"
    picture = await asyncio.to_thread(_qr, url)
    # The page loads it anew only when the browser has forgotten it.
    headers = {"Cache-Control": "private, max-age=1800"}
    return web.Response(body=picture, content_type="image/svg+xml", headers=headers)


@lru_cache(maxsize=_QR_CODES)
def _qr(url: str) -> bytes:
    """Dark on light in every theme: cameras do not read it the other way round."""
    drawn = io.BytesIO()
    made = segno.make_qr(url, error="m")
    made.save(drawn, kind="svg", border=3, dark="#000", light="#fff", scale=4, omitsize=True)
    return drawn.getvalue()
