"""`/admin/v1/applications/{id}/…` and `profiles/{id}/…`: actions on entities."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator.admin.schemas.views import entity_shape
from simulator.domain.access.registration import Application
from simulator.domain.sessions.profiles import Profile
from simulator.http.documented import Doc
from simulator.http.endpoint import CONTEXT, Handler
from simulator.http.request_context import sandbox_of
from simulator.services.context import AppContext
from simulator.services.control import entities, profile_actions
from simulator.services.control.entities import APPLICATIONS, Found
from simulator.services.errors import ResourceName
from simulator.storage.worlds.sandboxes import SandboxRef

from .entities import shown

Act = Callable[[AppContext, SandboxRef, str], Awaitable[Found]]
"""What is done to the entity with an id."""


def _action(name: str, summary: str, about: str, act: Act, of: type) -> Handler:
    missing: ResourceName = "profile" if of is Profile else "application"
    tag, sample = (
        ("Profiles", "demo-roku-cablevision") if of is Profile else ("Applications", "sample-app")
    )

    @Doc(
        name=name,
        summary=summary,
        tag=tag,
        answer=lambda: entity_shape(of),
        path={"id": sample},
        missing=(missing,),
    )
    async def handle(request: web.Request) -> object:
        found = await act(request.app[CONTEXT], sandbox_of(request), request.match_info["id"])
        return shown(request, found)

    handle.__doc__ = about
    return handle


def _revoking(revoked: bool) -> Act:  # noqa: FBT001 - the member's value
    return lambda simulator, at, name: entities.change(
        simulator, at, APPLICATIONS, name, {"revoked": revoked}
    )


revoke = _action(
    "revokeApplication",
    "Revoke a software statement",
    "`POST applications/{id}/revoke`: every app that registered with its statement is locked out.",
    _revoking(revoked=True),
    Application,
)
approve = _action(
    "approveApplication",
    "Approve a software statement again",
    "`POST applications/{id}/approve`: the statement is good again, and so are its clients.",
    _revoking(revoked=False),
    Application,
)
invalidate = _action(
    "invalidateProfile",
    "Let the MVPD end a login",
    "`POST profiles/{id}/invalidate`: the MVPD ended the login.",
    profile_actions.invalidate,
    Profile,
)
expire = _action(
    "expireProfile",
    "Let a profile run out of time",
    "`POST profiles/{id}/expire`: the profile's time is over now.",
    profile_actions.expire,
    Profile,
)
