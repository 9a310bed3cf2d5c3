"""Dynamic Client Registration: client credentials and access tokens.

(Adobe: client credentials, DCR2; access token, DCR3)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Final

from simulator.domain.access.registration import (
    CLIENT_CREDENTIALS,
    SCOPE,
    Application,
    Client,
)
from simulator.domain.errors import EnhancedError, RegistrationError
from simulator.keys import Keys, stated_by_anybody
from simulator.services.context import AppContext
from simulator.services.errors import ClientOfOtherApplication, NotFound
from simulator.services.shared.admission import DeviceCall, described
from simulator.storage.worlds import entity_mapping
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

_UNKNOWN: Final = "registration.unknown_statements"


async def register(
    simulator: AppContext,
    at: SandboxRef,
    *,
    software_statement: str,
    redirect_uri: str | None,
    call: DeviceCall,
) -> dict[str, Any]:
    """Register an app instance: the body of the 201. Raises `RegistrationError`.

    `call` is what the request carries besides; the switch `device_info` may ask for more of it.

    Each call makes a new pair of credentials, even for the same device (Adobe: client credentials, DCR2).
    """

    def unit(world: SandboxSession) -> Client:
        _check_device_info(world, call)
        application = _stated(world, simulator.keys, software_statement)
        uri = redirect_uri if redirect_uri is not None else application.redirect_uri
        if redirect_uri is not None and not application.accepts_redirect(redirect_uri):
            raise RegistrationError(
                "invalid_redirect_uri",
                f"The redirect_uri is no URI within the domains or custom schemes of the "
                f"application {application.id}.",
            )
        client = Client(
            id=world.ids.uuid(),
            application=application.id,
            secret=world.ids.secret(),
            registered_at=world.now,
            redirect_uris=(uri,),
            scopes=application.scopes,
        )
        world.clients.put(client)
        world.explanation.client, world.explanation.application = client.id, application.id
        scopes = ", ".join(client.scopes)
        world.explanation.explain(f"a new client of the application {application.id}, for {scopes}")
        return client

    client = await simulator.engine.write(at, unit)
    return {
        "client_id": client.id,
        "client_secret": client.secret,
        "client_id_issued_at": client.registered_at // 1000,
        "redirect_uris": list(client.redirect_uris),
        "grant_types": list(client.grant_types),
        "scopes": list(client.scopes),
    }


def _stated(world: SandboxSession, keys: Keys, statement: str) -> Application:
    """The application of a software statement. Raises `RegistrationError` where it cannot be used."""
    applications = world.config.applications
    literal = (each for each in applications.values() if each.software_statement == statement)
    application = next(literal, None)
    if application is None:
        name = keys.stated_application(statement)
        application = applications.get(name) if name else None
        if application is None and world.config.setting(_UNKNOWN) == "accept":
            application = _made_of(world, statement)
        elif name is None:
            raise RegistrationError(
                "invalid_software_statement",
                "The software_statement is neither signed by this simulator nor named literally "
                f"by an application of this sandbox; {_UNKNOWN}: accept takes those of any app.",
            )
    if application is None or application.revoked:
        raise RegistrationError(
            "unapproved_software_statement",
            "The application of the software_statement is revoked or not part of this sandbox.",
        )
    if not application.scopes:
        raise RegistrationError(
            "unapproved_software_statement", f"The application {application.id} has no scope."
        )
    return application


def _made_of(world: SandboxSession, statement: str) -> Application:
    """The application that a statement from elsewhere names, made with the first of its registrations."""
    stated = stated_by_anybody(statement)
    if stated is None:
        raise RegistrationError(
            "invalid_software_statement",
            "The software_statement is no signed JWT that names its application as sub.",
        )
    name, title = stated
    known = world.config.applications.get(name)
    if known is None:
        known = Application(id=name, name=title)
        world.repository(entity_mapping.APPLICATIONS).put(known)
        world.explanation.explain(
            f"nobody knew the application {name} of the statement; as {_UNKNOWN} says, it was made, "
            "for all service providers"
        )
    return known


def _check_device_info(world: SandboxSession, call: DeviceCall) -> None:
    try:
        described(world, call)
    except EnhancedError as error:
        raise RegistrationError("invalid_request", error.message) from error


async def token(
    simulator: AppContext,
    at: SandboxRef,
    parameters: Mapping[str, str],
    *,
    call: DeviceCall,
) -> dict[str, Any]:
    """An access token for client credentials: the body of the 201. Raises `RegistrationError`.

    `call` as in `register`.
    """
    missing = [
        name for name in ("client_id", "client_secret", "grant_type") if not parameters.get(name)
    ]
    if missing:
        raise RegistrationError("invalid_request", f"Missing: {', '.join(missing)}.")
    if parameters.get("client_assertion"):
        problem = "The request has two credentials: client_secret and client_assertion."
        raise RegistrationError("invalid_request", problem)
    if parameters["grant_type"] != CLIENT_CREDENTIALS:
        reason = f"The only grant_type is {CLIENT_CREDENTIALS}."
        raise RegistrationError("unsupported_grant_type", reason)

    def unit(world: SandboxSession) -> tuple[str, int, int, str]:
        _check_device_info(world, call)
        world.explanation.client = parameters["client_id"]
        client = world.clients.admitted(parameters["client_id"])
        if client is None or client.secret != parameters["client_secret"]:
            reason = "The client_id is unknown here or the client_secret is wrong; register again."
            raise RegistrationError("invalid_client", reason)
        world.explanation.application = client.application
        application = world.config.applications.get(client.application)
        if application is None or application.revoked:
            reason = "The software statement behind this client is revoked."
            raise RegistrationError("invalid_client", reason)
        if CLIENT_CREDENTIALS not in client.grant_types:
            reason = f"This client may not use the grant {CLIENT_CREDENTIALS}."
            raise RegistrationError("unauthorized_client", reason)
        lifetime = int(world.config.setting("access_token.lifetime"))
        world.explanation.explain(
            f"the client's secret is right: a token of the application {application.id}, good for "
            f"{lifetime} s"
        )
        return world.ids.uuid(), world.now, lifetime, " ".join(client.scopes)

    token_id, now, lifetime, scopes = await simulator.engine.read(at, unit)
    issued = simulator.keys.access_token(
        client=parameters["client_id"], sandbox=at.name, now=now, lifetime=lifetime, scope=scopes
    )
    return {
        "id": token_id,
        "access_token": issued,
        "created_at": now,
        "expires_in": lifetime,
        "token_type": "bearer",
    }


def _widest(applications: Mapping[str, Application]) -> str | None:
    """The usable application that serves the most service providers; the first by id of several.

    One for REST API V2, if any is: a device calls that.
    """
    usable = [each for each in applications.values() if not each.revoked]
    usable = [each for each in usable if SCOPE in each.scopes] or usable
    ranked = sorted(usable, key=lambda each: (-(len(each.service_providers) or inf), each.id))
    return ranked[0].id if ranked else None


@dataclass(frozen=True, kw_only=True, slots=True)
class MintRequest:
    """What a token that skips the dance is wanted for; `expires_in` is seconds.

    Without `scopes` it has those of its client or application.
    """

    application: str | None = None
    client: str | None = None
    expires_in: int | None = None
    scopes: tuple[str, ...] | None = None


async def mint(simulator: AppContext, at: SandboxRef, wanted: MintRequest) -> dict[str, Any]:
    """An access token without registration. Raises `AdminError`.

    Without `client` the token stands for an app instance of its own, which needs no row in the
    sandbox and so outlives a reset. Without `application` it is one of the application that serves
    the most service providers.
    """

    def unit(world: SandboxSession) -> tuple[str, str | None, int, int, tuple[str, ...]]:
        lifetime = wanted.expires_in or int(world.config.setting("access_token.lifetime"))
        applications = world.config.applications
        if wanted.client is not None:
            client = world.clients.admitted(wanted.client)
            if client is None:
                hint = "Register it first, or leave 'client' out for an app instance of its own."
                raise NotFound("client", wanted.client, hint)
            if wanted.application not in {None, client.application}:
                owner = (
                    f"The client '{client.id}' belongs to the application '{client.application}'."
                )
                raise ClientOfOtherApplication(owner, "Leave 'application' out.")
            return client.id, None, world.now, lifetime, client.scopes
        name = wanted.application or _widest(applications)
        if name is None:
            message = "This sandbox has no application that is not revoked."
            hint = "Seed a scenario that has one, or create one with POST /admin/v1/applications."
            raise NotFound("application", hint=hint, message=message)
        if name not in applications:
            known = ", ".join(applications) or "none"
            raise NotFound("application", name, f"This sandbox has: {known}.")
        return world.ids.uuid(), name, world.now, lifetime, applications[name].scopes

    client, application, now, lifetime, scopes = await simulator.engine.read(at, unit)
    issued = simulator.keys.access_token(
        client=client,
        sandbox=at.name,
        now=now,
        lifetime=lifetime,
        scope=" ".join(scopes if wanted.scopes is None else wanted.scopes),
        application=application,
    )
    return {
        "access_token": issued,
        "token_type": "bearer",
        "expires_in": lifetime,
        "client_id": client,
    }
