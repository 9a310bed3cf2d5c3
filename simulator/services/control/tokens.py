"""What partners, platforms and identity services hand to apps, made for tests that have none of them."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.domain.configuration import Mvpd
from simulator.domain.sessions.profiles import default_user_id
from simulator.domain.sso import saml
from simulator.domain.sso.partner_sso import APPLE, ISSUER
from simulator.domain.sso.saml import SamlResponse, Signer
from simulator.services.context import AppContext
from simulator.services.errors import InvalidDocument
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession


async def sso_token(
    simulator: AppContext, at: SandboxRef, *, issuer: str, subject: str, expires_in: int
) -> str:
    """A token for AD-Service-Token or Adobe-Subject-Token, by the sandbox's clock; seconds."""
    now = await simulator.engine.read(at, lambda world: world.now)
    return simulator.keys.sso_token(
        issuer=issuer, subject=subject, now=now, lifetime=expires_in, audience="Adobe"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusOrder:
    """The partner's status that is wanted: for an MVPD or a provider id of the partner.

    `access` is None for a status without permission information, `expires_in` seconds from now.
    """

    mvpd: str | None = None
    provider: str | None = None
    access: str | None = "granted"
    expires_in: int = 86_400


async def partner_status(
    simulator: AppContext, at: SandboxRef, order: StatusOrder
) -> dict[str, Any]:
    """The text for AP-Partner-Framework-Status, and what it says. Raises `AdminError`."""

    def unit(world: SandboxSession) -> dict[str, Any]:
        provider = order.provider
        if order.mvpd is not None:
            provider = _mapping(_known(world, order.mvpd))
        found: dict[str, Any] = {"frameworkPermissionInfo": {}, "frameworkProviderInfo": {}}
        if order.access is not None:
            found["frameworkPermissionInfo"] = {"accessStatus": order.access}
        if provider is not None:
            expires = world.now + order.expires_in * 1000
            found["frameworkProviderInfo"] = {"id": provider, "expirationDate": str(expires)}
        return found

    status = await simulator.engine.read(at, unit)
    header = base64.b64encode(json.dumps(status, separators=(",", ":")).encode()).decode()
    return {"header": header, "status": status}


def _known(world: SandboxSession, name: str) -> Mvpd:
    mvpd = world.config.mvpds.get(name)
    if mvpd is None:
        raise InvalidDocument.at("mvpd", f"'{name}' is not in mvpds")
    return mvpd


def _mapping(mvpd: Mvpd) -> str:
    found = mvpd.platform_mappings.get(APPLE)
    if found is None:
        problem = f"'{mvpd.id}' has no platform_mappings for {APPLE}; set one, or give 'provider'"
        raise InvalidDocument.at("mvpd", problem)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseOrder:
    """The SAML response that is wanted: of which MVPD, about a subscriber or anybody by name."""

    mvpd: str
    subscriber: str | None = None
    name_id: str | None = None
    attributes: Mapping[str, str | list[str]] = field(default_factory=dict)
    in_response_to: str | None = None


async def saml_response(simulator: AppContext, at: SandboxRef, order: ResponseOrder) -> str:
    """A signed response for the form's SAMLResponse, as Base64 of XML. Raises `AdminError`."""
    media = simulator.keys.media
    signer = Signer(key=media.private_key, certificate=media.certificate)

    def unit(world: SandboxSession) -> str:
        mvpd = _known(world, order.mvpd)
        told = SamlResponse(
            name_id=order.name_id or _name(world, mvpd, order.subscriber),
            issuer=f"{ISSUER}{mvpd.id}",
            in_response_to=order.in_response_to,
            subscriber=order.subscriber,
            attributes=order.attributes,
        )
        return saml.response(told, response_id=f"_{world.ids.uuid()}", now=world.now, signer=signer)

    return await simulator.engine.read(at, unit, long=True)


def _name(world: SandboxSession, mvpd: Mvpd, subscriber: str | None) -> str:
    if subscriber is None:
        return default_user_id(mvpd.id, "partner")
    found = world.subscribers.get(subscriber)
    if found is None:
        problem = f"'{subscriber}' is not in subscribers"
        raise InvalidDocument.at("subscriber", problem)
    return found.user_id or default_user_id(mvpd.id, found.id)
