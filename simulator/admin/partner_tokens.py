"""`/admin/v1/service-tokens`, `subject-tokens`, `partner-framework-statuses` and `saml-responses`."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, Strict, model_validator

from simulator.middleware.endpoints import HEAD, SIMULATOR
from simulator.services import partner_tokens
from simulator.services.partner_tokens import ResponseOrder, StatusOrder

from .bodies import Body, Name, read_body

Seconds = Annotated[int, Strict(), Field(ge=-10 * 365 * 86_400, le=10 * 365 * 86_400)]
Prose = Annotated[str, Strict(), Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")]


class TokenBody(Body):
    """Whom a token names, who issues it, and for how many seconds; less than none has expired."""

    subject: Prose
    issuer: Prose | None = None
    expires_in: Seconds = 3600


class StatusBody(Body):
    """What the partner's framework reports; `mvpd` is mapped to the partner's id for it."""

    mvpd: Name | None = None
    provider: Prose | None = None
    access_status: Literal["granted", "denied", "restricted", "notDetermined"] | None = "granted"
    expires_in: Seconds = 86_400

    @model_validator(mode="after")
    def _one_provider(self) -> "StatusBody":
        if self.mvpd is not None and self.provider is not None:
            message = "give one of mvpd and provider"
            raise ValueError(message)
        return self


class ResponseBody(Body):
    """Which provider answers, about whom, and what it tells of them."""

    mvpd: Name
    subscriber: Name | None = None
    name_id: Prose | None = None
    attributes: dict[Prose, Prose | list[Prose]] = Field({})
    in_response_to: Prose | None = None


async def service_token(request: web.Request) -> object:
    """`POST service-tokens`: a token for AD-Service-Token."""
    return await _token(request, "lab-idp")


async def subject_token(request: web.Request) -> object:
    """`POST subject-tokens`: a token for Adobe-Subject-Token, or for Roku's header."""
    return await _token(request, "lab-platform")


async def partner_status(request: web.Request) -> object:
    """`POST partner-framework-statuses`: the text for AP-Partner-Framework-Status."""
    wanted = await read_body(request, StatusBody)
    order = StatusOrder(
        mvpd=wanted.mvpd,
        provider=wanted.provider,
        access=wanted.access_status,
        expires_in=wanted.expires_in,
    )
    found = await partner_tokens.partner_status(request.app[SIMULATOR], request[HEAD], order)
    return _bare(request, found["header"]) or found


async def saml_response(request: web.Request) -> object:
    """`POST saml-responses`: the Base64 for the form's SAMLResponse."""
    wanted = await read_body(request, ResponseBody)
    order = ResponseOrder(
        mvpd=wanted.mvpd,
        subscriber=wanted.subscriber,
        name_id=wanted.name_id,
        attributes=wanted.attributes,
        in_response_to=wanted.in_response_to,
    )
    text = await partner_tokens.saml_response(request.app[SIMULATOR], request[HEAD], order)
    return _bare(request, text) or {"saml_response": text}


async def _token(request: web.Request, issuer: str) -> object:
    wanted = await read_body(request, TokenBody)
    token = await partner_tokens.sso_token(
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
