"""Registered applications and the clients that register with their software statements."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

SCOPE: Final = "api:client:v2"
CLIENT_CREDENTIALS: Final = "client_credentials"


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """A registered application of the dashboard (Adobe: registration overview, DCR1).

    `software_statement` holds a literal statement to accept besides the one we sign ourselves. No
    `service_providers` means all of them.
    """

    id: str
    name: str
    version: str = "1.0"
    software_statement: str | None = None
    service_providers: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    scopes: tuple[str, ...] = (SCOPE,)
    domains: tuple[str, ...] = ()
    custom_schemes: tuple[str, ...] = ()
    redirect_uri: str = "app://pass-simulator"
    revoked: bool = False

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

    id: str
    application: str
    secret: str
    registered_at: int = 0
    redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = (CLIENT_CREDENTIALS,)
    scopes: tuple[str, ...] = (SCOPE,)
