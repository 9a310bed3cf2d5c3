"""`/admin/v1/profiles/{id}/…`: actions on a stored profile."""

from typing import Any, Final

from aiohttp import web

from simulator.middleware.documented import Doc, documented
from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.services.control import profile_actions
from simulator.storage.worlds.entity_mapping import PROFILES

from .entities import entity_shape
from .views import view

_NOT_FOUND: Final = ("profile_not_found",)
_PROFILE: Final = {"id": "demo-roku-cablevision"}


def _shape() -> Any:  # noqa: ANN401 - a type that is made when it is asked for
    return entity_shape(PROFILES)


@documented(
    Doc(
        name="invalidateProfile",
        summary="Let the MVPD end a login",
        tag="Profiles",
        answer=_shape,
        path=_PROFILE,
        refusals=_NOT_FOUND,
    )
)
async def invalidate(request: web.Request) -> object:
    """`POST profiles/{id}/invalidate`: the MVPD ended the login."""
    return view(
        await profile_actions.invalidate(
            request.app[SIMULATOR], request[HEAD], request.match_info["id"]
        )
    )


@documented(
    Doc(
        name="expireProfile",
        summary="Let a profile run out of time",
        tag="Profiles",
        answer=_shape,
        path=_PROFILE,
        refusals=_NOT_FOUND,
    )
)
async def expire(request: web.Request) -> object:
    """`POST profiles/{id}/expire`: the profile's time is over now."""
    return view(
        await profile_actions.expire(
            request.app[SIMULATOR], request[HEAD], request.match_info["id"]
        )
    )
