"""Registered applications, their clients, and the issuers of SSO tokens."""

import hashlib
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from simulator.domain.access.registration import CLIENT_CREDENTIALS, SCOPE, Application, Client
from simulator.domain.sso.identities import Issuer
from simulator.scenarios.context import Context, Record
from simulator.validation.durations import Duration
from simulator.validation.texts import Flag, Id, Ids, Text, Texts

from .base import Entity

REDIRECT_URI: Final = "app://pass-simulator"

# Only asymmetric algorithms: the others would take the public key for a shared secret.
Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES256K", "ES384", "ES512", "EdDSA",
]  # fmt: skip


def default_secret(client: str) -> str:
    """The secret of a client that is given none: stable, so that apps can be built with it."""
    return hashlib.sha256(f"pass-simulator client secret of {client}".encode()).hexdigest()[:40]


def _loadable(text: str) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise PydanticCustomError(
            "public_key", "expected a public key in PEM form (-----BEGIN PUBLIC KEY-----)"
        ) from None
    return text


class ApplicationModel(Entity):
    """A registered application of the dashboard, which apps register with."""

    id: Id = Field(description="The application's id.")
    name: Text | None = Field(None, description="The name for people; the id when absent.")
    version: Text = Field("1.0", description="The app's version, for the software statement.")
    software_statement: Text | None = Field(
        None, description="A literal statement to accept besides the one that the simulator signs."
    )
    service_providers: Ids = Field(
        (), description="The service providers that the app may serve; all when empty."
    )
    platforms: Texts = Field((), description="The platforms that the app is made for.")
    scopes: Texts = Field((SCOPE,), description="The scopes that its clients get.")
    domains: Texts = Field(
        (), description="The domains that a redirect_uri may lead to; any when empty."
    )
    custom_schemes: Texts = Field(
        (), description="The URL schemes that a redirect_uri may use; any when empty."
    )
    redirect_uri: Text = Field(
        REDIRECT_URI, description="The redirect URI of a client that registers without one."
    )
    revoked: Flag = Field(default=False, description="Whether the software statement was revoked.")

    def records(self, _context: Context, /) -> Iterator[Record]:
        """The application."""
        yield Application(
            id=self.id,
            name=self.name or self.id,
            version=self.version,
            software_statement=self.software_statement,
            service_providers=self.service_providers,
            platforms=self.platforms,
            scopes=self.scopes,
            domains=self.domains,
            custom_schemes=self.custom_schemes,
            redirect_uri=self.redirect_uri,
            revoked=self.revoked,
        )


class ClientModel(Entity):
    """An app instance that has registered already, with credentials that are known beforehand."""

    id: Id = Field(description="The client_id.")
    application: Id = Field(description="The id of the application it registered with.")
    secret: Text | None = Field(
        None, description="The client_secret; derived from the id when absent."
    )
    registered: Duration = Field(0, description="When it registered.")
    redirect_uris: Texts = Field((), description="The redirect URIs it registered.")
    grant_types: Texts = Field((CLIENT_CREDENTIALS,), description="The grants it may use.")
    scopes: Texts = Field((SCOPE,), description="The scopes of its access tokens.")

    def records(self, context: Context, /) -> Iterator[Record]:
        """The client."""
        yield Client(
            id=self.id,
            application=self.application,
            secret=self.secret or default_secret(self.id),
            registered_at=context.now + self.registered,
            redirect_uris=self.redirect_uris,
            grant_types=self.grant_types,
            scopes=self.scopes,
        )


class IssuerModel(Entity):
    """An issuer of SSO tokens: registering its key turns signature checking on for it."""

    id: Id = Field(description="The issuer, as the tokens' iss claim names it.")
    public_key: Annotated[Text, AfterValidator(_loadable)] = Field(
        description="The public key (PEM) that the tokens' signatures are checked against."
    )
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = Field(
        ("RS256",), description="The signature algorithms that are accepted."
    )

    def records(self, _context: Context, /) -> Iterator[Record]:
        """The issuer."""
        yield Issuer(id=self.id, public_key=self.public_key, algorithms=self.algorithms)
