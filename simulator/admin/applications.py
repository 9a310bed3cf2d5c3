"""`/admin/v1/applications/{id}/…`: what the dashboard does to a software statement."""

from typing import Any, Final

from aiohttp import web

from simulator.middleware.documented import Doc, documented
from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.services.control import entities

from .entities import entity_shape
from .resources import shown

_TAG: Final = "Applications"
_PATH: Final = {"id": "sample-app"}
_UNKNOWN: Final = ("application_not_found",)


def _shape() -> Any:  # noqa: ANN401 - a type that is made when it is asked for
    return entity_shape(entities.APPLICATIONS.kind)


@documented(
    Doc(
        name="revokeApplication",
        summary="Revoke a software statement",
        tag=_TAG,
        answer=_shape,
        path=_PATH,
        refusals=_UNKNOWN,
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
        answer=_shape,
        path=_PATH,
        refusals=_UNKNOWN,
    )
)
async def approve(request: web.Request) -> object:
    """`POST applications/{id}/approve`: the statement is good again, and so are its clients."""
    return await _set(request, revoked=False)


async def _set(request: web.Request, *, revoked: bool) -> object:
    found = await entities.change(
        request.app[SIMULATOR],
        request[HEAD],
        entities.APPLICATIONS,
        request.match_info["id"],
        {"revoked": revoked},
    )
    return shown(request, found)
