"""`/admin/v1/keys` and `/admin/v1/media-tokens`: the public keys, and the media token verifier."""

from typing import Annotated, Final

from aiohttp import web
from pydantic import Field, Strict, WithJsonSchema
from typing_extensions import TypedDict

from simulator.domain.decisions.media_token import Status
from simulator.middleware.documented import Doc, documented
from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.services.shared import media_tokens
from simulator.validation.durations import format_ms

from .bodies import Body, read_body
from .shapes import Instant, Span
from .views import instant


class VerifyBody(Body):
    """A media token as `serializedToken` has it, and the resource that it should be for."""

    token: Annotated[str, Strict()]
    resource: Annotated[str, Strict()] | None = Field(None)


class JsonWebKey(TypedDict):
    """A public key as RFC 7517 has it."""

    kty: str
    n: str
    e: str
    kid: str
    use: str
    alg: str


class Certificate(TypedDict):
    """A certificate, and what it is good for."""

    purpose: str
    kid: str
    pem: str


class Keys(TypedDict):
    """What others check the simulator's signatures with."""

    keys: list[JsonWebKey]
    certificates: list[Certificate]


class MediaTokenCheck(TypedDict):
    """What Adobe's media token verifier would say, and what the token says."""

    status: Annotated[Status, WithJsonSchema({"type": "string", "enum": [*Status]})]
    resource_id: str | None
    requestor_id: str | None
    mvpd_id: str | None
    proxy_mvpd_id: str | None
    user_session_guid: str | None
    time_issued: Instant | None
    time_to_live: Span | None


_TAG: Final = "Tokens"


@documented(Doc(name="getKeys", summary="Show the public keys", tag=_TAG, answer=Keys))
async def show_keys(request: web.Request) -> object:
    """`GET keys`: a JWK Set for access tokens and software statements, and the media certificate."""
    return media_tokens.public_keys(request.app[SIMULATOR])


@documented(
    Doc(
        name="verifyMediaToken",
        summary="Verify a media token",
        tag=_TAG,
        body=VerifyBody,
        answer=MediaTokenCheck,
        example={"token": "PHNpZ25hdHVyZUluZm8+", "resource": "NEWS"},
    )
)
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
