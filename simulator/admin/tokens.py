"""Tokens made for tests, and the keys behind them: `/admin/v1/tokens`, `keys` and others."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import Field, Strict, WithJsonSchema, model_validator
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import Body, Name, read_body
from simulator.admin.schemas.common import Instant, Span
from simulator.admin.schemas.views import instant
from simulator.domain.decisions.media_token import Status
from simulator.http.documented import Doc
from simulator.http.endpoint import CONTEXT, Handler
from simulator.http.request_context import sandbox_of
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

    application: Name | None = Field(
        None, description="Whom it is for: an app instance of its own, of this application."
    )
    client: Name | None = Field(None, description="Whom it is for: a registered app instance.")
    expires_in: Annotated[int, Strict(), Field(ge=1, le=10 * 365 * 86_400)] | None = Field(
        None, description="For how many seconds it is good."
    )
    scopes: tuple[Name, ...] | None = Field(
        None, description="The scopes of the token; those of its application when absent."
    )


class AccessToken(TypedDict):
    """An access token for REST API V2, and the client that it stands for."""

    access_token: Annotated[
        str, Field(description="The token for the Authorization header of device requests.")
    ]
    token_type: Annotated[
        Literal["bearer"], Field(description="How to send it: as a bearer token.")
    ]
    expires_in: Annotated[int, Field(description="Seconds.")]
    client_id: Annotated[str, Field(description="The client that the token stands for.")]


@Doc(
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
async def mint(request: web.Request) -> object:
    """`POST tokens`: an access token without the registration dance; bare for a shell as text/plain."""
    wanted = await read_body(request, AccessTokenBody)
    minted = await registration.mint(
        request.app[CONTEXT],
        sandbox_of(request),
        MintRequest(**wanted.model_dump()),
    )
    return _bare(request, minted["access_token"]) or minted


Seconds = Annotated[int, Strict(), Field(ge=-10 * 365 * 86_400, le=10 * 365 * 86_400)]
Prose = Annotated[Text, Strict(), Field(max_length=2_000)]


class SsoTokenBody(Body):
    """Whom a token names, who issues it, and for how many seconds; less than none has expired."""

    subject: Prose = Field(description="Whom the token names.")
    issuer: Prose | None = Field(
        None, description="Who issues the token; a made-up identity provider when absent."
    )
    expires_in: Seconds = Field(
        3600,
        description="For how many seconds it is good; less than none makes one that has expired.",
    )


class PartnerStatusBody(Body):
    """What the partner's framework reports; `mvpd` is mapped to the partner's id for it."""

    mvpd: Name | None = Field(None, description="Where the viewer is signed in, by the MVPD's id.")
    provider: Prose | None = Field(
        None, description="Where the viewer is signed in, by the partner's id."
    )
    access_status: Literal["granted", "denied", "restricted", "notDetermined"] | None = Field(
        "granted", description="Whether the app may ask for the viewer's subscription."
    )
    expires_in: Seconds = Field(
        86_400,
        description="For how many seconds it is good; less than none makes one that has expired.",
    )

    @model_validator(mode="after")
    def _one_provider(self) -> "PartnerStatusBody":
        if self.mvpd is not None and self.provider is not None:
            message = "give one of mvpd and provider"
            raise ValueError(message)
        return self


class SamlResponseBody(Body):
    """Which provider answers, about whom, and what it tells of them."""

    mvpd: Name = Field(description="The MVPD's id.")
    subscriber: Name | None = Field(
        None, description="The id of the subscriber; one that fits is chosen when absent."
    )
    name_id: Prose | None = Field(None, description="What the provider calls the viewer.")
    attributes: dict[Prose, Prose | list[Prose]] = Field(
        {}, description="Further attributes of the viewer, besides those of the subscriber."
    )
    in_response_to: Prose | None = Field(
        None, description="The id of the request that is answered."
    )


class SsoToken(TypedDict):
    """A signed token that names a viewer."""

    token: Annotated[str, Field(description="The token, ready to be sent.")]


class PartnerStatus(TypedDict):
    """What a partner's framework reports, as a header and in the clear."""

    header: Annotated[str, Field(description="The value of AP-Partner-Framework-Status.")]
    status: Annotated[dict[str, Any], Field(description="The same in the clear.")]


class SamlResponse(TypedDict):
    """A signed SAML response in Base64."""

    saml_response: Annotated[str, Field(description="The text for the form's SAMLResponse.")]


_TAG: Final = "Tokens"
_BARE: Final = {"text/plain": str}


