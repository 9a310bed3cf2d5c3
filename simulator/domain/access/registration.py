"""Registered applications and the clients that register with their software statements."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlsplit

from simulator.domain.members import Id, Implied, Instant, Reference, Text

SCOPE: Final = "api:client:v2"
CLIENT_CREDENTIALS: Final = "client_credentials"


def default_secret(client: str) -> str:
    """The secret of a client that is given none: stable, so that apps can be built with it."""
    return hashlib.sha256(f"pass-simulator client secret of {client}".encode()).hexdigest()[:40]


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """A registered application of the dashboard (Adobe: registration overview, DCR1)."""

    id: Annotated[Id, "The application's id."]
    name: Annotated[Text, Implied(str), "The name for people; the id when absent."]
    version: Annotated[Text, "The app's version, for the software statement."] = "1.0"
    software_statement: Annotated[
        Text | None, "A literal statement to accept besides the one that the simulator signs."
    ] = None
    service_providers: Annotated[
        tuple[Id, ...],
        Reference("service_providers"),
        "The service providers that the app may serve; all when empty.",
    ] = ()
    platforms: Annotated[tuple[Text, ...], "The platforms that the app is made for."] = ()
    scopes: Annotated[tuple[Text, ...], "The scopes that its clients get."] = (SCOPE,)
    domains: Annotated[
        tuple[Text, ...], "The domains that a redirect_uri may lead to; any when empty."
    ] = ()
    custom_schemes: Annotated[
        tuple[Text, ...], "The URL schemes that a redirect_uri may use; any when empty."
    ] = ()
    redirect_uri: Annotated[Text, "The redirect URI of a client that registers without one."] = (
        "app://pass-simulator"
    )
    revoked: Annotated[bool, "Whether the software statement was revoked."] = False

    def serves(self, service_provider: str) -> bool:
        """Whether a token of this application is good for `service_provider`."""
        return not self.service_providers or service_provider in self.service_providers

    def accepts_redirect(self, uri: str) -> bool:
        """Whether `uri` may be registered: within the domains or custom schemes, where any are set."""
        try:
            parts = urlsplit(uri)
            host = parts.hostname or ""
        except ValueError:
            return False
        if not parts.scheme or not (host or parts.path):
            return False
        if parts.scheme not in {"http", "https"}:
            return not self.custom_schemes or parts.scheme in self.custom_schemes
        within = (host == domain or host.endswith(f".{domain}") for domain in self.domains)
        return bool(host) and (not self.domains or any(within))


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """One app instance that registered: its credentials and what they are good for."""

    id: Annotated[Id, "The client_id."]
    application: Annotated[
        Id, Reference("applications"), "The id of the application it registered with."
    ]
    secret: Annotated[
        Text, Implied(default_secret), "The client_secret; derived from the id when absent."
    ]
    registered_at: Annotated[Instant, "When it registered."] = 0
    redirect_uris: Annotated[tuple[Text, ...], "The redirect URIs it registered."] = ()
    grant_types: Annotated[tuple[Text, ...], "The grants it may use."] = (CLIENT_CREDENTIALS,)
    scopes: Annotated[tuple[Text, ...], "The scopes of its access tokens."] = (SCOPE,)
