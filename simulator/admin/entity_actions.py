"""`/admin/v1/applications/{id}/…` and `profiles/{id}/…`: actions on entities."""

from typing import Any, Final

from aiohttp import web

from simulator.admin.schemas.views import entity_shape, view
from simulator.domain.access.registration import Application
from simulator.domain.sessions.profiles import Profile
from simulator.http.documented import Doc, documented
from simulator.http.endpoint import CONTEXT, SANDBOX_REF
from simulator.services.control import entities, profile_actions

from .entities import shown

_TAG: Final = "Applications"
_SAMPLE_APPLICATION: Final = {"id": "sample-app"}
_NO_APPLICATION: Final = ("application_not_found",)


def _application() -> Any:  # noqa: ANN401 - a type that is made when it is asked for
    return entity_shape(Application)


@documented(
    Doc(
        name="revokeApplication",
        summary="Revoke a software statement",
        tag=_TAG,
        answer=_application,
        path=_SAMPLE_APPLICATION,
        refusals=_NO_APPLICATION,
    )
)
async def revoke(request: web.Request) -> object:
    """`POST applications/{id}/revoke`: every app that registered with its statement is locked out."""
    return await _set(request, revoked=True)


@documented(
    Doc(
        name="approveApplication",
        summary="Approve a software statement again",
        tag=_TAG,
        answer=_application,
        path=_SAMPLE_APPLICATION,
        refusals=_NO_APPLICATION,
    )
)
async def approve(request: web.Request) -> object:
    """`POST applications/{id}/approve`: the statement is good again, and so are its clients."""
    return await _set(request, revoked=False)


async def _set(request: web.Request, *, revoked: bool) -> object:
    found = await entities.change(
        request.app[CONTEXT],
        request[SANDBOX_REF],
        entities.APPLICATIONS,
        request.match_info["id"],
        {"revoked": revoked},
    )
    return shown(request, found)


_NO_PROFILE: Final = ("profile_not_found",)
_SAMPLE_PROFILE: Final = {"id": "demo-roku-cablevision"}


def _profile() -> Any:  # noqa: ANN401 - a type that is made when it is asked for
    return entity_shape(Profile)


@documented(
    Doc(
        name="invalidateProfile",
        summary="Let the MVPD end a login",
        tag="Profiles",
        answer=_profile,
        path=_SAMPLE_PROFILE,
        refusals=_NO_PROFILE,
    )
)
async def invalidate(request: web.Request) -> object:
    """`POST profiles/{id}/invalidate`: the MVPD ended the login."""
    return view(
        await profile_actions.invalidate(
            request.app[CONTEXT], request[SANDBOX_REF], request.match_info["id"]
        )
    )


@documented(
    Doc(
        name="expireProfile",
        summary="Let a profile run out of time",
        tag="Profiles",
        answer=_profile,
        path=_SAMPLE_PROFILE,
        refusals=_NO_PROFILE,
    )
)
async def expire(request: web.Request) -> object:
    """`POST profiles/{id}/expire`: the profile's time is over now."""
    return view(
        await profile_actions.expire(
            request.app[CONTEXT], request[SANDBOX_REF], request.match_info["id"]
        )
    )
