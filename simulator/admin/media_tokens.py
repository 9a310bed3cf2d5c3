"""`/admin/v1/keys` and `/admin/v1/media-tokens`: the public keys, and the media token verifier."""

from typing import Annotated

from aiohttp import web
from pydantic import Field, Strict

from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.scenarios.durations import format_ms
from simulator.services import media_tokens

from .bodies import Body, read_body
from .views import instant


class VerifyBody(Body):
    """A media token as `serializedToken` has it, and the resource that it should be for."""

    token: Annotated[str, Strict()]
    resource: Annotated[str, Strict()] | None = Field(None)


async def show_keys(request: web.Request) -> object:
    """`GET keys`: a JWK Set for access tokens and software statements, and the media certificate."""
    return media_tokens.public_keys(request.app[SIMULATOR])


async def verify(request: web.Request) -> object:
    """`POST media-tokens/verify`: the status that Adobe's verifier would give, and its getters.

    The getters tell what a token says even if its signature is wrong; null where it is unreadable.
    """
    wanted = await read_body(request, VerifyBody)
    status, token = await media_tokens.verify(
        request.app[SIMULATOR], request[HEAD], wanted.token, wanted.resource
    )
    return {
        "status": status,
        "resource_id": token and token.resource,
        "requestor_id": token and token.requestor,
        "mvpd_id": token and token.mvpd,
        "proxy_mvpd_id": token and token.proxy_mvpd,
        "user_session_guid": token and token.session_guid,
        "time_issued": token and instant(token.issued),
        "time_to_live": token and format_ms(token.ttl),
    }
