"""`/admin/v1/service-tokens`, `subject-tokens`, `partner-framework-statuses` and `saml-responses`."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import Field, Strict, model_validator
from typing_extensions import TypedDict

from simulator.middleware.documented import Doc, documented
from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.services.control import tokens
from simulator.services.control.tokens import ResponseOrder, StatusOrder

from .bodies import Body, Name, read_body

Seconds = Annotated[int, Strict(), Field(ge=-10 * 365 * 86_400, le=10 * 365 * 86_400)]
Prose = Annotated[str, Strict(), Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")]


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
_SUBJECT: Final = {"subject": "demo-viewer"}


@documented(
    Doc(
        name="createServiceToken",
        summary="Make a service token",
        tag=_TAG,
        body=SsoTokenBody,
        answer=SsoToken,
        answer_types=_BARE,
        example=_SUBJECT,
    )
)
async def service_token(request: web.Request) -> object:
    """`POST service-tokens`: a token for AD-Service-Token."""
    return await _token(request, "lab-idp")


@documented(
    Doc(
        name="createSubjectToken",
        summary="Make a subject token",
        tag=_TAG,
        body=SsoTokenBody,
        answer=SsoToken,
        answer_types=_BARE,
        example=_SUBJECT,
    )
)
async def subject_token(request: web.Request) -> object:
    """`POST subject-tokens`: a token for Adobe-Subject-Token, or for Roku's header."""
    return await _token(request, "lab-platform")


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
    found = await tokens.partner_status(request.app[SIMULATOR], request[HEAD], order)
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
    order = ResponseOrder(
        mvpd=wanted.mvpd,
        subscriber=wanted.subscriber,
        name_id=wanted.name_id,
        attributes=wanted.attributes,
        in_response_to=wanted.in_response_to,
    )
    text = await tokens.saml_response(request.app[SIMULATOR], request[HEAD], order)
    return _bare(request, text) or {"saml_response": text}


async def _token(request: web.Request, issuer: str) -> object:
    wanted = await read_body(request, SsoTokenBody)
    token = await tokens.sso_token(
        request.app[SIMULATOR],
        request[HEAD],
        issuer=wanted.issuer or issuer,
        subject=wanted.subject,
        expires_in=wanted.expires_in,
    )
    return _bare(request, token) or {"token": token}


def _bare(request: web.Request, text: str) -> web.Response | None:
    """The text alone, for a shell that asks for text/plain."""
    return web.Response(text=text) if request.headers.get("Accept") == "text/plain" else None
