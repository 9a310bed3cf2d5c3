"""`/admin/v1/codes` and `sessions`: logging in, refusing and running out of time by a test's hand."""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from urllib.parse import quote

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import Body, Name, page_of, read_body, unknown_filter
from simulator.admin.schemas.common import Instant
from simulator.admin.schemas.views import instant
from simulator.http.documented import PAGING, Doc, ListOf, Query
from simulator.http.endpoint import CONTEXT, Answer
from simulator.http.readers import public_origin
from simulator.http.request_context import sandbox_of
from simulator.services.control import codes, sessions
from simulator.services.control.codes import Seen
from simulator.services.control.sessions import NewSession
from simulator.services.errors import CodeNotOpen, UnknownFilter
from simulator.validation.texts import DeviceId, Id, Text

_FILTERS: Final = ("device", "service_provider", "mvpd", "client")
_PAGING: Final = frozenset({"after", "limit", "sim_sandbox"})


class ApproveBody(Body):
    """Who logs in, and at which MVPD where the session has none yet."""

    subscriber: Name | None = Field(
        None, description="The id of the subscriber; one that fits is chosen when absent."
    )
    mvpd: Name | None = Field(None, description="The MVPD's id.")


class NextBody(Body):
    """The code that the next session gets."""

    code: Name = Field(
        description="The code: of letters and digits that cannot be mistaken for each other."
    )


class SessionChange(Body):
    """What the login of a session is for; null takes a member away."""

    mvpd: Id | None = Field(None, description="The MVPD's id.")
    domain_name: Text | None = Field(
        None, description="The domain that the app names for the login."
    )
    redirect_url: Text | None = Field(None, description="Where the login leads when it is done.")


class SessionBody(SessionChange):
    """A session as an app would ask for it."""

    service_provider: Id = Field(description="The service provider's id.")
    client: Id = Field(description="The id of the client, which is an app instance.")
    device: DeviceId = Field(description="The plain identifier of the device.")


class Code(TypedDict):
    """An authentication code, and how far the login with it is."""

    code: Annotated[str, Field(description="The authentication code.")]
    device: Annotated[str, Field(description="The plain identifier of the device.")]
    service_provider: Annotated[str, Field(description="The service provider's id.")]
    mvpd: Annotated[str | None, Field(description="The MVPD's id.")]
    status: Annotated[str, Field(description="Where the session stands.", examples=["pending"])]
    missing: Annotated[
        list[str], Field(description="The parameters without which nobody can log in.")
    ]
    not_after: Annotated[Instant, Field(description="When it ends.")]
    url: Annotated[
        str | None, Field(description="Where to log in with it, once nothing is missing.")
    ]


class Session(Code):
    """An authentication session: a login attempt of one app instance on one device."""

    session_id: Annotated[str, Field(description="The session's id, which is not its code.")]
    client: Annotated[str, Field(description="The id of the client, which is an app instance.")]
    domain_name: Annotated[
        str | None, Field(description="The domain that the app names for the login.")
    ]
    redirect_url: Annotated[str | None, Field(description="Where the login leads when it is done.")]
    not_before: Annotated[Instant, Field(description="When it begins.")]
    device_info: Annotated[
        dict[str, Any], Field(description="What the device says of itself in X-Device-Info.")
    ]
    user_agent: Annotated[
        str, Field(description="The User-Agent of the app that asked for the session.")
    ]
    sso_headers: Annotated[
        list[str],
        Field(description="By name only: what they say may identify somebody."),
    ]


class NextCode(TypedDict):
    """The code that the next session of the sandbox gets."""

    code: Annotated[str, Field(description="The authentication code.")]


_TAG: Final = "Codes and sessions"
_LISTING: Final = (
    Query(name="device", about="Of this device only.", example="demo-roku"),
    Query(name="service_provider", about="Of this service provider only."),
    Query(name="mvpd", about="At this MVPD only."),
    Query(name="client", about="Of this client only."),
    *PAGING,
)
_CODE: Final = {"code": "ABC2345"}


@Doc(
    name="listCodes",
    summary="List the open codes",
    tag=_TAG,
    answer=ListOf[Code],
    query=_LISTING,
    errors=(UnknownFilter,),
)
async def show_all(request: web.Request) -> object:
    """`GET codes`: those that somebody could still log in with."""
    filters, after, limit = _asked(request)
    found = await codes.open_codes(
        request.app[CONTEXT], sandbox_of(request), filters=filters, after=after, limit=limit + 1
    )
    return _page(found, [code_view(request, each) for each in found[:limit]])


@Doc(
    name="listSessions",
    summary="List the sessions",
    tag=_TAG,
    answer=ListOf[Session],
    query=_LISTING,
    errors=(UnknownFilter,),
)
async def show_sessions(request: web.Request) -> object:
    """`GET sessions`: all of them, whatever became of them."""
    filters, after, limit = _asked(request)
    found = await codes.find_sessions(
        request.app[CONTEXT], sandbox_of(request), filters=filters, after=after, limit=limit + 1
    )
    return _page(found, [_session(request, each) for each in found[:limit]])


@Doc(
    name="getSession",
    summary="Show a session",
    tag=_TAG,
    answer=Session,
    path=_CODE,
    missing=("code",),
)
async def show_session(request: web.Request) -> Session:
    """`GET sessions/{code}`: one of them, by its code."""
    return _session(request, await codes.get_session(*_at(request)))


