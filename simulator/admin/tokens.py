"""`/admin/v1/tokens`: access tokens for tests that skip the registration."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, Strict
from typing_extensions import TypedDict

from simulator.middleware.documented import Doc, documented
from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.services.device import registration
from simulator.services.device.registration import MintRequest

from .bodies import Body, Name, read_body


class AccessTokenBody(Body):
    """Whom the token is for, for how many seconds, and for which scopes."""

    application: Name | None = None
    client: Name | None = None
    expires_in: Annotated[int, Strict(), Field(ge=1, le=10 * 365 * 86_400)] | None = None
    scopes: tuple[Name, ...] | None = None


class AccessToken(TypedDict):
    """An access token for REST API V2, and the client that it stands for."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: Annotated[int, Field(description="Seconds.")]
    client_id: str


@documented(
    Doc(
        name="createAccessToken",
        summary="Make an access token",
        tag="Tokens",
        body=AccessTokenBody,
        body_required=False,
        answer=AccessToken,
        answer_types={"text/plain": str},
        example={"application": "sample-app"},
        refusals=("application_not_found", "client_not_found", "client_of_other_application"),
    )
)
async def mint(request: web.Request) -> object:
    """`POST tokens`: an access token without the registration dance; bare for a shell as text/plain."""
    wanted = await read_body(request, AccessTokenBody)
    minted = await registration.mint(
        request.app[SIMULATOR],
        request[HEAD],
        MintRequest(
            application=wanted.application,
            client=wanted.client,
            expires_in=wanted.expires_in,
            scopes=wanted.scopes,
        ),
    )
    if request.headers.get("Accept") == "text/plain":
        return web.Response(text=minted["access_token"])
    return minted
