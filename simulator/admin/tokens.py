"""Tokens made for tests, and the keys behind them: `/admin/v1/tokens`, `keys` and others."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import Field, Strict, WithJsonSchema, model_validator
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import Body, Name, read_body
from simulator.admin.schemas.common import Instant, Span
from simulator.admin.schemas.views import instant
from simulator.domain.decisions.media_token import Status
from simulator.http.documented import Doc, documented
from simulator.http.endpoint import CONTEXT, SANDBOX_REF, Handler
from simulator.services.control import tokens
from simulator.services.control.tokens import ResponseOrder, StatusOrder
from simulator.services.device import registration
from simulator.services.device.registration import MintRequest
from simulator.services.errors import ClientOfOtherApplication
from simulator.services.shared import media_tokens
from simulator.validation.durations import format_ms
from simulator.validation.texts import Text


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
        missing=("application", "client"),
        errors=(ClientOfOtherApplication,),
    )
)
async def mint(request: web.Request) -> object:
    """`POST tokens`: an access token without the registration dance; bare for a shell as text/plain."""
    wanted = await read_body(request, AccessTokenBody)
    minted = await registration.mint(
        request.app[CONTEXT],
        request[SANDBOX_REF],
        MintRequest(**wanted.model_dump()),
    )
    return _bare(request, minted["access_token"]) or minted


Seconds = Annotated[int, Strict(), Field(ge=-10 * 365 * 86_400, le=10 * 365 * 86_400)]
Prose = Annotated[Text, Strict(), Field(max_length=2_000)]


class SsoTokenBody(Body):
    """Whom a token names, who issues it, and for how many seconds; less than none has expired."""

    subject: Prose
    issuer: Prose | None = None
    expires_in: Seconds = 3600


class PartnerStatusBody(Body):
    """What the partner's framework reports; `mvpd` is mapped to the partner's id for it."""

    mvpd: Name | None = None
    provider: Prose | None = None
    access_status: Literal["granted", "denied", "restricted", "notDetermined"] | None = "granted"
    expires_in: Seconds = 86_400

    @model_validator(mode="after")
    def _one_provider(self) -> "PartnerStatusBody":
        if self.mvpd is not None and self.provider is not None:
            message = "give one of mvpd and provider"
            raise ValueError(message)
        return self


class SamlResponseBody(Body):
    """Which provider answers, about whom, and what it tells of them."""

    mvpd: Name
    subscriber: Name | None = None
    name_id: Prose | None = None
    attributes: dict[Prose, Prose | list[Prose]] = Field({})
    in_response_to: Prose | None = None


class SsoToken(TypedDict):
    """A signed token that names a viewer."""

    token: str


class PartnerStatus(TypedDict):
    """What a partner's framework reports, as a header and in the clear."""

    header: Annotated[str, Field(description="The value of AP-Partner-Framework-Status.")]
    status: dict[str, Any]


class SamlResponse(TypedDict):
    """A signed SAML response in Base64."""

    saml_response: str


_TAG: Final = "Tokens"
_BARE: Final = {"text/plain": str}


def _sso_token(kind: str, about: str, issuer: str) -> Handler:
    @documented(
        Doc(
            name=f"create{kind.title()}Token",
            summary=f"Make a {kind} token",
            tag=_TAG,
            body=SsoTokenBody,
            answer=SsoToken,
            answer_types=_BARE,
            example={"subject": "demo-viewer"},
        )
    )
    async def handle(request: web.Request) -> object:
        wanted = await read_body(request, SsoTokenBody)
        token = await tokens.sso_token(
            request.app[CONTEXT],
            request[SANDBOX_REF],
            issuer=wanted.issuer or issuer,
            subject=wanted.subject,
            expires_in=wanted.expires_in,
        )
        return _bare(request, token) or {"token": token}

    handle.__doc__ = f"`POST {kind}-tokens`: {about}"
    return handle


service_token = _sso_token("service", "a token for AD-Service-Token.", "lab-idp")
subject_token = _sso_token(
    "subject", "a token for Adobe-Subject-Token, or for Roku's header.", "lab-platform"
)


@documented(
    Doc(
        name="createPartnerFrameworkStatus",
        summary="Make a partner framework status",
        tag=_TAG,
        body=PartnerStatusBody,
        body_required=False,
        answer=PartnerStatus,
        answer_types=_BARE,
        example={"mvpd": "Cablevision"},
    )
)
async def partner_status(request: web.Request) -> object:
    """`POST partner-framework-statuses`: the text for AP-Partner-Framework-Status."""
    wanted = await read_body(request, PartnerStatusBody)
    order = StatusOrder(
        mvpd=wanted.mvpd,
        provider=wanted.provider,
        access=wanted.access_status,
        expires_in=wanted.expires_in,
    )
    found = await tokens.partner_status(request.app[CONTEXT], request[SANDBOX_REF], order)
    return _bare(request, found["header"]) or found


@documented(
    Doc(
        name="createSamlResponse",
        summary="Make a SAML response",
        tag=_TAG,
        body=SamlResponseBody,
        answer=SamlResponse,
        answer_types=_BARE,
        example={"mvpd": "Cablevision", "subscriber": "demo"},
    )
)
async def saml_response(request: web.Request) -> object:
    """`POST saml-responses`: the Base64 for the form's SAMLResponse."""
    wanted = await read_body(request, SamlResponseBody)
    order = ResponseOrder(**wanted.model_dump())
    text = await tokens.saml_response(request.app[CONTEXT], request[SANDBOX_REF], order)
    return _bare(request, text) or {"saml_response": text}


def _bare(request: web.Request, text: str) -> web.Response | None:
    """The text alone, for a shell that asks for text/plain."""
    return web.Response(text=text) if request.headers.get("Accept") == "text/plain" else None


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


@documented(Doc(name="getKeys", summary="Show the public keys", tag=_TAG, answer=Keys))
async def show_keys(request: web.Request) -> object:
    """`GET keys`: a JWK Set for access tokens and software statements, and the media certificate."""
    return media_tokens.public_keys(request.app[CONTEXT])


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
        request.app[CONTEXT], request[SANDBOX_REF], wanted.token, wanted.resource
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