@Doc(
    name="createSession",
    summary="Create a session",
    tag=_TAG,
    body=SessionBody,
    answer=Session,
    status=201,
    example={
        "service_provider": "REF30",
        "client": "my-app",
        "device": "demo-roku",
        "mvpd": "Spectrum",
        "domain_name": "adobe.com",
        "redirect_url": "https://adobe.com",
    },
)
async def create_session(request: web.Request) -> Answer:
    """`POST sessions`: a code for an app instance that has not asked for one itself."""
    wanted = NewSession(**(await read_body(request, SessionBody)).model_dump())
    made = await sessions.create(request.app[CONTEXT], sandbox_of(request), wanted)
    location = f"/admin/v1/sessions/{made.session.id}"
    return Answer(body=_session(request, made), status=201, headers={"Location": location})


@Doc(
    name="updateSession",
    summary="Change a session",
    tag=_TAG,
    body=SessionChange,
    answer=Session,
    path=_CODE,
    example={"mvpd": "Cablevision"},
    missing=("code",),
)
async def change_session(request: web.Request) -> Session:
    """`PATCH sessions/{code}`: what its login is for."""
    patch = (await read_body(request, SessionChange)).model_dump(exclude_unset=True)
    return _session(request, await sessions.change(*_at(request), patch))


@Doc(
    name="deleteSession",
    summary="Delete a session",
    tag=_TAG,
    status=204,
    path=_CODE,
    missing=("code",),
)
async def delete_session(request: web.Request) -> Answer:
    """`DELETE sessions/{code}`: as if nobody had ever asked for it."""
    await sessions.delete(*_at(request))
    return Answer(body=None, status=204)


@Doc(
    name="approveCode",
    summary="Log in with a code",
    tag=_TAG,
    body=ApproveBody,
    body_required=False,
    answer=Session,
    path=_CODE,
    example={"subscriber": "demo"},
    missing=("code",),
    errors=(CodeNotOpen,),
)
async def approve(request: web.Request) -> Session:
    """`POST codes/{code}/approve`: somebody logged in."""
    wanted = await read_body(request, ApproveBody)
    approved = await codes.approve(*_at(request), subscriber=wanted.subscriber, mvpd=wanted.mvpd)
    return _session(request, approved)


@Doc(
    name="denyCode",
    summary="Let a login fail",
    tag=_TAG,
    answer=Session,
    path=_CODE,
    missing=("code",),
    errors=(CodeNotOpen,),
)
async def deny(request: web.Request) -> Session:
    """`POST codes/{code}/deny`: somebody gave up, or was not let in."""
    return _session(request, await codes.refuse(*_at(request)))


@Doc(
    name="expireCode",
    summary="Let a code run out of time",
    tag=_TAG,
    answer=Session,
    path=_CODE,
    missing=("code",),
    errors=(CodeNotOpen,),
)
async def expire(request: web.Request) -> Session:
    """`POST codes/{code}/expire`: its time is over now."""
    return _session(request, await codes.expire(*_at(request)))


@Doc(
    name="setNextCode",
    summary="Choose the next code",
    tag=_TAG,
    body=NextBody,
    answer=NextCode,
    example={"code": "LAB2345"},
)
async def put_next(request: web.Request) -> NextCode:
    """`PUT codes/next`: the code that the next session of the sandbox gets."""
    wanted = await read_body(request, NextBody)
    return {"code": await codes.reserve(request.app[CONTEXT], sandbox_of(request), wanted.code)}


def _at(request: web.Request) -> tuple[Any, Any, str]:
    return request.app[CONTEXT], sandbox_of(request), request.match_info["code"]


def _asked(request: web.Request) -> tuple[dict[str, str], str, int]:
    query = request.query
    if unknown := {*query} - {*_FILTERS} - _PAGING:
        known = (*_FILTERS, "after", "limit")
        raise unknown_filter("Codes and sessions cannot be filtered by", unknown, known)
    return {name: query[name] for name in _FILTERS if name in query}, *page_of(request)


def _page(found: Sequence[Seen], items: Sequence[Code]) -> dict[str, Any]:
    more = len(found) > len(items)
    return {"items": items, "next": items[-1]["code"] if more else None}


def code_view(request: web.Request, seen: Seen) -> Code:
    """What there is to know of a code; `url` is where to log in, once nothing is missing."""
    session = seen.session
    path = f"/api/v2/authenticate/{quote(session.service_provider, safe='')}/{session.id}"
    return {
        "code": session.id,
        "device": session.device,
        "service_provider": session.service_provider,
        "mvpd": session.mvpd,
        "status": seen.status,
        "missing": list(session.missing),
        "not_after": instant(session.not_after),
        "url": public_origin(request) + path if seen.opens else None,
    }


def _session(request: web.Request, seen: Seen) -> Session:
    session = seen.session
    return {
        **code_view(request, seen),
        "session_id": session.session_id,
        "client": session.client,
        "domain_name": session.domain_name,
        "redirect_url": session.redirect_url,
        "not_before": instant(session.not_before),
        "device_info": {**session.info},
        "user_agent": session.user_agent,
        "sso_headers": sorted(session.sso_headers),
    }