def _sso_token(kind: str, about: str, issuer: str) -> Handler:
    @Doc(
        name=f"create{kind.title()}Token",
        summary=f"Make a {kind} token",
        tag=_TAG,
        body=SsoTokenBody,
        answer=SsoToken,
        answer_types=_BARE,
        example={"subject": "demo-viewer"},
    )
    async def handle(request: web.Request) -> object:
        wanted = await read_body(request, SsoTokenBody)
        token = await tokens.sso_token(
            request.app[CONTEXT],
            sandbox_of(request),
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


@Doc(
    name="createPartnerFrameworkStatus",
    summary="Make a partner framework status",
    tag=_TAG,
    body=PartnerStatusBody,
    body_required=False,
    answer=PartnerStatus,
    answer_types=_BARE,
    example={"mvpd": "Cablevision"},
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
    found = await tokens.partner_status(request.app[CONTEXT], sandbox_of(request), order)
    return _bare(request, found["header"]) or found


@Doc(
    name="createSamlResponse",
    summary="Make a SAML response",
    tag=_TAG,
    body=SamlResponseBody,
    answer=SamlResponse,
    answer_types=_BARE,
    example={"mvpd": "Cablevision", "subscriber": "demo"},
)
async def saml_response(request: web.Request) -> object:
    """`POST saml-responses`: the Base64 for the form's SAMLResponse."""
    wanted = await read_body(request, SamlResponseBody)
    order = ResponseOrder(**wanted.model_dump())
    text = await tokens.saml_response(request.app[CONTEXT], sandbox_of(request), order)
    return _bare(request, text) or {"saml_response": text}


def _bare(request: web.Request, text: str) -> web.Response | None:
    """The text alone, for a shell that asks for text/plain."""
    return web.Response(text=text) if request.headers.get("Accept") == "text/plain" else None


class VerifyBody(Body):
    """A media token as `serializedToken` has it, and the resource that it should be for."""

    token: Annotated[str, Strict()] = Field(description="The text, as serializedToken has it.")
    resource: Annotated[str, Strict()] | None = Field(
        None, description="What it should be for; anything when absent."
    )


class JsonWebKey(TypedDict):
    """A public key as RFC 7517 has it."""

    kty: Annotated[str, Field(description="The type of the key.")]
    n: Annotated[str, Field(description="The modulus.")]
    e: Annotated[str, Field(description="The exponent.")]
    kid: Annotated[str, Field(description="The key's id, as tokens name it.")]
    use: Annotated[str, Field(description="What the key is for.")]
    alg: Annotated[str, Field(description="The algorithm.")]


class Certificate(TypedDict):
    """A certificate, and what it is good for."""

    purpose: Annotated[str, Field(description="What it signs.")]
    kid: Annotated[str, Field(description="The id of its key.")]
    pem: Annotated[str, Field(description="The certificate in PEM.")]


class Keys(TypedDict):
    """What others check the simulator's signatures with."""

    keys: Annotated[list[JsonWebKey], Field(description="The keys, as a JWK Set has them.")]
    certificates: Annotated[list[Certificate], Field(description="Certificates of other keys.")]


class MediaTokenCheck(TypedDict):
    """What Adobe's media token verifier would say, and what the token says."""

    status: Annotated[
        Status,
        WithJsonSchema({"type": "string", "enum": [*Status]}),
        Field(description="What the verifier says."),
    ]
    resource_id: Annotated[str | None, Field(description="The resource that the token is for.")]
    requestor_id: Annotated[
        str | None, Field(description="The service provider that the token names.")
    ]
    mvpd_id: Annotated[str | None, Field(description="The MVPD that the token names.")]
    proxy_mvpd_id: Annotated[
        str | None, Field(description="The MVPD that answers for a proxied one.")
    ]
    user_session_guid: Annotated[str | None, Field(description="The id of the viewing session.")]
    time_issued: Annotated[Instant | None, Field(description="When the token was made.")]
    time_to_live: Annotated[Span | None, Field(description="How long it is good.")]


@Doc(name="getKeys", summary="Show the public keys", tag=_TAG, answer=Keys)
async def show_keys(request: web.Request) -> object:
    """`GET keys`: a JWK Set for access tokens and software statements, and the media certificate."""
    return media_tokens.public_keys(request.app[CONTEXT])


@Doc(
    name="verifyMediaToken",
    summary="Verify a media token",
    tag=_TAG,
    body=VerifyBody,
    answer=MediaTokenCheck,
    example={"token": "PHNpZ25hdHVyZUluZm8+", "resource": "NEWS"},
)
async def verify(request: web.Request) -> object:
    """`POST media-tokens/verify`: the status that Adobe's verifier would give, and its getters.

    The getters tell what a token says even if its signature is wrong; null where it is unreadable.
    """
    wanted = await read_body(request, VerifyBody)
    status, token = await media_tokens.verify(
        request.app[CONTEXT], sandbox_of(request), wanted.token, wanted.resource
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
